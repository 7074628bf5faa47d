//! What `gen` ends with: how many files and objects where, what changed, how long it took.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use waard_model::artifact::Artifact;
use waard_model::topology::roots;

use crate::tree::Report;

/// An environment with more regions than this is told in one line.
const REGIONS: usize = 12;

/// Roots of Terraform that belong to no single region.
const SHARED: [&str; 2] = [roots::BOOTSTRAP, roots::GLOBAL];

/// Files and the objects in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    files: usize,
    objects: usize,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.objects += other.objects;
    }
}

/// Counts by environment and region; what belongs to no region is under `None`.
pub(crate) struct Summary<'a> {
    platform: &'a str,
    environments: BTreeMap<&'a str, BTreeMap<Option<&'a str>, Count>>,
    elsewhere: Count,
    total: Count,
}

impl<'a> Summary<'a> {
    /// Counts what was generated, by its paths.
    pub(crate) fn of(platform: &'a str, artifacts: &'a [Artifact]) -> Self {
        let mut summary =
            Self { platform, environments: BTreeMap::new(), elsewhere: Count::default(), total: Count::default() };
        for artifact in artifacts {
            let count = Count { files: 1, objects: artifact.objects().len() };
            summary.total.add(count);
            match place(platform, artifact.path().as_str()) {
                Some((environment, region)) => {
                    summary.environments.entry(environment).or_default().entry(region).or_default().add(count);
                }
                None => summary.elsewhere.add(count),
            }
        }
        summary
    }

    /// As lines, without a line break at the end.
    pub(crate) fn render(&self, folder: &str, report: &Report, took: Duration) -> String {
        let mut rows: Vec<(String, Count)> = Vec::new();
        for (environment, regions) in &self.environments {
            let mut total = Count::default();
            for count in regions.values() {
                total.add(*count);
            }
            let named = regions.keys().flatten().count();
            let s = if named == 1 { "" } else { "s" };
            rows.push((format!("{environment}, {named} region{s}"), total));
            if named <= REGIONS {
                let label = |region: Option<&str>| format!("  {}", region.unwrap_or("all regions"));
                rows.extend(regions.iter().map(|(region, count)| (label(*region), *count)));
            }
        }
        if self.elsewhere.files > 0 {
            rows.push(("the whole platform".to_owned(), self.elsewhere));
        }
        rows.push(("total".to_owned(), self.total));
        let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or_default();
        let mut text = format!("{}: {folder}\n", self.platform);
        for (label, count) in &rows {
            let plural = |count: usize, one: &str| if count == 1 { one.to_owned() } else { format!("{one}s") };
            let (files, objects) = (plural(count.files, "file"), plural(count.objects, "object"));
            let _ = writeln!(text, "  {label:width$}  {:>6} {files:5}  {:>7} {objects}", count.files, count.objects);
        }
        text.push_str(&changes(report, took));
        text
    }
}

fn changes(report: &Report, took: Duration) -> String {
    let mut text = String::new();
    for kept in &report.kept {
        let _ = writeln!(text, "  kept what stood there as {kept}");
    }
    let Report { created, replaced, unchanged, pruned, repaired, .. } = report;
    let _ = write!(text, "  {created} created, {replaced} changed, {unchanged} unchanged, {pruned} removed");
    if *repaired {
        text.push_str("; an interrupted run was repaired");
    }
    let _ = write!(text, "; {:.2} s", took.as_secs_f64());
    text
}

/// The environment and region that a file belongs to, by where it stands.
fn place<'a>(platform: &str, path: &'a str) -> Option<(&'a str, Option<&'a str>)> {
    let mut segments = path.split('/');
    let (kind, environment, inside) = (segments.next()?, segments.next()?, segments.next()?);
    let cluster = |name: &'a str| {
        let region = name.strip_prefix(platform).and_then(|name| name.strip_prefix('-'));
        let region = region.and_then(|name| name.strip_prefix(environment)).and_then(|name| name.strip_prefix('-'));
        region.unwrap_or(name)
    };
    match kind {
        "controllers" | "failover" | "gitops" | "kubernetes" => {
            segments.next().map(|_| (environment, Some(cluster(inside))))
        }
        "eksctl" => Some((environment, Some(cluster(inside.strip_suffix(".yaml").unwrap_or(inside))))),
        "runbooks" => Some((environment, Some(inside.strip_suffix(".md").unwrap_or(inside)))),
        "terraform" => Some((environment, segments.next().map(|_| inside).filter(|root| !SHARED.contains(root)))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use waard_model::artifact::{ArtifactPath, Object};
    use waard_model::path::ModelPath;

    use super::*;

    fn artifact(path: &str, objects: usize) -> Artifact {
        let object = Object { name: "Service/a".to_owned(), source: ModelPath::ROOT };
        Artifact::new(ArtifactPath::new(path.split('/')), String::new(), ModelPath::ROOT)
            .with_objects(vec![object; objects])
    }

    #[test]
    fn files_are_counted_where_they_belong() {
        let artifacts = [
            artifact("README.md", 0),
            artifact("kubernetes/production/shop-production-us-east-1/apps/api.yaml", 5),
            artifact("kubernetes/production/shop-production-us-east-1/kustomization.yaml", 0),
            artifact("eksctl/production/shop-production-us-west-2.yaml", 1),
            artifact("gitops/production/shop-production-us-west-2/root.yaml", 2),
            artifact("failover/production/shop-production-us-west-2/apps/added.yaml", 1),
            artifact("controllers/production/shop-production-us-west-2/install.sh", 0),
            artifact("runbooks/production/us-west-2.md", 0),
            artifact("terraform/production/us-west-2/network.tf", 7),
            artifact("terraform/production/global/dns.tf", 2),
        ];
        let report = Report { created: 4, unchanged: 2, kept: vec!["a.orig".to_owned()], ..Report::default() };
        let text = Summary::of("shop", &artifacts).render("dist/shop", &report, Duration::from_millis(1234));
        assert_eq!(
            text,
            "shop: dist/shop
  production, 2 regions       9 files       18 objects
    all regions               1 file         2 objects
    us-east-1                 2 files        5 objects
    us-west-2                 6 files       11 objects
  the whole platform          1 file         0 objects
  total                      10 files       18 objects
  kept what stood there as a.orig
  4 created, 0 changed, 2 unchanged, 0 removed; 1.23 s"
        );
    }

    #[test]
    fn many_regions_are_one_line() {
        let artifacts: Vec<Artifact> = (0..500)
            .map(|n| artifact(&format!("kubernetes/production/shop-production-r{n}/apps/api.yaml"), 3))
            .collect();
        let text = Summary::of("shop", &artifacts).render("dist", &Report::default(), Duration::ZERO);
        assert!(text.lines().count() < 6, "{text}");
        assert!(text.contains("production, 500 regions     500 files     1500 objects"), "{text}");
    }
}

//! The charts that something installs: Terraform, kustomizations, scripts, Argo CD, and Flux.

use crate::cluster::Cluster;
use crate::place::{Place, Placed};
use crate::platform::Platform;
use crate::terraform::Known;
use crate::yaml::Node;

/// A chart that is installed.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    /// Its name, without its repository: `cert-manager`.
    pub(crate) name: String,
    /// The version that is asked for.
    pub(crate) version: Version,
    /// Where that is said, or else where it is installed.
    pub(crate) place: Place,
    /// Whether it is a folder beside what installs it.
    pub(crate) local: bool,
    /// The namespace that it is installed in, if that is known.
    pub(crate) namespace: Option<String>,
    /// Whether its values speak of network policies.
    pub(crate) policies: bool,
}

/// The version of a chart that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// None, which means the newest.
    Newest,
    /// A version, or a range.
    Text(String),
    /// It depends on what the files don't say.
    Unknown,
}

fn chart(path: &str, version: Version, place: Place) -> Chart {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path).to_owned();
    Chart { name, version, place, local: path.starts_with(['.', '/']), namespace: None, policies: false }
}

fn asked(version: Option<&Node>) -> Version {
    match version.filter(|node| !node.is_null()).map(Node::text) {
        None | Some(Some("")) => Version::Newest,
        Some(Some(text)) if text.contains(['{', '$']) => Version::Unknown,
        Some(Some(text)) => Version::Text(text.to_owned()),
        Some(None) => Version::Unknown,
    }
}

/// Those of which nothing says the cluster: Terraform's, kustomizations', and scripts'.
pub(crate) fn of_platform(platform: &Platform) -> Vec<Chart> {
    let mut found = Vec::new();
    for root in platform.roots() {
        for release in root.resources("helm_release") {
            let Some(name) = root.text(release, "chart") else { continue };
            let version = match root.argument(release, "version") {
                None | Some(Known::Null) => Version::Newest,
                Some(Known::Text(text)) => Version::Text(text),
                Some(_) => Version::Unknown,
            };
            let place = release.argument("version").map_or_else(|| release.place(), Placed::place);
            let mut chart = chart(&name, version, place);
            // What isn't known of a name is in the middle of a path.
            chart.local |= release.get("repository").is_none() && !name.contains("://") && name.contains('/');
            found.push(chart);
        }
    }
    for generator in platform.kustomizations().iter().flat_map(|found| found.node().list("helmCharts")) {
        let Some(name) = generator.str_at("name") else { continue };
        let version = generator.get("version");
        let mut chart = chart(name, asked(version), version.map_or_else(|| generator.place(), Placed::place));
        chart.local = generator.get("repo").is_none();
        found.push(chart);
    }
    let installs = platform.installs().iter();
    found.extend(installs.map(|install| chart(&install.chart, Version::Unknown, install.place)));
    found
}

/// Those that objects of a cluster install: Applications of Argo CD, and releases of Flux.
pub(crate) fn of_cluster(cluster: &Cluster) -> Vec<Chart> {
    let mut found = Vec::new();
    for object in cluster.objects() {
        let spec = match (object.group(), object.kind()) {
            ("argoproj.io", "Application") => object.at("spec"),
            ("argoproj.io", "ApplicationSet") => object.at("spec.template.spec"),
            ("helm.toolkit.fluxcd.io", "HelmRelease") => {
                // Where it names an object that has the chart (`chartRef`), neither its name nor its version is known.
                let name = object.str_at("spec.chart.spec.chart");
                let version = object.at("spec.chart.spec.version");
                let asked = name.map_or(Version::Unknown, |_| asked(version));
                let place = version.map_or_else(|| object.place(), Placed::place);
                let mut chart = chart(name.unwrap_or_default(), asked, place);
                chart.namespace = Some(object.str_at("spec.targetNamespace").unwrap_or(object.ns()).to_owned());
                found.push(chart);
                continue;
            }
            _ => continue,
        };
        let Some(spec) = spec else { continue };
        let sources = spec.get("source").into_iter().chain(spec.list("sources"));
        for source in sources {
            let Some(name) = source.get("chart") else { continue };
            let version = source.get("targetRevision");
            let place = version.map_or_else(|| name.place(), Placed::place);
            let mut chart = chart(name.text().unwrap_or_default(), asked(version), place);
            let namespace = spec.str_at("destination.namespace").filter(|name| !name.contains("{{"));
            chart.namespace = namespace.map(str::to_owned);
            let mut policies = false;
            let mut speaks = |node: &Node| {
                let of_key = node.entries().iter().any(|entry| entry.key().contains("etworkPolicy"));
                policies |= of_key || node.text().is_some_and(|text| text.contains("etworkPolicy"));
            };
            source.walk(&mut speaks);
            chart.policies = policies;
            found.push(chart);
        }
    }
    found
}

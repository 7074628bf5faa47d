//! What checkov says of the generated Kubernetes manifests and root modules, and which of it is waived:
//! `fixtures/checkov.csv`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::{Outcome, Scene, outside, tools};

/// The waivers, in the workspace.
const WAIVERS: &str = "fixtures/checkov.csv";

/// Its pinned version, in the workspace.
const REQUIREMENTS: &str = ".ci/requirements.txt";

/// One line of the waivers: a check that may fail for these resources, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Waiver {
    check: String,
    /// `<kind>.<namespace>.<name>`, or `<environment>/<root>/<type>.<name>` in a root module, with `*` for anything.
    resource: String,
    reason: String,
}

/// What checkov reports of one folder. Without any resource it has the summary only.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Report {
    results: Results,
    summary: Summary,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Results {
    failed_checks: Vec<Failed>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Summary {
    passed: usize,
    failed: usize,
    skipped: usize,
    parsing_errors: usize,
}

#[derive(Debug, Deserialize)]
struct Failed {
    check_id: String,
    check_name: String,
    resource: String,
    #[serde(default)]
    file_path: String,
}

/// Runs every check over every good fixture: all must pass or be waived, and every waiver must be needed.
pub(super) fn checkov(scene: &Scene<'_>) -> Outcome {
    if let Some(missing) = tools::missing_module(scene, &scene.root.join(REQUIREMENTS), "checkov") {
        return missing;
    }
    let waivers = match std::fs::read(scene.root.join(WAIVERS)) {
        Ok(bytes) => waivers(&bytes),
        Err(error) => Err(error.to_string()),
    };
    let (waivers, files) = match (waivers, outside::generated(scene)) {
        (Ok(waivers), Ok(files)) => (waivers, files),
        (Err(reason), _) => return Outcome::Failed(format!("{WAIVERS}: {reason}")),
        (_, Err(reason)) => return Outcome::Failed(reason),
    };
    let top = outside::folder(scene);
    let folders: Vec<PathBuf> = folders(&top, &files).into_iter().collect();
    if folders.is_empty() {
        return Outcome::Nothing("no fixture generates manifests".to_owned());
    }
    let reports = tools::in_parallel(&folders, scene.threads, |folder| {
        let shown = folder.strip_prefix(&top).unwrap_or(folder).display().to_string();
        let framework = if root_module(&shown).is_some() { "terraform" } else { "kubernetes" };
        run(scene, folder, framework).map_err(|reason| format!("{shown}: {reason}")).map(|report| (shown, report))
    });
    let mut verdict = Verdict::default();
    for report in reports {
        match report {
            Ok((folder, report)) => verdict.add(&folder, &report, &waivers),
            Err(reason) => verdict.faults.push(reason),
        }
    }
    verdict.close(scene, &waivers)
}

/// One folder for each cluster and each root module: a policy of one cluster must not count for a pod of another.
/// What belongs to no cluster is one more for each fixture.
fn folders(top: &Path, files: &[PathBuf]) -> BTreeSet<PathBuf> {
    let folder = |file: &PathBuf| {
        let inside = file.strip_prefix(top).ok()?;
        let depth = match (inside.components().nth(1)?.as_os_str().to_str()?, file.extension()?.to_str()?) {
            ("kubernetes", "yaml") | ("terraform", "tf") => 4,
            (_, "yaml") => 2,
            _ => return None,
        };
        let folder: PathBuf = inside.components().take(depth).collect();
        (inside.components().count() > depth).then(|| top.join(folder))
    };
    files.iter().filter_map(folder).collect()
}

/// The environment and the name of a root module, given its folder inside of the one of all fixtures.
fn root_module(folder: &str) -> Option<&str> {
    let (_, inside) = folder.split_once('/')?;
    inside.strip_prefix("terraform/")
}

/// Nothing is asked of the network.
fn run(scene: &Scene<'_>, folder: &Path, framework: &str) -> Result<Report, String> {
    let mut command = Command::new(&scene.python);
    command.args(["-m", "checkov.main", "--framework", framework, "--output", "json", "--quiet", "--skip-download"]);
    let output = tools::output(command.arg("--directory").arg(folder)).map_err(|error| error.to_string())?;
    // 1 says that checks failed, which the report says too.
    match output.status.code() {
        Some(0 | 1) => serde_json::from_slice(&output.stdout).map_err(|_| tools::said(&output)),
        _ => Err(tools::said(&output)),
    }
}

#[derive(Debug, Default)]
struct Verdict {
    passed: usize,
    /// By the place of the waiver in the list.
    waived: BTreeMap<usize, usize>,
    faults: Vec<String>,
}

impl Verdict {
    fn add(&mut self, folder: &str, report: &Report, waivers: &[Waiver]) {
        self.passed += report.summary.passed;
        let Summary { failed, skipped, parsing_errors, .. } = report.summary;
        if parsing_errors > 0 {
            self.faults.push(format!("{folder}: {parsing_errors} files could not be read"));
        }
        // A comment in a manifest would be a waiver that nobody sees.
        if skipped > 0 {
            self.faults.push(format!("{folder}: {skipped} checks are skipped; {WAIVERS} is the place to say why"));
        }
        if failed != report.results.failed_checks.len() {
            self.faults
                .push(format!("{folder}: {failed} checks failed and {} are told", report.results.failed_checks.len()));
        }
        for Failed { check_id, check_name, resource, file_path } in &report.results.failed_checks {
            let resource = &root_module(folder).map_or_else(|| resource.clone(), |root| format!("{root}/{resource}"));
            let covers = |waiver: &Waiver| waiver.check == *check_id && matches(&waiver.resource, resource);
            match waivers.iter().position(covers) {
                Some(number) => *self.waived.entry(number).or_default() += 1,
                None => self.faults.push(format!("{check_id} {resource}: {check_name} ({folder}{file_path})")),
            }
        }
    }

    fn close(mut self, scene: &Scene<'_>, waivers: &[Waiver]) -> Outcome {
        let waived: usize = self.waived.values().sum();
        let failed = self.faults.len();
        for (number, Waiver { check, resource, .. }) in waivers.iter().enumerate() {
            if !self.waived.contains_key(&number) {
                self.faults.push(format!("{WAIVERS}: {check} for {resource} waives nothing: remove it"));
            }
        }
        let said =
            format!("{} passed, {failed} failed, {waived} waived by {} lines of {WAIVERS}", self.passed, waivers.len());
        if self.faults.is_empty() && self.passed == 0 {
            return Outcome::Failed(format!("{said}: checkov looked at nothing"));
        }
        if self.faults.is_empty() {
            return Outcome::Passed(said);
        }
        outside::show(scene, &self.faults);
        Outcome::Failed(format!("{said}; see above"))
    }
}

/// The waivers: each with a reason, and none twice.
fn waivers(bytes: &[u8]) -> Result<Vec<Waiver>, String> {
    let rows: Result<Vec<Waiver>, csv::Error> = csv::Reader::from_reader(bytes).deserialize().collect();
    let waivers = rows.map_err(|error| error.to_string())?;
    let mut seen = BTreeSet::new();
    for waiver in &waivers {
        let Waiver { check, resource, reason } = waiver;
        if check.is_empty() || resource.is_empty() || reason.trim().is_empty() {
            return Err(format!("{check} for `{resource}` has no reason, or lacks something else"));
        }
        if !seen.insert((check, resource)) {
            return Err(format!("{check} for {resource} stands there twice"));
        }
    }
    Ok(waivers)
}

/// Whether a text is what a pattern says, where `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match text.split_once(part) {
            Some((_, behind)) => text = behind,
            None => return false,
        }
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "check,resource,reason\nCKV_1,*,because\nCKV_2,Deployment.*.shop-*,because\n";

    fn report(failed: &[(&str, &str)]) -> Report {
        let failed_checks = failed.iter().map(|(check, resource)| Failed {
            check_id: (*check).to_owned(),
            check_name: "Something is set".to_owned(),
            resource: (*resource).to_owned(),
            file_path: "/a.yaml".to_owned(),
        });
        let summary = Summary { passed: 7, failed: failed.len(), ..Summary::default() };
        Report { results: Results { failed_checks: failed_checks.collect() }, summary }
    }

    #[test]
    fn what_fails_is_waived_or_a_fault() {
        let waivers = waivers(LIST.as_bytes()).unwrap();
        let mut verdict = Verdict::default();
        verdict.add(
            "b",
            &report(&[("CKV_1", "Job.a.b"), ("CKV_2", "Deployment.a.shop-api"), ("CKV_2", "Job.a.shop-api")]),
            &waivers,
        );
        assert_eq!((verdict.passed, verdict.waived.values().sum::<usize>()), (7, 2));
        assert_eq!(verdict.faults, ["CKV_2 Job.a.shop-api: Something is set (b/a.yaml)"]);
        let silent = Report {
            summary: Summary { failed: 1, skipped: 1, parsing_errors: 1, ..Summary::default() },
            ..report(&[])
        };
        verdict.add("c", &silent, &waivers);
        assert_eq!(verdict.faults.len(), 4, "{:#?}", verdict.faults);
    }

    #[test]
    fn patterns_stand_for_whole_names() {
        for (pattern, text) in
            [("*", "a.b"), ("a.*", "a.b"), ("*.b", "a.b"), ("a.*.c", "a.b.c"), ("*b*", "abc"), ("a", "a")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("a", "ab"), ("a.*", "b.a."), ("*.b", "a.bc"), ("a*a", "a"), ("a.*.c", "a.c"), ("*x*", "abc")]
        {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_waiver_has_a_reason_and_stands_there_once() {
        assert!(waivers(LIST.replace("*,because", "*, ").as_bytes()).is_err());
        assert!(waivers(format!("{LIST}CKV_1,*,again\n").as_bytes()).is_err());
        assert!(waivers(b"check,resource\nCKV_1,*\n").is_err());
    }

    #[test]
    fn clusters_and_root_modules_are_looked_at_one_by_one() {
        let files =
            ["a/README.md", "a/manifest.yaml", "a/gitops/p/x.yaml", "a/gitops/y.yaml", "a/kubernetes/p/c1/n/x.yaml"];
        let more = [
            "a/kubernetes/p/c1/kustomization.yaml",
            "a/kubernetes/p/c2/n/x.yaml",
            "a/terraform/p/order.json",
            "a/terraform/p/r/network.tf",
            "b/kubernetes/p/c1/n/x.yaml",
        ];
        let files: Vec<PathBuf> = files.iter().chain(&more).map(|file| Path::new("/t").join(file)).collect();
        let found: Vec<String> =
            folders(Path::new("/t"), &files).iter().map(|folder| folder.display().to_string()).collect();
        let expected = ["a/gitops", "a/kubernetes/p/c1", "a/kubernetes/p/c2", "a/terraform/p/r", "b/kubernetes/p/c1"];
        assert_eq!(found, expected.map(|folder| format!("/t/{folder}")));
        assert_eq!((root_module("a/terraform/p/r"), root_module("a/kubernetes/p/c1")), (Some("p/r"), None));
    }
}

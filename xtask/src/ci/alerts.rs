//! What promtool says of the generated alerts: that every expression and template is one, that no two alerts are alike,
//! and that they are there when they should be, by the cases of `fixtures/alerts.test.yaml`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Outcome, Scene, outside, tools};

/// Cases for the founding platform, each with series and what must follow from them.
const CASES: &str = "fixtures/alerts.test.yaml";

/// Checks the rules of every cluster, and runs the cases.
pub(super) fn alerts(scene: &Scene<'_>) -> Outcome {
    if let Err(error) = tools::output(Command::new("promtool").arg("--version")) {
        return tools::not_started("promtool", &error);
    }
    match rules(scene) {
        Ok(files) if files.is_empty() => Outcome::Nothing("no fixture generates rules of Prometheus".to_owned()),
        Ok(files) => judge(scene, &files),
        Err(reason) => Outcome::Failed(reason),
    }
}

fn judge(scene: &Scene<'_>, files: &[PathBuf]) -> Outcome {
    let mut check = Command::new("promtool");
    check.args(["check", "rules", "--lint=all", "--lint-fatal"]).args(files);
    let mut test = Command::new("promtool");
    // The cases name the files of rules beside them.
    let cases = folder(scene).join("cases.test.yaml");
    if let Err(error) = fs::copy(scene.root.join(CASES), &cases) {
        return Outcome::Failed(format!("can't copy {CASES}: {error}"));
    }
    test.args(["test", "rules"]).arg(&cases);
    for command in [&mut check, &mut test] {
        match tools::output(command) {
            Ok(output) if output.status.success() => {}
            Ok(output) => {
                outside::show(scene, &[tools::said(&output)]);
                return Outcome::Failed("promtool found faults, see above".to_owned());
            }
            Err(error) => return tools::not_started("promtool", &error),
        }
    }
    Outcome::Passed(format!("rules of {} clusters, and the cases of {CASES}", files.len()))
}

fn folder(scene: &Scene<'_>) -> PathBuf {
    scene.target.join("ci/rules")
}

/// Writes the rules of each cluster as a file that Prometheus reads.
fn rules(scene: &Scene<'_>) -> Result<Vec<PathBuf>, String> {
    let folder = folder(scene);
    let failed = |error: std::io::Error| format!("can't write to {}: {error}", folder.display());
    let mut found: Vec<(String, String)> = Vec::new();
    for file in outside::generated(scene)? {
        let text = fs::read_to_string(&file).map_err(|error| format!("can't read {}: {error}", file.display()))?;
        let groups: String = text.split("\n---\n").filter_map(groups).collect();
        let Some(cluster) = cluster(&file).filter(|_| !groups.is_empty()) else {
            continue;
        };
        match found.iter_mut().find(|(name, _)| *name == cluster) {
            Some((_, all)) => all.push_str(&groups),
            None => found.push((cluster, groups)),
        }
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(&folder).map_err(failed)?;
    let mut files = Vec::new();
    for (name, groups) in found {
        let file = folder.join(format!("{name}.yaml"));
        fs::write(&file, format!("groups:\n{groups}")).map_err(failed)?;
        files.push(file);
    }
    Ok(files)
}

/// The cluster of a file below `kubernetes/<environment>/<cluster>`.
fn cluster(file: &Path) -> Option<String> {
    let parts: Vec<&str> = file.iter().filter_map(|part| part.to_str()).collect();
    let top = parts.iter().rposition(|part| *part == "kubernetes")?;
    parts.get(top + 2).map(|name| (*name).to_owned())
}

/// The groups of a `PrometheusRule`: what stands below `groups` in its `spec`, which is where such a document ends.
fn groups(document: &str) -> Option<String> {
    let (_, groups) =
        document.contains("\nkind: PrometheusRule\n").then(|| document.split_once("\nspec:\n  groups:\n"))??;
    Some(groups.lines().flat_map(|line| [line, "\n"]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_what_stands_below_the_spec() {
        let document = "apiVersion: v1\nkind: PrometheusRule\nspec:\n  groups:\n    - name: a\n";
        assert_eq!(groups(document).as_deref(), Some("    - name: a\n"));
        assert_eq!(groups("apiVersion: v1\nkind: ConfigMap\nspec:\n  groups:\n    - name: a\n"), None);
    }

    #[test]
    fn files_know_their_cluster() {
        let at = |path: &str| cluster(Path::new(path));
        assert_eq!(at("out/kubernetes/production/shop-production-a/x/y.yaml").as_deref(), Some("shop-production-a"));
        assert_eq!(at("out/README.md"), None);
    }
}

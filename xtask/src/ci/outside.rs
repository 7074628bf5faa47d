//! What the real tools say of everything that the good fixtures generate.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Outcome, Scene, fixtures, tools};
use crate::generate;
use crate::tree::{self, Options};

/// So many files are given to one process: what a command line holds on every system.
const FILES: usize = 2_000;

/// So many lines of what the tools say are shown.
const SHOWN: usize = 50;

/// The names under which kustomize looks for its file.
const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Holds every generated object against the real schemas.
pub(super) fn objects(scene: &Scene<'_>) -> Outcome {
    let script = scene.shared.join("kubernetes/check-objects");
    if let Some(missing) = tools::missing_python(scene, &script, "jsonschema, kubernetes_validate, yaml") {
        return missing;
    }
    let files = match generated(scene) {
        Ok(files) => files,
        Err(reason) => return Outcome::Failed(reason),
    };
    let files: Vec<PathBuf> =
        files.into_iter().filter(|file| file.extension().is_some_and(|e| e == "yaml" || e == "yml")).collect();
    if files.is_empty() {
        return Outcome::Nothing("no fixture generates YAML".to_owned());
    }
    let batch = files.len().div_ceil(scene.threads).min(FILES);
    let batches: Vec<&[PathBuf]> = files.chunks(batch).collect();
    let done = tools::in_parallel(&batches, scene.threads, |batch| {
        let output = tools::output(Command::new(&scene.python).arg(&script).args(*batch))
            .map_err(|error| format!("check-objects: {error}"))?;
        let said = tools::said(&output);
        judge(&said, output.status.success(), batch.iter().filter(|file| is_kustomization(file)).count())
    });
    let (mut passed, mut faults) = (0, Vec::new());
    for result in done {
        match result {
            Ok(count) => passed += count,
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        return Outcome::Passed(format!("{passed} objects in {} files", files.len()));
    }
    show(scene, &faults);
    Outcome::Failed("check-objects found faults, see above".to_owned())
}

/// The number of objects that passed, if nothing failed and nothing but kustomizations was skipped.
fn judge(said: &str, success: bool, kustomizations: usize) -> Result<usize, String> {
    let last = said.lines().last().unwrap_or_default();
    let counts: Vec<usize> = last.split(", ").filter_map(|part| part.split(' ').next()?.parse().ok()).collect();
    match counts.as_slice() {
        // A batch of nothing but kustomizations has nothing to pass.
        [passed, 0, skipped] if (success || *passed == 0) && *skipped == kustomizations => Ok(*passed),
        [_, 0, skipped] => {
            Err(format!("{said}\n{skipped} documents were skipped, and {kustomizations} are kustomizations"))
        }
        _ => Err(said.to_owned()),
    }
}

/// Renders every kustomization.
pub(super) fn kustomize(scene: &Scene<'_>) -> Outcome {
    if let Err(error) = tools::output(Command::new("kubectl").args(["version", "--client"])) {
        return tools::not_started("kubectl", &error);
    }
    let files = match generated(scene) {
        Ok(files) => files,
        Err(reason) => return Outcome::Failed(reason),
    };
    let folders: Vec<&Path> =
        files.iter().filter(|file| is_kustomization(file)).filter_map(|file| file.parent()).collect();
    each_folder(scene, &folders, "kustomization", |folder| {
        let mut command = Command::new("kubectl");
        command.arg("kustomize").arg(folder);
        command
    })
}

/// Runs a command for each folder; all must succeed.
fn each_folder(scene: &Scene<'_>, folders: &[&Path], what: &str, command: impl Fn(&Path) -> Command + Sync) -> Outcome {
    if folders.is_empty() {
        return Outcome::Nothing(format!("no fixture generates a {what}"));
    }
    let faults: Vec<String> =
        tools::in_parallel(folders, scene.threads, |folder| match tools::output(&mut command(folder)) {
            Ok(output) if output.status.success() => None,
            Ok(output) => Some(format!("{}: {}", folder.display(), tools::said(&output))),
            Err(error) => Some(format!("{}: {error}", folder.display())),
        })
        .into_iter()
        .flatten()
        .collect();
    if faults.is_empty() {
        return Outcome::Passed(format!("{} {what}s", folders.len()));
    }
    show(scene, &faults);
    Outcome::Failed(format!("{} of {} {what}s, see above", faults.len(), folders.len()))
}

/// Says what is wrong, up to a number of lines.
pub(super) fn show(scene: &Scene<'_>, faults: &[String]) {
    let lines: Vec<&str> = faults.iter().flat_map(|fault| fault.lines()).collect();
    for line in lines.iter().take(SHOWN) {
        scene.console.say(line);
    }
    if let Some(more @ 1..) = lines.len().checked_sub(SHOWN) {
        scene.console.say(format_args!("and {more} more lines"));
    }
}

/// The folder into which the fixtures are generated, each into one of its own.
pub(super) fn folder(scene: &Scene<'_>) -> PathBuf {
    scene.target.join("waard-ci")
}

/// Generates every good fixture anew, and gives all files.
pub(super) fn generated(scene: &Scene<'_>) -> Result<Vec<PathBuf>, String> {
    let folder = folder(scene);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("can't remove {}: {error}", folder.display()))?;
    }
    let mut files = Vec::new();
    for fixture in fixtures::all(scene) {
        let platform = fixtures::read(scene, &fixture)?;
        let out = folder.join(&fixture.name);
        tree::write(&out, &platform.emit(), &Options::default()).map_err(|error| generate::failure(&error).message)?;
        files.extend(tools::files_below(&out).map_err(|error| format!("can't list {}: {error}", out.display()))?);
    }
    Ok(files)
}

fn is_kustomization(file: &Path) -> bool {
    KUSTOMIZATIONS.iter().any(|name| file.ends_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_kustomizations_may_be_skipped() {
        assert_eq!(judge("12 passed, 0 failed, 3 skipped", true, 3), Ok(12));
        assert_eq!(judge("0 passed, 0 failed, 3 skipped", false, 3), Ok(0));
        assert!(judge("12 passed, 0 failed, 4 skipped", true, 3).is_err());
        assert!(judge("12 passed, 0 failed, 2 skipped", true, 3).is_err());
        assert!(judge("a: Service/b: spec: wrong\n12 passed, 1 failed, 3 skipped", false, 3).is_err());
        assert!(judge("Traceback (most recent call last):\n  ModuleNotFoundError", false, 0).is_err());
    }
}

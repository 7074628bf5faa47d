//! What the real terraform says of every root module: that it is formatted, valid against the provider's real schema,
//! that nothing in it is deprecated, that it plans what `fixtures/<case>/plan.txt` counts, and that the tests of
//! `fixtures/<case>/terraform` hold.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{Outcome, Scene, fixtures, outside, tools};

/// What a case plans, in the folder of the case.
const PLAN: &str = "plan.txt";

/// The tests of a case, in the folder of the case: `terraform/<environment>/<root>.tftest.hcl`.
const TESTS: &str = "terraform";

/// Formats, validates, plans and tests the roots of every good fixture.
pub(super) fn terraform(scene: &Scene<'_>) -> Outcome {
    let files = match outside::generated(scene) {
        Ok(files) => files,
        Err(reason) => return Outcome::Failed(reason),
    };
    let roots = roots(&files);
    if roots.is_empty() {
        return Outcome::Nothing("no fixture generates Terraform".to_owned());
    }
    if let Some(missing) = missing(scene) {
        return missing;
    }
    let top = outside::folder(scene);
    let mut faults: Vec<String> = formatted(&top).into_iter().collect();
    let (planned, mut others) = check(scene, &roots, true);
    faults.append(&mut others);
    faults.extend(planned.iter().filter_map(|(root, count)| counted(scene, &top, root, *count).err()));
    let tests = match tests(scene, &top) {
        Ok(tests) => tests,
        Err(reason) => return Outcome::Failed(reason),
    };
    let tested = tools::in_parallel(&tests, scene.threads, |(root, test)| self::test(scene, root, test));
    faults.extend(tested.into_iter().filter_map(Result::err));
    let resources: usize = planned.iter().map(|(_, count)| count).sum();
    verdict(
        scene,
        &faults,
        format!(
            "{} root modules formatted and planned with {resources} resources, nothing deprecated; {} files of tests",
            roots.len(),
            tests.len()
        ),
    )
}

pub(super) fn verdict(scene: &Scene<'_>, faults: &[String], good: String) -> Outcome {
    if faults.is_empty() {
        return Outcome::Passed(good);
    }
    outside::show(scene, faults);
    Outcome::Failed(format!("{} faults, see above", faults.len()))
}

/// What has to be there, if it isn't.
pub(super) fn missing(scene: &Scene<'_>) -> Option<Outcome> {
    let script = script(scene);
    if let Some(missing) = tools::missing_python(scene, &script, "grpc, msgpack") {
        return Some(missing);
    }
    tools::output(Command::new("terraform").arg("version")).err().map(|error| tools::not_started("terraform", &error))
}

fn script(scene: &Scene<'_>) -> PathBuf {
    scene.shared.join("terraform/tf-offline")
}

/// The folders with files of Terraform.
pub(super) fn roots(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut roots: Vec<PathBuf> = files
        .iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "tf"))
        .filter_map(|file| file.parent().map(Path::to_owned))
        .collect();
    roots.dedup();
    roots
}

/// `terraform fmt` has nothing to change.
pub(super) fn formatted(folder: &Path) -> Option<String> {
    let mut command = Command::new("terraform");
    match tools::output(command.args(["fmt", "-check", "-recursive", "-diff"]).arg(folder)) {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!("terraform fmt would change\n{}", tools::said(&output))),
        Err(error) => Some(format!("terraform fmt: {error}")),
    }
}

/// Validates roots, and plans them if asked to; each with the number of resources that its plan adds. Starting Python
/// costs more than a root, so each process is given several.
pub(super) fn check(scene: &Scene<'_>, roots: &[PathBuf], plan: bool) -> (Vec<(PathBuf, usize)>, Vec<String>) {
    let batch = roots.len().div_ceil(scene.threads).max(1);
    let batches: Vec<&[PathBuf]> = roots.chunks(batch).collect();
    let done = tools::in_parallel(&batches, scene.threads, |batch| {
        let mut command = Command::new(&scene.python);
        command.arg(script(scene)).args((!plan).then_some("--no-plan")).arg("check").args(*batch);
        command.env("TF_OFFLINE_DEPRECATIONS", "1");
        match tools::output(&mut command) {
            Ok(output) => judge(&output, batch, plan),
            Err(error) => (Vec::new(), vec![format!("tf-offline: {error}")]),
        }
    });
    let (mut planned, mut faults) = (Vec::new(), Vec::new());
    for (some, wrong) in done {
        planned.extend(some);
        faults.extend(wrong);
    }
    (planned, faults)
}

fn judge(output: &Output, roots: &[PathBuf], plan: bool) -> (Vec<(PathBuf, usize)>, Vec<String>) {
    let said = tools::said(output);
    let mut faults: Vec<String> = said.lines().filter(|line| line.contains("validation warnings")).map(|line| {
        format!("{line}\n`TF_OFFLINE_DEPRECATIONS=1 tf-offline --local-backend validate` in that folder says what is deprecated")
    }).collect();
    if !output.status.success() {
        faults.push(said.clone());
    }
    let planned: Vec<(PathBuf, usize)> =
        roots.iter().filter_map(|root| Some((root.clone(), added(&said, &root.display().to_string())?))).collect();
    if plan && faults.is_empty() && planned.len() < roots.len() {
        faults.push(format!("{} of {} root modules were planned\n{said}", planned.len(), roots.len()));
    }
    (planned, faults)
}

/// How many resources the plan of a root adds: `ok   ROOT plan (1.0 s)  Plan: 12 to add, 0 to change, 0 to destroy.`
fn added(said: &str, root: &str) -> Option<usize> {
    let line = said.lines().find(|line| {
        line.split_once(root).is_some_and(|(start, rest)| start.trim() == "ok" && rest.starts_with(" plan "))
    })?;
    match line.split_once("Plan: ") {
        Some((_, count)) => count.split(' ').next()?.parse().ok(),
        None => line.contains("No changes.").then_some(0),
    }
}

/// Holds the number of resources of a plan against that of the case.
fn counted(scene: &Scene<'_>, top: &Path, root: &Path, count: usize) -> Result<(), String> {
    let inside = root.strip_prefix(top).unwrap_or(root);
    let parts: Vec<&str> = inside.iter().filter_map(|part| part.to_str()).collect();
    let [case, _, environment, name] = parts.as_slice() else {
        return Err(format!("{}: is it a root module?", inside.display()));
    };
    let file = scene.root.join("fixtures").join(case).join(PLAN);
    let text = fs::read_to_string(&file).map_err(|error| format!("can't read {}: {error}", file.display()))?;
    let line = format!("{environment}/{name}: {count}");
    if text.lines().any(|known| known == line) {
        return Ok(());
    }
    Err(format!(
        "{case}: the plan of {environment}/{name} adds {count} resources, and {} says otherwise",
        file.display()
    ))
}

/// The roots that have tests, each with its file.
fn tests(scene: &Scene<'_>, top: &Path) -> Result<Vec<(PathBuf, PathBuf)>, String> {
    let mut found = Vec::new();
    for fixture in fixtures::all(scene) {
        let folder = fixture.folder.join(TESTS);
        if !folder.is_dir() {
            continue;
        }
        let files = tools::files_below(&folder).map_err(|error| format!("can't list {}: {error}", folder.display()))?;
        for file in files {
            let inside = file.strip_prefix(&folder).unwrap_or(&file);
            let name = inside.to_string_lossy();
            let root =
                name.strip_suffix(".tftest.hcl").map(|root| top.join(&fixture.name).join("terraform").join(root));
            match root {
                Some(root) if root.is_dir() => found.push((root, file)),
                _ => return Err(format!("{}: there is no such root module to test", file.display())),
            }
        }
    }
    Ok(found)
}

/// Runs a file of tests beside its root.
fn test(scene: &Scene<'_>, root: &Path, test: &Path) -> Result<(), String> {
    let copy = root.join("root.tftest.hcl");
    fs::copy(test, &copy).map_err(|error| format!("can't write {}: {error}", copy.display()))?;
    for words in [["init", "-input=false"], ["test", "-no-color"]] {
        let mut command = Command::new(&scene.python);
        command.arg(script(scene)).arg("--local-backend").arg(format!("-chdir={}", root.display())).args(words);
        let output = tools::output(&mut command).map_err(|error| format!("tf-offline: {error}"))?;
        if !output.status.success() {
            return Err(format!("{}: {}", test.display(), tools::said(&output)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_counted() {
        let said = "ok   /t/a init (0.4 s)\nok   /t/a validate (0.9 s)  Success! The configuration is valid.\n\
            ok   /t/a plan (1.0 s)  Plan: 12 to add, 0 to change, 0 to destroy.\nok   /t/ab plan (1.0 s)  No changes. Fine.\n";
        assert_eq!((added(said, "/t/a"), added(said, "/t/ab"), added(said, "/t")), (Some(12), Some(0), None));
        assert_eq!(added(&said.replace("ok   /t/a plan", "FAIL /t/a plan"), "/t/a"), None);
    }
}

//! Runs outside tools, a few at a time.

use std::env;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{Outcome, Scene};

/// A tool that could not be started is missing; otherwise something else is wrong.
pub(super) fn not_started(tool: &str, error: &io::Error) -> Outcome {
    if error.kind() == ErrorKind::NotFound {
        Outcome::Skipped(format!("{tool} is not installed"))
    } else {
        Outcome::Failed(format!("{tool} could not be started: {error}"))
    }
}

/// Runs a tool to its end with nothing to read, and takes what it says.
pub(super) fn output(command: &mut Command) -> io::Result<Output> {
    command.stdin(Stdio::null()).output()
}

/// All that a tool said.
pub(super) fn said(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{out}{err}").trim_end().to_owned()
}

/// Why the Python that runs an outside script can't import what it needs, or `None`.
pub(super) fn missing_python(scene: &Scene<'_>, script: &Path, modules: &str) -> Option<Outcome> {
    if !script.is_file() {
        return Some(Outcome::Skipped(format!("there is no {}; say with WAARD_SHARED where it is", script.display())));
    }
    missing_module(scene, &script.with_file_name("requirements.txt"), modules)
}

/// Why Python can't import modules that stand in a file of requirements, or `None`.
pub(super) fn missing_module(scene: &Scene<'_>, requirements: &Path, modules: &str) -> Option<Outcome> {
    let python = scene.python.display();
    let help = format!(
        "make one with `python3 -m venv target/ci-venv && target/ci-venv/bin/pip install -r {}`, or name one with WAARD_PYTHON",
        requirements.display()
    );
    match output(Command::new(&scene.python).args(["-c", &format!("import {modules}")])) {
        Ok(done) if done.status.success() => None,
        Ok(done) => {
            let said = said(&done);
            let last = said.lines().last().unwrap_or_default();
            Some(Outcome::Skipped(format!("{python} lacks a module ({last}): {help}")))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Some(Outcome::Skipped(format!("there is no Python at {python}: {help}")))
        }
        Err(error) => Some(not_started(&python.to_string(), &error)),
    }
}

/// Does `work` to every item on several threads. Results are in the order of the items.
pub(super) fn in_parallel<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(items.len()));
    let worker = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else { return };
            let result = work(item);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((number, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(items.len()) {
            scope.spawn(worker);
        }
        worker();
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Every file below a folder, in order.
pub(super) fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for item in std::fs::read_dir(&folder)? {
            let item = item?;
            let kind = item.file_type()?;
            if kind.is_dir() {
                open.push(item.path());
            } else if kind.is_file() {
                files.push(item.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// An example of the workspace, built and ready to run. It is built as `cargo test --workspace` builds it, with the
/// features of all members together: as an example of its package alone, everything beneath would be compiled again.
pub(super) fn example(scene: &Scene<'_>, name: &str) -> Result<Command, Outcome> {
    let mut build = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "--workspace", "--example", name]).current_dir(&scene.root);
    match output(&mut build) {
        Ok(output) if output.status.success() => {}
        Ok(output) => return Err(Outcome::Failed(said(&output))),
        Err(error) => return Err(not_started("cargo", &error)),
    }
    let mut command = Command::new(scene.target.join("debug/examples").join(name));
    command.current_dir(&scene.root);
    Ok(command)
}

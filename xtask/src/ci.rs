//! `ci`: every check that continuous integration runs, one after the other, with what ran, failed or was skipped and why.

mod alerts;
mod cargo;
mod checkov;
mod fixtures;
mod judge;
mod outside;
mod random;
mod terraform;
mod tools;

use std::env;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::ValueEnum as _;

use crate::cli::{Check, Ci};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::workspace;

/// How a check ended, with what there is to say about it.
#[derive(Debug)]
enum Outcome {
    Passed(String),
    Failed(String),
    /// A tool is missing.
    Skipped(String),
    /// There is nothing yet that it could look at.
    Nothing(String),
}

/// Where the checks run.
struct Scene<'a> {
    console: &'a Console,
    root: PathBuf,
    target: PathBuf,
    shared: PathBuf,
    python: PathBuf,
    threads: usize,
    /// Nothing may be skipped.
    strict: bool,
    /// So many random topologies are validated, and judged.
    random: u32,
    /// Where they begin.
    seed: u64,
}

impl<'a> Scene<'a> {
    fn new(arguments: &Ci, console: &'a Console) -> Self {
        let root = workspace::root();
        let folder = |variable: &str| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
        let target = folder("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |target| root.join(target));
        let shared = folder("WAARD_SHARED").unwrap_or_else(|| root.join("../shared"));
        let python = folder("WAARD_PYTHON").unwrap_or_else(|| root.join("target/ci-venv/bin/python"));
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let strict = env::var("CI").is_ok_and(|value| value == "true" || value == "1");
        // Absolute, since the tools run in other folders.
        let shared = shared.canonicalize().unwrap_or(shared);
        let Ci { random, seed, .. } = *arguments;
        Self { console, root, target, shared, python, threads, strict, random, seed }
    }

    fn run(&self, check: Check) -> Outcome {
        match check {
            Check::Fmt => cargo::fmt(self),
            Check::Clippy => cargo::clippy(self),
            Check::Doc => cargo::doc(self),
            Check::Goldens => fixtures::goldens(self),
            Check::Schema => fixtures::schema(self),
            Check::Rules => fixtures::rules(self),
            Check::Judge => judge::judge(self),
            Check::Objects => outside::objects(self),
            Check::Checkov => checkov::checkov(self),
            Check::Alerts => alerts::alerts(self),
            Check::Kustomize => outside::kustomize(self),
            Check::Terraform => terraform::terraform(self),
            Check::Random => random::random(self),
        }
    }
}

/// Runs the checks asked for, all of them even if some fail.
pub(crate) fn run(arguments: &Ci, console: &Console) -> Result<Exit, Failure> {
    let scene = Scene::new(arguments, console);
    let all: Vec<Check> = Check::value_variants()
        .iter()
        .copied()
        .filter(|check| arguments.checks.is_empty() || arguments.checks.contains(check))
        .collect();
    let mut done: Vec<(String, Outcome, Duration)> = Vec::new();
    for check in all {
        let name = check.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        console.heading(&name);
        let begun = Instant::now();
        let outcome = match scene.run(check) {
            Outcome::Skipped(reason) if scene.strict => Outcome::Failed(format!("CI skips nothing: {reason}")),
            // Fixtures that have gone missing must not look like success.
            Outcome::Nothing(reason) if scene.strict => Outcome::Failed(reason),
            outcome => outcome,
        };
        done.push((name, outcome, begun.elapsed()));
    }
    console.heading("summary");
    console.result(&summary(&done))?;
    let failed = done.iter().any(|(_, outcome, _)| matches!(outcome, Outcome::Failed(_)));
    Ok(if failed { Exit::Findings } else { Exit::Clean })
}

fn summary(done: &[(String, Outcome, Duration)]) -> String {
    let mut text = String::new();
    let mut counts = [0_usize; 4];
    let [passed, failed, skipped, nothing] = &mut counts;
    for (name, outcome, took) in done {
        let (word, said, count) = match outcome {
            Outcome::Passed(said) => ("passed", said, &mut *passed),
            Outcome::Failed(said) => ("FAILED", said, &mut *failed),
            Outcome::Skipped(said) => ("skipped", said, &mut *skipped),
            Outcome::Nothing(said) => ("nothing", said, &mut *nothing),
        };
        *count += 1;
        let _ = writeln!(text, "{word:8} {name:10} {:>6.1} s  {said}", took.as_secs_f64());
    }
    let _ = writeln!(text, "{passed} passed, {failed} failed, {skipped} skipped, {nothing} had nothing to look at");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_says_what_was_skipped_and_why() {
        let done = [
            ("fmt".to_owned(), Outcome::Passed("formatted".to_owned()), Duration::from_millis(120)),
            ("objects".to_owned(), Outcome::Skipped("no Python".to_owned()), Duration::ZERO),
            ("terraform".to_owned(), Outcome::Nothing("no root".to_owned()), Duration::ZERO),
        ];
        let text = summary(&done);
        assert!(text.contains("skipped  objects       0.0 s  no Python\n"), "{text}");
        assert!(text.ends_with("1 passed, 0 failed, 1 skipped, 1 had nothing to look at\n"), "{text}");
    }
}

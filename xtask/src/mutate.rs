//! `mutate`: changes a good platform in one way for each rule, and sees whether that rule, and no unrelated one, says so.
//!
//! `fixtures/mutations/<group>/<rule>.toml` holds the change. CONTRIBUTING.md says how to write one.

mod file;
mod subject;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use waard_policy::rules::RULES;

use crate::cli::Mutate;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::explain;
use crate::workspace;

use self::file::Mutation;
use self::subject::{New, Subjects};

/// Where the changes are, from the workspace's root.
pub const FOLDER: &str = "fixtures/mutations";

/// How it went with one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The id of the rule.
    pub rule: String,
    /// Why the mutation isn't caught as it should be; empty if it is.
    pub faults: Vec<String>,
}

/// Runs the mutations of the rules that match one of the given ids or groups, of all if none is given.
///
/// # Errors
/// If the folder can't be read.
pub fn verdicts(root: &Path, only: &[String]) -> Result<Vec<Verdict>, std::io::Error> {
    let rules: Vec<_> = RULES
        .iter()
        .filter(|rule| only.is_empty() || only.iter().any(|one| rule.id == *one || rule.group() == *one))
        .collect();
    let subjects = Subjects::new(root);
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let work = || {
        while let Some(rule) = rules.get(next.fetch_add(1, Ordering::Relaxed)) {
            let faults = faults(root, &subjects, rule.id);
            let mut done = done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            done.insert(rule.id, faults);
        }
    };
    thread::scope(|scope| {
        for _ in 1..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
        work();
    });
    let done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut verdicts: Vec<Verdict> =
        done.into_iter().map(|(rule, faults)| Verdict { rule: rule.to_owned(), faults }).collect();
    if only.is_empty() {
        verdicts.extend(strays(root)?);
    }
    Ok(verdicts)
}

/// Runs mutations, and prints how many are caught.
pub(crate) fn run(arguments: &Mutate, console: &Console) -> Result<Exit, Failure> {
    if let Some(id) =
        arguments.only.iter().find(|only| !RULES.iter().any(|rule| rule.id == **only || rule.group() == **only))
    {
        return Err(explain::unknown(id));
    }
    let verdicts = verdicts(&workspace::root(), &arguments.only).map_err(|error| Failure::world(&error))?;
    let mut text = String::new();
    for Verdict { rule, faults } in &verdicts {
        let _ = writeln!(text, "{} {rule}", if faults.is_empty() { "caught" } else { "MISSED" });
        for fault in faults {
            let _ = writeln!(text, "       {}", fault.replace('\n', "\n       "));
        }
    }
    let caught = verdicts.iter().filter(|verdict| verdict.faults.is_empty()).count();
    let _ = writeln!(text, "{caught}/{} mutations caught", verdicts.len());
    console.result(&text)?;
    Ok(if caught == verdicts.len() { Exit::Clean } else { Exit::Findings })
}

fn path_of(rule: &str) -> PathBuf {
    Path::new(FOLDER).join(rule).with_extension("toml")
}

/// Why the mutation of a rule isn't caught as it should be.
fn faults(root: &Path, subjects: &Subjects, rule: &str) -> Vec<String> {
    let path = path_of(rule);
    let mutated = fs::read_to_string(root.join(&path))
        .map_err(|error| format!("{}: {error}", path.display()))
        .and_then(|text| Mutation::parse(&text))
        .and_then(|mutation| {
            let new = subjects.get(&mutation.topology)?.mutated(&mutation)?;
            Ok((new, mutation))
        });
    let (new, mutation) = match mutated {
        Ok(mutated) => mutated,
        Err(fault) => return vec![fault],
    };
    let mut faults = Vec::new();
    if !new.iter().any(|new| new.finding.rule == rule) {
        faults.push("the rule reports nothing new".to_owned());
    }
    for also in &mutation.also {
        if also == rule || !RULES.iter().any(|rule| rule.id == also) {
            faults.push(format!("`also` names `{also}`, which is no other rule"));
        } else if !new.iter().any(|new| new.finding.rule == *also) {
            faults.push(format!("`also` names `{also}`, which reports nothing new"));
        }
    }
    let unrelated = |new: &&New| new.finding.rule != rule && !mutation.also.contains(&new.finding.rule);
    for New { finding, .. } in new.iter().filter(|new| !new.was_there).filter(unrelated) {
        faults.push(format!(
            "{} at {}:{} reports too: {}",
            finding.rule, finding.location.path, finding.location.line, finding.message
        ));
    }
    faults
}

/// Files in the folder that belong to no rule.
fn strays(root: &Path) -> Result<Vec<Verdict>, std::io::Error> {
    let mut strays = Vec::new();
    let mut open = vec![root.join(FOLDER)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let path = path.strip_prefix(root).unwrap_or(&path);
            if !RULES.iter().any(|rule| path_of(rule.id) == path) {
                let faults = vec!["there is no rule of that name".to_owned()];
                strays.push(Verdict { rule: path.display().to_string(), faults });
            }
        }
    }
    strays.sort_by(|a, b| a.rule.cmp(&b.rule));
    Ok(strays)
}

//! `crds`: facts about custom resources, from the schemas that their makers publish.
//!
//! `crates/waard-k8s/facts/kinds.csv` lists the kinds, and the release and file in which each is defined; the facts of
//! each go to one file of `crates/waard-k8s/facts/crds`, one line for each field. They are names, types and bounds, and
//! nothing that somebody wrote to be read. The tests of waard-k8s hold what is emitted against them.

mod definition;
mod facts;
mod schema;
mod table;
#[cfg(test)]
mod tests;
mod yaml;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::Crds;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::tree;
use crate::workspace::{self, shown};
use definition::Definition;
use table::Row;

/// The list of kinds, in the workspace.
const KINDS: &str = "crates/waard-k8s/facts/kinds.csv";

/// The folder of the facts, in the workspace.
const FACTS: &str = "crates/waard-k8s/facts/crds";

/// Makes the facts of every listed kind whose file is among what was given.
pub(crate) fn run(arguments: &Crds, console: &Console) -> Result<Exit, Failure> {
    let root = workspace::root();
    let table = root.join(KINDS);
    let rows = table::read(&read(&table)?).map_err(|reason| Failure::usage(format_args!("{KINDS}: {reason}")))?;
    let mut files: BTreeMap<PathBuf, Vec<&Row>> = BTreeMap::new();
    for given in &arguments.paths {
        for (file, row) in found(given, &rows)? {
            files.entry(file).or_default().push(row);
        }
    }
    let (mut made, mut changed) = (0, Vec::new());
    for (file, rows) in files {
        let bytes = read(&file)?;
        let documents = definition::documents(&file, &bytes).map_err(|reason| wrong(&file, &reason))?;
        for row in rows {
            let definition =
                Definition::find(&documents, row).map_err(|reason| wrong(&file, &format!("{}: {reason}", row.kind)))?;
            let place = root.join(FACTS).join(row.file_name());
            made += 1;
            let text = facts::render(row, &bytes, &definition);
            if fs::read(&place).is_ok_and(|there| there == text.as_bytes()) {
                continue;
            }
            if !arguments.check {
                tree::replace_file(&place, text.as_bytes()).map_err(|error| Failure::world(&error))?;
            }
            changed.push(place);
        }
    }
    for place in &changed {
        console.result(&format!("{}\n", shown(place)))?;
    }
    let missing = rows.len() - made;
    let rest = if missing == 0 { String::new() } else { format!("; {missing} kinds of {KINDS} were not given") };
    let word = if arguments.check { "out of date" } else { "written" };
    console.say(format_args!("{} of {made} {word}{rest}", changed.len()));
    Ok(if arguments.check && !changed.is_empty() { Exit::Findings } else { Exit::Clean })
}

/// The listed kinds that a checkout of a repository, or a single file, defines.
fn found<'r>(given: &Path, rows: &'r [Row]) -> Result<Vec<(PathBuf, &'r Row)>, Failure> {
    let found: Vec<(PathBuf, &Row)> = if given.is_dir() {
        rows.iter().map(|row| (given.join(&row.path), row)).filter(|(file, _)| file.is_file()).collect()
    } else {
        let same = |row: &&Row| Path::new(&row.path).file_name() == given.file_name();
        rows.iter().filter(same).map(|row| (given.to_owned(), row)).collect()
    };
    if found.is_empty() {
        let failure = Failure::usage(format_args!("{} holds nothing that {KINDS} lists", shown(given)));
        return Err(failure.help("name a checkout of a repository of that list, or one of the files"));
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::usage(format_args!("can't read {}: {error}", shown(path))))
}

fn wrong(file: &Path, reason: &str) -> Failure {
    Failure::usage(format_args!("{}: {reason}", shown(file)))
}

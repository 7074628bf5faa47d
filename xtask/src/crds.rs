//! `crds`: facts about custom resources, from the schemas that their makers publish.
//!
//! `crates/waard-catalog/facts/kinds.csv` lists the kinds, and the release and file in which each is defined; the facts of
//! each go to one file of `crates/waard-catalog/facts/crds`, one line for each field. They are names, types and bounds, and
//! nothing that somebody wrote to be read. waard-catalog reads them: rules judge with them what people wrote, and the tests
//! of waard-k8s what is emitted.

mod definition;
mod facts;
mod find;
mod schema;
mod table;
#[cfg(test)]
mod tests;
mod yaml;

use std::fs;
use std::path::Path;

use crate::cli::Crds;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::tree;
use crate::workspace::{self, shown};
use definition::Definition;

/// The list of kinds, in the workspace.
const KINDS: &str = "crates/waard-catalog/facts/kinds.csv";

/// The folder of the facts, in the workspace.
const FACTS: &str = "crates/waard-catalog/facts/crds";

/// Makes the facts of every listed kind whose file is among what was given.
pub(crate) fn run(arguments: &Crds, console: &Console) -> Result<Exit, Failure> {
    let root = workspace::root();
    let table = root.join(KINDS);
    let rows = table::read(&read(&table)?).map_err(|reason| Failure::usage(format_args!("{KINDS}: {reason}")))?;
    let (mut made, mut changed) = (0, Vec::new());
    for given in &arguments.paths {
        for file in find::found(given, &rows)? {
            let wrong = |reason| Failure::usage(format_args!("{}: {reason}", file.name));
            let documents = definition::documents(&file.bytes).map_err(wrong)?;
            for row in file.rows {
                let definition = Definition::find(&documents, row)
                    .map_err(|reason| wrong(format!("{} of {}: {reason}", row.kind, row.group)))?;
                let place = root.join(FACTS).join(row.file_name());
                made += 1;
                let text = facts::render(row, &file.bytes, &definition);
                if fs::read(&place).is_ok_and(|there| there == text.as_bytes()) {
                    continue;
                }
                if !arguments.check {
                    tree::replace_file(&place, text.as_bytes()).map_err(|error| Failure::world(&error))?;
                }
                changed.push(place);
            }
        }
    }
    for place in &changed {
        console.result(&format!("{}\n", shown(place)))?;
    }
    let missing = rows.len().saturating_sub(made);
    let rest = if missing == 0 { String::new() } else { format!("; {missing} kinds of {KINDS} were not there") };
    let word = if arguments.check { "out of date" } else { "written" };
    console.say(format_args!("{} of {made} {word}{rest}", changed.len()));
    Ok(if arguments.check && !changed.is_empty() { Exit::Findings } else { Exit::Clean })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::usage(format_args!("can't read {}: {error}", shown(path))))
}

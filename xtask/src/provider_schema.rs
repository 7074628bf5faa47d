//! `provider-schema`: facts about resource types of Terraform, from what `terraform providers schema -json` prints.
//!
//! The types are those that `crates/waard-tf/src/resource` declares; `crates/waard-tf/facts/provider.csv` says of which
//! release of the provider the document must be. The facts of each type go to one file of
//! `crates/waard-tf/facts/<kind>`, one line for each argument, attribute and block. They are names and types, and nothing
//! that somebody wrote to be read. The tests of waard-tf hold what is emitted against them.

mod declared;
mod document;
mod facts;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cli::ProviderSchema;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::tree;
use crate::workspace::{self, shown};
use declared::{Kind, Type};
use document::Document;

/// The folder of the facts, in the workspace.
const FACTS: &str = "crates/waard-tf/facts";

/// The provider and its release, in the workspace.
const PROVIDER: &str = "crates/waard-tf/facts/provider.csv";

/// Where types are declared, in the workspace.
const DECLARED: &str = "crates/waard-tf/src/resource";

/// Of which provider the facts are, and where its schema came from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    #[serde(rename = "provider")]
    address: String,
    release: String,
    source: String,
    as_of: String,
    #[expect(dead_code, reason = "for those who read the list")]
    note: String,
}

/// Makes the facts of every declared type, and removes those of types that are declared no more.
pub(crate) fn run(arguments: &ProviderSchema, console: &Console) -> Result<Exit, Failure> {
    let root = workspace::root();
    let provider =
        provider(&read(&root.join(PROVIDER))?).map_err(|reason| Failure::usage(in_file(PROVIDER, &reason)))?;
    let bytes = if arguments.document.as_os_str() == "-" { standard_input()? } else { read(&arguments.document)? };
    let wrong = |reason: String| Failure::usage(in_file(&shown(&arguments.document), &reason));
    let document = Document::read(&bytes, &provider.address, &provider.release).map_err(wrong)?;
    let types = types(&root)?;
    let mut wanted = Vec::new();
    for one in &types {
        let block = document.block(one).map_err(wrong)?;
        wanted.push((root.join(FACTS).join(one.file_name()), facts::render(one, &provider, &bytes, &block)));
    }
    let mut changed: Vec<PathBuf> = Vec::new();
    for (place, text) in &wanted {
        if fs::read(place).is_ok_and(|there| there == text.as_bytes()) {
            continue;
        }
        if !arguments.check {
            let folder = place.parent().unwrap_or(place);
            fs::create_dir_all(folder).map_err(|error| Failure::world(&error))?;
            tree::replace_file(place, text.as_bytes()).map_err(|error| Failure::world(&error))?;
        }
        changed.push(place.clone());
    }
    for stray in strays(&root, &wanted)? {
        if !arguments.check {
            fs::remove_file(&stray).map_err(|error| Failure::world(&error))?;
        }
        changed.push(stray);
    }
    for place in &changed {
        console.result(&format!("{}\n", shown(place)))?;
    }
    let word = if arguments.check { "out of date" } else { "written or removed" };
    console.say(format_args!("{} of {} {word}", changed.len(), types.len()));
    Ok(if arguments.check && !changed.is_empty() { Exit::Findings } else { Exit::Clean })
}

/// Every declared type, and the provider itself.
fn types(root: &Path) -> Result<Vec<Type>, Failure> {
    let folder = root.join(DECLARED);
    let mut found = vec![Type { kind: Kind::Provider, name: "aws".to_owned() }];
    for file in files(&folder)? {
        let text = String::from_utf8_lossy(&read(&file)?).into_owned();
        found.extend(declared::types(&text).map_err(|reason| Failure::usage(in_file(&shown(&file), &reason)))?);
    }
    found.sort();
    if let Some([first, _]) = found.windows(2).find(|pair| pair.first() == pair.last()) {
        return Err(Failure::usage(format_args!("{} is declared twice", first.file_name())));
    }
    Ok(found)
}

/// Facts of types that nobody declares.
fn strays(root: &Path, wanted: &[(PathBuf, String)]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for kind in Kind::ALL {
        let folder = root.join(FACTS).join(kind.word());
        if folder.is_dir() {
            found.extend(files(&folder)?.into_iter().filter(|file| wanted.iter().all(|(place, _)| place != file)));
        }
    }
    Ok(found)
}

/// The files of a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let list = || -> std::io::Result<Vec<PathBuf>> { fs::read_dir(folder)?.map(|item| Ok(item?.path())).collect() };
    let mut files = list().map_err(|error| Failure::usage(format_args!("can't list {}: {error}", shown(folder))))?;
    files.sort();
    Ok(files)
}

fn provider(bytes: &[u8]) -> Result<Provider, String> {
    let rows: Result<Vec<Provider>, csv::Error> = csv::Reader::from_reader(bytes).deserialize().collect();
    match rows.map_err(|error| error.to_string())?.as_slice() {
        [one] => Ok(one.clone()),
        rows => Err(format!("it names {} providers, and must name one", rows.len())),
    }
}

fn in_file(file: &str, reason: &str) -> String {
    format!("{file}: {reason}")
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::usage(format_args!("can't read {}: {error}", shown(path))))
}

fn standard_input() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|error| Failure::world(&error))?;
    Ok(bytes)
}

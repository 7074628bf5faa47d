//! Finds the files of the list in what was given: a repository, a folder, or a file.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use super::table::Row;
use super::{KINDS, read};
use crate::exit::Failure;
use crate::workspace::shown;

/// A file of the list, and the kinds that it defines.
pub(super) struct Found<'r> {
    /// How it is called in a message.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) rows: Vec<&'r Row>,
}

/// The files of the list. Those of a Git repository are read at the tag of the list, whatever is checked out.
pub(super) fn found<'r>(given: &Path, rows: &'r [Row]) -> Result<Vec<Found<'r>>, Failure> {
    let mut files: BTreeMap<(&str, &str), Vec<&Row>> = BTreeMap::new();
    for row in rows {
        files.entry((&row.tag, &row.path)).or_default().push(row);
    }
    let repository = given.join(".git").exists() || given.join("objects").is_dir();
    let mut found = Vec::new();
    for ((tag, path), rows) in files {
        let (name, bytes) = if repository {
            let object = format!("{tag}:{path}");
            (format!("{} at {object}", shown(given)), of_git(given, &object)?)
        } else if given.is_dir() {
            let file = given.join(path);
            (shown(&file), if file.is_file() { Some(read(&file)?) } else { None })
        } else {
            let same = Path::new(path).file_name() == given.file_name();
            (shown(given), if same { Some(read(given)?) } else { None })
        };
        found.extend(bytes.map(|bytes| Found { name, bytes, rows }));
    }
    if found.is_empty() {
        let failure = if given.exists() {
            Failure::usage(format_args!("{} holds nothing that {KINDS} lists", shown(given)))
        } else {
            Failure::usage(format_args!("there is no {}", shown(given)))
        };
        return Err(failure.help("name a clone of a repository of that list, with its tag, or files of it"));
    }
    Ok(found)
}

/// A file of a commit; `None` if there is no such commit, or no such file in it.
fn of_git(repository: &Path, object: &str) -> Result<Option<Vec<u8>>, Failure> {
    let mut command = Command::new("git");
    command.arg("-C").arg(repository).args(["cat-file", "blob", object]).stdin(Stdio::null());
    let output = command.output().map_err(|error| Failure::world(&error))?;
    Ok(output.status.success().then_some(output.stdout))
}

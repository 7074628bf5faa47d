//! Finds and reads the files of a platform.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use waard_policy::Source;
use waard_policy::platform::MAX_BYTES;

use crate::exit::{Exit, Failure};
use crate::workspace::shown;

/// Folders that hold no files of a platform: what tools download and build, and hidden ones.
const SKIPPED: [&str; 4] = ["node_modules", "target", "__pycache__", "vendor"];

/// Reads files, and everything below folders that can be judged, in the order of their paths. A file that is named
/// twice is read once. Links to folders are not followed.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    let mut found: BTreeMap<String, Source> = BTreeMap::new();
    for path in paths {
        let about = path.metadata().map_err(|error| failed(path, &error))?;
        if about.is_dir() {
            folder(path, &mut found)?;
        } else {
            one(path, &mut found)?;
        }
    }
    Ok(found.into_values().collect())
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            Failure::usage(format_args!("there is nothing at {}", shown(path)))
        }
        _ => Failure { exit: Exit::World, ..Failure::usage(format_args!("can't read {}: {error}", shown(path))) },
    }
}

fn folder(path: &Path, found: &mut BTreeMap<String, Source>) -> Result<(), Failure> {
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| failed(&folder, &error))? {
            let entry = entry.map_err(|error| failed(&folder, &error))?;
            let (name, path) = (entry.file_name(), entry.path());
            let name = name.to_string_lossy();
            let kind = entry.file_type().map_err(|error| failed(&path, &error))?;
            // A link to a file is one of the files; one to a folder could lead anywhere.
            let is_file = if kind.is_symlink() { path.is_file() } else { kind.is_file() };
            if kind.is_dir() {
                if !name.starts_with('.') && !SKIPPED.contains(&&*name) {
                    open.push(path);
                }
            } else if is_file && is_judged(&name) {
                one(&path, found)?;
            }
        }
    }
    Ok(())
}

/// Whether files of that name can hold something to judge.
fn is_judged(name: &str) -> bool {
    let ending = |ending: &str| name.ends_with(ending) && !name.starts_with('.');
    [".yaml", ".yml", ".json", ".tf", ".tofu", ".tfvars", ".sh"].into_iter().any(ending) || name == "Kustomization"
}

fn one(path: &Path, found: &mut BTreeMap<String, Source>) -> Result<(), Failure> {
    let name = shown(path);
    let name = name.strip_prefix("./").unwrap_or(&name).to_owned();
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(path, &error))?;
    found.insert(name.clone(), Source::from_bytes(name, bytes));
    Ok(())
}

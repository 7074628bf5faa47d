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

/// What was read: the files by the paths that reports give them, and where they are.
#[derive(Default)]
pub(super) struct Files {
    found: BTreeMap<String, (Source, PathBuf)>,
}

impl Files {
    /// The files in the order of their paths, and where each is.
    pub(super) fn into_parts(self) -> (Vec<Source>, BTreeMap<String, PathBuf>) {
        let (mut sources, mut places) = (Vec::new(), BTreeMap::new());
        for (name, (source, place)) in self.found {
            sources.push(source);
            places.insert(name, place);
        }
        (sources, places)
    }
}

/// Reads files, and everything below folders that can be judged, in the order of their paths. A file that is named
/// twice is read once. Links to folders are not followed. What is `written` by the run is left out of folders: the report
/// of the last run is no part of the platform.
pub(super) fn read<'a>(paths: &[PathBuf], written: impl Iterator<Item = &'a Path>) -> Result<Files, Failure> {
    let mut found = Files::default();
    let written: Vec<PathBuf> = written.filter_map(|path| path.canonicalize().ok()).collect();
    for path in paths {
        let about = path.metadata().map_err(|error| failed(path, &error))?;
        if about.is_dir() {
            folder(path, &written, &mut found)?;
        } else {
            one(path, &mut found)?;
        }
    }
    Ok(found)
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            Failure::usage(format_args!("there is nothing at {}", shown(path)))
        }
        _ => Failure { exit: Exit::World, ..Failure::usage(format_args!("can't read {}: {error}", shown(path))) },
    }
}

fn folder(path: &Path, written: &[PathBuf], found: &mut Files) -> Result<(), Failure> {
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
            } else if is_file && is_judged(&name) && !is_written(&path, written) {
                one(&path, found)?;
            }
        }
    }
    Ok(())
}

/// Whether the run writes there.
fn is_written(path: &Path, written: &[PathBuf]) -> bool {
    let name = path.file_name();
    // Of most files the name already says that it isn't one of them.
    written.iter().any(|one| one.file_name() == name && path.canonicalize().is_ok_and(|path| path == *one))
}

/// Whether files of that name can hold something to judge.
fn is_judged(name: &str) -> bool {
    let ending = |ending: &str| name.ends_with(ending) && !name.starts_with('.');
    [".yaml", ".yml", ".json", ".tf", ".tofu", ".tfvars", ".sh"].into_iter().any(ending) || name == "Kustomization"
}

fn one(path: &Path, found: &mut Files) -> Result<(), Failure> {
    let name = shown(path);
    let name = name.strip_prefix("./").unwrap_or(&name).to_owned();
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(path, &error))?;
    found.found.insert(name.clone(), (Source::from_bytes(name, bytes), path.to_owned()));
    Ok(())
}

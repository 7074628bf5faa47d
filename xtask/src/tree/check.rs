//! Compares a folder with what would be generated, without changing anything.

use std::fmt;
use std::fs;
use std::path::Path;

use waard_model::artifact::Artifact;

use super::disk::Action;
use super::error::TreeError;
use super::past::Manifest;
use super::survey::{self, Found, Survey};
use super::{Options, lock, names};

/// How a folder differs from what would be generated. The path is relative to the folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Difference {
    /// A file is not there.
    Missing(String),
    /// A file holds something else, or is none.
    Different(String),
    /// An earlier run wrote it, and it is no longer generated.
    NoLongerGenerated(String),
    /// Waard never wrote it. A folder, with `/` at its end, stands for all that it holds.
    Stray(String),
    /// A run was interrupted; the next one repairs it.
    Interrupted,
}

impl Difference {
    /// Where, relative to the folder.
    pub fn path(&self) -> &str {
        match self {
            Self::Missing(path) | Self::Different(path) | Self::NoLongerGenerated(path) | Self::Stray(path) => path,
            Self::Interrupted => names::JOURNAL,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Missing(_) => "missing",
            Self::Different(_) => "different",
            Self::NoLongerGenerated(_) => "no longer generated",
            Self::Stray(_) => "not generated",
            Self::Interrupted => "left by an interrupted run",
        };
        write!(f, "{}: {what}", self.path())
    }
}

/// Lists every difference, ordered by path. Texts that `--overwrite` kept (`*.orig`) are none.
///
/// # Errors
/// As [`super::write`].
pub fn check(root: &Path, artifacts: &[Artifact], options: &Options<'_>) -> Result<Vec<Difference>, TreeError> {
    let wanted = names::sorted(artifacts)?;
    let _held = lock::shared(root, options.wait)?;
    let survey = survey::look(root, &wanted, options.threads)?;
    let mut differences: Vec<Difference> = Vec::new();
    for entry in &survey.entries {
        match entry.found {
            Found::Same => {}
            Found::Absent => differences.push(Difference::Missing(entry.path().to_owned())),
            _ => differences.push(Difference::Different(entry.path().to_owned())),
        }
    }
    match survey.past.manifest {
        Manifest::Same => {}
        Manifest::Absent => differences.push(Difference::Missing(names::MANIFEST.to_owned())),
        Manifest::Other | Manifest::Broken(_) => {
            differences.push(Difference::Different(names::MANIFEST.to_owned()));
        }
    }
    if survey.past.journal.is_some() {
        differences.push(Difference::Interrupted);
    }
    if root.is_dir() {
        strays(&survey, &mut differences)?;
    }
    differences.sort_by(|a, b| a.path().cmp(b.path()));
    Ok(differences)
}

/// Walks the folder for what is not wanted. Folders in which nothing is wanted or was written are named, not entered.
fn strays(survey: &Survey<'_>, differences: &mut Vec<Difference>) -> Result<(), TreeError> {
    let stale = survey.past.stale(|path| survey.wants(path));
    let written_below = |folder: &str| {
        let below = format!("{folder}/");
        stale.get(stale.partition_point(|path| *path < below.as_str())).is_some_and(|path| path.starts_with(&below))
    };
    let mut open = vec![String::new()];
    while let Some(folder) = open.pop() {
        let at = survey.root.join(&folder);
        for item in fs::read_dir(&at).map_err(TreeError::io(Action::List, &at))? {
            let item = item.map_err(TreeError::io(Action::List, &at))?;
            let is_folder = item.file_type().map_err(TreeError::io(Action::Read, &at))?.is_dir();
            let name = item.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if is_folder && (survey.folders.contains_key(path.as_str()) || written_below(&path)) {
                open.push(path);
            } else if is_folder {
                // An empty folder is nothing: version control does not keep it either.
                let inside = item.path();
                let mut items = fs::read_dir(&inside).map_err(TreeError::io(Action::List, &inside))?;
                if items.next().is_some() && !survey.wants(&path) {
                    differences.push(Difference::Stray(format!("{path}/")));
                }
            } else if stale.binary_search(&path.as_str()).is_ok() {
                differences.push(Difference::NoLongerGenerated(path));
            } else if !expected(survey, &path, &name) {
                differences.push(Difference::Stray(path));
            }
        }
    }
    Ok(())
}

fn expected(survey: &Survey<'_>, path: &str, name: &str) -> bool {
    path == names::MANIFEST
        || path == names::JOURNAL
        || names::is_kept_text(name)
        || survey.wants(path)
        // A file or a link where a folder is to be: what is missing below it says so already.
        || survey.folders.contains_key(path)
}

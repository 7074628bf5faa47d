//! What earlier runs left word of: the manifest, and the journal of a run that was interrupted.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use super::digest::Digest;
use super::disk::Action;
use super::error::TreeError;
use super::journal::{self, Journal};
use super::manifest::{self, Listed, Unusable};
use super::names;

/// The manifest as it stands on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Manifest {
    /// There is none.
    Absent,
    /// It says exactly what the new one says.
    Same,
    /// It says something else.
    Other,
    /// It is not one that waard wrote, or not as it wrote it.
    Broken(String),
}

/// What earlier runs left word of.
pub(super) struct Past {
    pub(super) manifest: Manifest,
    /// Empty too if the manifest says exactly what the new one says: then it adds nothing.
    pub(super) listed: Listed,
    /// There only after an interrupted run.
    pub(super) journal: Option<Journal>,
}

impl Past {
    /// Reads both. `new` is the text of the manifest to come.
    pub(super) fn read(root: &Path, new: &str) -> Result<Self, TreeError> {
        let path = root.join(names::MANIFEST);
        let (manifest, listed) = match text(&path)? {
            Text::Absent => (Manifest::Absent, Listed::new()),
            Text::NotAFile => (Manifest::Broken("it is not a file".to_owned()), Listed::new()),
            Text::File(text) if text == new.as_bytes() => (Manifest::Same, Listed::new()),
            Text::File(text) => match manifest::read(&text) {
                Ok(listed) => (Manifest::Other, listed),
                Err(Unusable::Broken(reason)) => (Manifest::Broken(reason), Listed::new()),
                Err(Unusable::Newer(format)) => return Err(newer(&path, format)),
            },
        };
        let path = root.join(names::JOURNAL);
        let journal = match text(&path)? {
            Text::Absent => None,
            // A journal that can't be read proves nothing: what it listed counts as somebody else's, and nothing is lost.
            Text::NotAFile => Some(Journal::new()),
            Text::File(text) => match journal::read(&text) {
                Ok(journal) => Some(journal),
                Err(Unusable::Broken(_)) => Some(Journal::new()),
                Err(Unusable::Newer(format)) => return Err(newer(&path, format)),
            },
        };
        Ok(Self { manifest, listed, journal })
    }

    /// True if a run wrote this there.
    pub(super) fn wrote(&self, path: &str, digest: &Digest) -> bool {
        self.listed.get(path) == Some(digest)
            || self.journal.as_ref().and_then(|journal| journal.get(path)).is_some_and(|all| all.contains(digest))
    }

    /// True if a run wrote anything there.
    pub(super) fn knows(&self, path: &str) -> bool {
        self.manifest == Manifest::Same
            || self.listed.contains_key(path)
            || self.journal.as_ref().is_some_and(|journal| journal.contains_key(path))
    }

    /// Every path that a run wrote and for which `wanted` is false, in order.
    pub(super) fn stale(&self, wanted: impl Fn(&str) -> bool) -> Vec<&str> {
        let journaled = self.journal.iter().flat_map(Journal::keys);
        let all: BTreeSet<&str> = self.listed.keys().chain(journaled).map(String::as_str).collect();
        all.into_iter().filter(|path| !wanted(path)).collect()
    }
}

enum Text {
    Absent,
    NotAFile,
    File(Vec<u8>),
}

fn text(path: &Path) -> Result<Text, TreeError> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => fs::read(path).map(Text::File).map_err(TreeError::io(Action::Read, path)),
        Ok(_) => Ok(Text::NotAFile),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Text::Absent),
        Err(error) => Err(TreeError::io(Action::Read, path)(error)),
    }
}

fn newer(path: &Path, format: u64) -> TreeError {
    TreeError::Newer { path: path.to_owned(), format, known: manifest::FORMAT }
}

//! What can go wrong that isn't the fault of what stands in the folder.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk::Action;

/// Why a tree could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// The disk refused.
    #[error("can't {action} {}", path.display())]
    Io {
        /// What was tried.
        action: Action,
        /// With what.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The output folder is something else.
    #[error("{} is not a folder", path.display())]
    NotAFolder {
        /// What stands there.
        path: PathBuf,
    },
    /// Another run holds the folder.
    #[error("another run is working on {}, waited {} s for it to end", path.display(), waited.as_secs())]
    Busy {
        /// The folder.
        path: PathBuf,
        /// How long.
        waited: Duration,
    },
    /// The manifest or the journal comes from a later version.
    #[error("{} was written by a newer waard (format {format}, this one knows {known})", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u64,
        /// The newest format that is understood.
        known: u64,
    },
    /// Two artifacts can't both be files of one folder on every system: the emitters are wrong.
    #[error("this is a bug in waard: {first} and {second} can't both be files of one folder on every system")]
    Collision {
        /// One path.
        first: String,
        /// The other, which may be the same.
        second: String,
    },
    /// An artifact has a name that is kept for bookkeeping: the emitters are wrong.
    #[error("this is a bug in waard: no artifact can be called `{path}`")]
    Reserved {
        /// The path.
        path: String,
    },
}

impl TreeError {
    /// Wraps what the operating system said.
    pub(super) fn io(action: Action, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}

//! Every step that changes something on the disk, in one place, so that a test can stop a run before any of them.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::error::TreeError;
use super::names;

/// One kind of access to the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Reading a file or its metadata.
    Read,
    /// Listing a folder.
    List,
    /// Locking a folder.
    Lock,
    /// Making a folder.
    CreateFolder,
    /// Making a temporary file.
    CreateFile,
    /// Writing the text of a temporary file.
    WriteFile,
    /// Giving a file its name.
    Rename,
    /// Removing a file.
    RemoveFile,
    /// Removing an empty folder.
    RemoveFolder,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::List => "list the folder",
            Self::Lock => "lock the folder",
            Self::CreateFolder => "make the folder",
            Self::CreateFile => "create",
            Self::WriteFile => "write",
            Self::Rename => "rename",
            Self::RemoveFile => "remove",
            Self::RemoveFolder => "remove the folder",
        })
    }
}

/// Asked before every step that changes something on the disk. An error stops the run there, as if the disk had said so.
pub trait Steps: Sync {
    /// May `action` be done to `path`?
    ///
    /// # Errors
    /// If not.
    fn before(&self, action: Action, path: &Path) -> io::Result<()>;
}

/// Nothing stands in the way.
#[derive(Clone, Copy, Debug)]
pub struct Unhindered;

impl Steps for Unhindered {
    fn before(&self, _: Action, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

/// The folder that is written, and the way to change it. Paths are relative to it.
pub(super) struct Disk<'a> {
    root: &'a Path,
    steps: &'a dyn Steps,
}

impl<'a> Disk<'a> {
    pub(super) fn new(root: &'a Path, steps: &'a dyn Steps) -> Self {
        Self { root, steps }
    }

    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// One step: asked for, done, and its error told with the path.
    fn step<T>(&self, action: Action, path: &Path, work: impl FnOnce() -> io::Result<T>) -> Result<T, TreeError> {
        self.steps.before(action, path).and_then(|()| work()).map_err(TreeError::io(action, path))
    }

    /// Makes the folder itself and what is above it.
    pub(super) fn create_root(&self) -> Result<(), TreeError> {
        match fs::metadata(self.root) {
            Ok(found) if found.is_dir() => Ok(()),
            Ok(_) => Err(TreeError::NotAFolder { path: self.root.to_owned() }),
            Err(_) => self.step(Action::CreateFolder, self.root, || fs::create_dir_all(self.root)),
        }
    }

    /// Makes one folder; its parent must be there. It may be there already.
    pub(super) fn create_folder(&self, path: &str) -> Result<(), TreeError> {
        let path = self.at(path);
        self.step(Action::CreateFolder, &path, || match fs::create_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        })
    }

    /// Replaces the file at `path`, or creates it: a temporary sibling, renamed.
    pub(super) fn write(&self, path: &str, text: &[u8]) -> Result<(), TreeError> {
        self.write_as(path, text, None)
    }

    /// The same, with the permissions that the file should have.
    pub(super) fn write_as(&self, path: &str, text: &[u8], like: Option<fs::Permissions>) -> Result<(), TreeError> {
        let (temporary, target) = (self.at(&names::temporary(path)), self.at(path));
        let mut file = self.step(Action::CreateFile, &temporary, || create_new(&temporary))?;
        let done = self
            .step(Action::WriteFile, &target, || {
                file.write_all(text)?;
                like.map_or(Ok(()), |permissions| file.set_permissions(permissions))
            })
            .and_then(|()| self.step(Action::Rename, &target, || fs::rename(&temporary, &target)));
        if done.is_err() {
            // The first error is the one to tell. If this one fails too, the next run clears it away.
            let _ = self.step(Action::RemoveFile, &temporary, || fs::remove_file(&temporary));
        }
        done
    }

    /// Renames a file, within the folder.
    pub(super) fn rename(&self, from: &str, to: &str) -> Result<(), TreeError> {
        let (from, to) = (self.at(from), self.at(to));
        self.step(Action::Rename, &from, || fs::rename(&from, &to))
    }

    /// Removes a file that may be gone already.
    pub(super) fn remove_file(&self, path: &str) -> Result<(), TreeError> {
        let path = self.at(path);
        self.step(Action::RemoveFile, &path, || match fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        })
    }

    /// Removes a folder if it is empty. True if it is gone.
    pub(super) fn remove_empty_folder(&self, path: &str) -> Result<bool, TreeError> {
        use io::ErrorKind as Kind;
        let path = self.at(path);
        match fs::symlink_metadata(&path) {
            Ok(found) if !found.is_dir() => return Ok(false),
            Err(error) if matches!(error.kind(), Kind::NotFound | Kind::NotADirectory) => return Ok(true),
            _ => {}
        }
        let mut entries = fs::read_dir(&path).map_err(TreeError::io(Action::List, &path))?;
        if entries.next().is_some() {
            return Ok(false);
        }
        self.step(Action::RemoveFolder, &path, || match fs::remove_dir(&path) {
            Ok(()) => Ok(true),
            // Somebody put something there just now.
            Err(error) if error.kind() == Kind::DirectoryNotEmpty => Ok(false),
            Err(error) => Err(error),
        })
    }
}

/// A new file, never one behind a link. What an interrupted run left under that name is taken away.
fn create_new(path: &Path) -> io::Result<File> {
    let create = || OpenOptions::new().write(true).create_new(true).open(path);
    match create() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            create()
        }
        other => other,
    }
}

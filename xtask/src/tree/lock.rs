//! One run at a time on a folder.
//!
//! The lock is taken on the folder itself, so that it leaves no file behind; the system lets it go when a process dies.
//! Where folders can't be locked (Windows, some network disks) it is not taken: the journal still repairs, but two
//! runs at the same time may report each other's files as conflicts.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use super::disk::Action;
use super::error::TreeError;

/// How often a held lock is tried again.
const PAUSE: Duration = Duration::from_millis(20);

/// A lock, held until it is dropped.
pub(super) struct Held {
    _folder: Option<File>,
}

/// Nobody else reads or writes.
pub(super) fn exclusive(root: &Path, wait: Duration) -> Result<Held, TreeError> {
    held(root, wait, File::try_lock)
}

/// Nobody else writes. The folder may not be there.
pub(super) fn shared(root: &Path, wait: Duration) -> Result<Held, TreeError> {
    if root.is_dir() { held(root, wait, File::try_lock_shared) } else { Ok(Held { _folder: None }) }
}

fn held(root: &Path, wait: Duration, lock: fn(&File) -> Result<(), TryLockError>) -> Result<Held, TreeError> {
    if !cfg!(unix) {
        return Ok(Held { _folder: None });
    }
    let folder = File::open(root).map_err(TreeError::io(Action::Lock, root))?;
    let begun = Instant::now();
    loop {
        match lock(&folder) {
            Ok(()) => {
                return Ok(Held { _folder: Some(folder) });
            }
            Err(TryLockError::Error(_)) => return Ok(Held { _folder: None }),
            Err(TryLockError::WouldBlock) if begun.elapsed() >= wait => {
                return Err(TreeError::Busy { path: root.to_owned(), waited: wait });
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE.min(wait)),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_waits_and_then_gives_up_and_readers_share() {
        let folder = tempfile::tempdir().unwrap();
        let none = Duration::ZERO;
        let first = exclusive(folder.path(), none).unwrap();
        assert!(matches!(exclusive(folder.path(), none), Err(TreeError::Busy { .. })));
        assert!(matches!(shared(folder.path(), none), Err(TreeError::Busy { .. })));
        drop(first);
        // A test beside this one that starts a program holds a copy of every open file for a moment.
        let some = Duration::from_mins(1);
        let readers = (shared(folder.path(), some).unwrap(), shared(folder.path(), some).unwrap());
        assert!(exclusive(folder.path(), none).is_err());
        drop(readers);
        assert!(exclusive(folder.path(), some).is_ok());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a lock leaves nothing behind");
    }
}

//! What stands where something is to be written: a look at the disk that changes nothing.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use waard_model::artifact::Artifact;

use super::digest::Digest;
use super::disk::Action;
use super::error::TreeError;
use super::past::Past;
use super::{manifest, names, parallel};

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Absent,
    /// A file that holds what is to be written there.
    Same,
    /// A file that holds something else.
    Other(Digest),
    /// A symbolic link, wherever it leads.
    Link,
    Folder,
    /// A pipe, a socket, a device.
    Special,
}

/// A file to be, and what stands in its place.
pub(super) struct Entry<'a> {
    pub(super) artifact: &'a Artifact,
    pub(super) digest: Digest,
    pub(super) found: Found,
}

impl<'a> Entry<'a> {
    pub(super) fn path(&self) -> &'a str {
        self.artifact.path().as_str()
    }
}

/// Everything that a run must know of the disk.
pub(super) struct Survey<'a> {
    pub(super) root: &'a Path,
    /// Ordered by path.
    pub(super) entries: Vec<Entry<'a>>,
    /// What stands at the path of every folder that is to be.
    pub(super) folders: BTreeMap<&'a str, Found>,
    /// The text of the manifest to come.
    pub(super) manifest: String,
    pub(super) past: Past,
}

impl Survey<'_> {
    /// True if a file is to be at `path`.
    pub(super) fn wants(&self, path: &str) -> bool {
        self.entries.binary_search_by(|entry| entry.path().cmp(path)).is_ok()
    }
}

/// Looks at the place of every artifact. `wanted` is ordered by path.
pub(super) fn look<'a>(root: &'a Path, wanted: &[&'a Artifact], threads: usize) -> Result<Survey<'a>, TreeError> {
    let folders = folders(root, wanted)?;
    let mut slots: Vec<Slot<'a>> =
        wanted.iter().map(|artifact| Slot { artifact, line: String::new(), seen: None }).collect();
    parallel::each(&mut slots, threads, |slot, buffer: &mut Vec<u8>| {
        let (path, text) = (slot.artifact.path().as_str(), slot.artifact.text().as_bytes());
        let digest = Digest::of(text);
        slot.line = manifest::line(slot.artifact, &digest);
        let parent = path.rsplit_once('/').and_then(|(parent, _)| folders.get(parent));
        let found = match parent {
            None | Some(Found::Folder) => compare(&root.join(path), text, buffer)?,
            Some(_) => Found::Absent,
        };
        slot.seen = Some((digest, found));
        Ok::<_, TreeError>(())
    })?;
    let manifest = manifest::text(slots.iter().map(|slot| slot.line.as_str()));
    let past = Past::read(root, &manifest)?;
    let entry = |slot: Slot<'a>| slot.seen.map(|(digest, found)| Entry { artifact: slot.artifact, digest, found });
    Ok(Survey { root, entries: slots.into_iter().filter_map(entry).collect(), folders, manifest, past })
}

struct Slot<'a> {
    artifact: &'a Artifact,
    line: String,
    seen: Option<(Digest, Found)>,
}

/// What stands at the path of every folder above the wanted files. Below what is not a folder, nothing stands.
fn folders<'a>(root: &Path, wanted: &[&'a Artifact]) -> Result<BTreeMap<&'a str, Found>, TreeError> {
    let mut folders: BTreeMap<&'a str, Found> = BTreeMap::new();
    for artifact in wanted {
        let mut above = Found::Folder;
        for folder in names::parents(artifact.path().as_str()) {
            above = if let Some(found) = folders.get(folder) {
                *found
            } else {
                let found = if above == Found::Folder { at(&root.join(folder))? } else { Found::Absent };
                folders.insert(folder, found);
                found
            };
        }
    }
    Ok(folders)
}

/// What stands at `path`, other than whether a file there is the wanted one. A link is not followed.
/// For a file, the digest is that of the file.
pub(super) fn at(path: &Path) -> Result<Found, TreeError> {
    let Some(found) = metadata(path)? else {
        return Ok(Found::Absent);
    };
    if found.is_file() {
        return Digest::of_file(path).map(Found::Other).map_err(TreeError::io(Action::Read, path));
    }
    Ok(other_than_file(&found))
}

fn compare(path: &Path, text: &[u8], buffer: &mut Vec<u8>) -> Result<Found, TreeError> {
    let Some(found) = metadata(path)? else {
        return Ok(Found::Absent);
    };
    if !found.is_file() {
        return Ok(other_than_file(&found));
    }
    if found.len() == text.len() as u64 {
        buffer.clear();
        // One byte more than expected, so that the end is seen without a further read.
        let read = File::open(path).and_then(|file| {
            buffer.reserve(text.len() + 1);
            file.take(text.len() as u64 + 1).read_to_end(buffer)
        });
        read.map_err(TreeError::io(Action::Read, path))?;
        if buffer == text {
            return Ok(Found::Same);
        }
    }
    Digest::of_file(path).map(Found::Other).map_err(TreeError::io(Action::Read, path))
}

fn metadata(path: &Path) -> Result<Option<fs::Metadata>, TreeError> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(TreeError::io(Action::Read, path)(error)),
    }
}

fn other_than_file(found: &fs::Metadata) -> Found {
    if found.is_symlink() {
        Found::Link
    } else if found.is_dir() {
        Found::Folder
    } else {
        Found::Special
    }
}

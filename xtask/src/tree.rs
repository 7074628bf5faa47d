//! Brings an output folder to what was generated, without ever losing what somebody else put there.
//!
//! The promises, whatever happens in between (a kill, a full disk, a second run):
//! - A file is written beside its place and renamed into it: it is absent, old or new, never half of one.
//! - A file that did not change is not touched: it keeps its inode and its modification time.
//! - Only what an earlier run wrote is ever replaced or removed, and only while it still holds what that run wrote.
//!   `manifest.json` says what that was; during a run, the journal says it for the files on their way.
//! - If anything else stands where something is to be written, nothing at all is written and everything found is
//!   reported as a [`Conflict`]; [`Options::overwrite`] takes the new text, and keeps the old one as `<file>.orig`.
//! - The run after an interrupted one repairs the tree, also if the topology changed in between.
//! - Nothing is written through a symbolic link inside the folder. The folder itself may be one.
//!
//! The order of a run: lock, look, decide, journal, remove, write, manifest, take the journal away.
//! Nothing is synced to the disk: this guards against a killed process, not against a power cut. After one of those, what
//! the disk lost is reported as a conflict or written again.

mod apply;
mod check;
mod conflict;
mod diff;
mod digest;
mod disk;
mod error;
mod journal;
mod lock;
mod manifest;
mod names;
mod parallel;
mod past;
mod plan;
mod survey;

use std::path::{Path, PathBuf};
use std::time::Duration;

use waard_model::artifact::Artifact;

pub use check::{Difference, check};
pub use conflict::{Conflict, Why};
pub use diff::{diff, unified};
pub use disk::{Action, Steps, Unhindered};
pub use error::TreeError;

/// How to go about it.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Take the new text where a conflict stands, and keep the old text as `<file>.orig`.
    pub overwrite: bool,
    /// How many files to work on at a time.
    pub threads: usize,
    /// How long to wait for another run on the same folder.
    pub wait: Duration,
    /// Asked before every step that changes something on the disk.
    pub steps: &'a dyn Steps,
    /// Asked once, if files are to be written or removed and nothing stands in the way: whether they should be.
    pub agree: &'a dyn Fn() -> bool,
}

impl Default for Options<'_> {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        Self { overwrite: false, threads, wait: Duration::from_secs(10), steps: &Unhindered, agree: &|| true }
    }
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The folder now holds exactly what was generated, beside what it held of others.
    Written(Report),
    /// Nothing was written: this stood in the way.
    Conflicts(Vec<Conflict>),
    /// Nothing was written, and no folder made: [`Options::agree`] said no.
    Refused,
}

/// What a run changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Files that were not there before.
    pub created: usize,
    /// Files that held something else before.
    pub replaced: usize,
    /// Files that were right already and were not touched.
    pub unchanged: usize,
    /// Files that an earlier run wrote and that are no longer generated.
    pub pruned: usize,
    /// Where the text went that `overwrite` replaced, relative to the folder.
    pub kept: Vec<String>,
    /// True if an interrupted run was repaired.
    pub repaired: bool,
}

/// Writes `artifacts` into the folder `root`, and takes away what an earlier run left there and is no longer generated.
///
/// # Errors
/// If the disk does not let it, if another run holds the folder for too long, or if the artifacts can't all be files
/// of one folder. Files written up to there stay; the next run goes on from them.
pub fn write(root: &Path, artifacts: &[Artifact], options: &Options<'_>) -> Result<Outcome, TreeError> {
    let wanted = names::sorted(artifacts)?;
    // Where no folder is, all is to be written: asked before there is one.
    let is_new = !root.exists();
    if is_new && !(options.agree)() {
        return Ok(Outcome::Refused);
    }
    let disk = disk::Disk::new(root, options.steps);
    disk.create_root()?;
    let _held = lock::exclusive(root, options.wait)?;
    let survey = survey::look(root, &wanted, options.threads)?;
    let mut plan = plan::decide(&survey, options.overwrite)?;
    if !plan.conflicts.is_empty() {
        return Ok(Outcome::Conflicts(std::mem::take(&mut plan.conflicts)));
    }
    let changes = !plan.writes.is_empty() || !plan.prunes.is_empty();
    if changes && !is_new && !(options.agree)() {
        return Ok(Outcome::Refused);
    }
    apply::apply(&disk, &survey, &plan, options.threads).map(Outcome::Written)
}

/// Replaces one file that stands in no generated folder, or creates it, with the folders above it.
///
/// # Errors
/// If the disk does not let it.
pub fn replace_file(path: &Path, text: &[u8]) -> Result<(), TreeError> {
    replace(path, text, None)
}

/// The same for a file that is there, which keeps its permissions.
///
/// # Errors
/// If it isn't there, or the disk does not let it.
pub fn rewrite_file(path: &Path, text: &[u8]) -> Result<(), TreeError> {
    let like = std::fs::metadata(path).map_err(TreeError::io(Action::Read, path))?.permissions();
    replace(path, text, Some(like))
}

fn replace(path: &Path, text: &[u8], like: Option<std::fs::Permissions>) -> Result<(), TreeError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let disk = disk::Disk::new(folder, &Unhindered);
    disk.create_root()?;
    disk.write_as(&name, text, like)
}

/// The folder whose manifest lists the file, if there is one: a run of `gen` would write it again.
pub fn generated_into(file: &Path) -> Option<PathBuf> {
    let real = file.canonicalize().ok()?;
    real.ancestors()
        .skip(1)
        .find(|folder| {
            let Ok(text) = std::fs::read(folder.join(names::MANIFEST)) else { return false };
            let inside = real.strip_prefix(folder).ok().and_then(Path::to_str).unwrap_or_default();
            match manifest::read(&text) {
                Ok(listed) => listed.contains_key(inside),
                Err(manifest::Unusable::Newer(_)) => true,
                Err(manifest::Unusable::Broken(_)) => false,
            }
        })
        .map(Path::to_owned)
}

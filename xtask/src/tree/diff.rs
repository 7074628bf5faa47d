//! Shows what a run would change, as unified diffs, without changing anything.

use std::fs;
use std::path::Path;
use std::time::Duration;

use similar::TextDiff;
use waard_model::artifact::Artifact;

use super::disk::Action;
use super::error::TreeError;
use super::past::Manifest;
use super::survey::{self, Found};
use super::{Options, lock, names};

/// After so long a file's smallest difference is given up for one that is found quickly.
const PATIENCE: Duration = Duration::from_millis(500);

/// Where a file does not exist.
const NOTHING: &str = "/dev/null";

/// Shows the difference of every file that a run would write or take away; gives their number.
/// The manifest follows from the others and is shown only if nothing else differs.
///
/// # Errors
/// As [`super::write`].
pub fn diff(
    root: &Path,
    artifacts: &[Artifact],
    options: &Options<'_>,
    show: &mut dyn FnMut(&str),
) -> Result<usize, TreeError> {
    let wanted = names::sorted(artifacts)?;
    let _held = lock::shared(root, options.wait)?;
    let survey = survey::look(root, &wanted, options.threads)?;
    let mut count = 0;
    for entry in survey.entries.iter().filter(|entry| entry.found != Found::Same) {
        count += 1;
        show(&one(root, entry.path(), entry.found, Some(entry.artifact.text()))?);
    }
    for path in survey.past.stale(|path| survey.wants(path)) {
        let found = survey::at(&root.join(path))?;
        if matches!(found, Found::Other(_)) {
            count += 1;
            show(&one(root, path, found, None)?);
        }
    }
    if count == 0 && survey.past.manifest != Manifest::Same {
        count += 1;
        let found = survey::at(&root.join(names::MANIFEST))?;
        show(&one(root, names::MANIFEST, found, Some(&survey.manifest))?);
    }
    Ok(count)
}

/// The difference of two versions of one file.
pub fn unified(path: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    diff.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")).to_string()
}

fn one(root: &Path, path: &str, found: Found, new: Option<&str>) -> Result<String, TreeError> {
    let (from, to) = (format!("a/{path}"), format!("b/{path}"));
    let old = match found {
        Found::Absent => None,
        Found::Same | Found::Other(_) => {
            let at = root.join(path);
            Some(fs::read(&at).map_err(TreeError::io(Action::Read, &at))?)
        }
        Found::Link => return Ok(format!("Not a file: {path} is a symbolic link\n")),
        Found::Folder => return Ok(format!("Not a file: {path} is a folder\n")),
        Found::Special => return Ok(format!("Not a file: {path} is neither a file nor a folder\n")),
    };
    let from = if old.is_some() { &from } else { NOTHING };
    let to = if new.is_some() { &to } else { NOTHING };
    let old = old.unwrap_or_default();
    let Some(old) = std::str::from_utf8(&old).ok().filter(|text| !text.contains('\0')) else {
        return Ok(format!("Binary files {from} and {to} differ\n"));
    };
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new.unwrap_or_default());
    let text = diff.unified_diff().header(from, to).to_string();
    // An empty file has no lines to show.
    Ok(if text.is_empty() { format!("--- {from}\n+++ {to}\n") } else { text })
}

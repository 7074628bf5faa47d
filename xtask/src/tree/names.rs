//! Which names files may have, and the names that bookkeeping uses.

use std::collections::BTreeMap;

use waard_model::artifact::{Artifact, ArtifactPath};

use super::digest::Digest;
use super::error::TreeError;

/// What was written, and what it came from.
pub(super) const MANIFEST: &str = "manifest.json";

/// What is being written; there only during a run, and after an interrupted one.
pub(super) const JOURNAL: &str = ".waard-journal.json";

/// How temporary files start.
const TEMPORARY: &str = ".waard-tmp-";

/// The longest file name that every common file system takes.
const LONGEST: usize = 255;

/// The artifacts, ordered by path.
///
/// # Errors
/// If two of them would be one file, or one a file where another needs a folder, also where case doesn't count.
pub(super) fn sorted(artifacts: &[Artifact]) -> Result<Vec<&Artifact>, TreeError> {
    let mut wanted: Vec<&Artifact> = artifacts.iter().collect();
    wanted.sort_by(|a, b| a.path().cmp(b.path()));
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for path in wanted.iter().map(|artifact| artifact.path().as_str()) {
        if !possible(path) {
            return Err(TreeError::Reserved { path: path.to_owned() });
        }
        if let Some(first) = seen.insert(path.to_ascii_lowercase(), path) {
            return Err(TreeError::Collision { first: first.to_owned(), second: path.to_owned() });
        }
    }
    for (lower, path) in &seen {
        if let Some(first) = parents(lower).find_map(|parent| seen.get(parent)) {
            return Err(TreeError::Collision { first: (*first).to_owned(), second: (*path).to_owned() });
        }
    }
    Ok(wanted)
}

/// True if `path` can be that of a generated file: relative, inside the folder, and none of the names kept for bookkeeping.
/// Also asked of what a manifest or journal lists, since anybody can write one.
pub(super) fn possible(path: &str) -> bool {
    let plain = ArtifactPath::new(path.split('/')).as_str() == path && path.split('/').all(|s| !s.is_empty());
    let kept = path.split('/').any(|segment| segment.starts_with(".waard-") || is_kept_text(segment));
    plain && !kept && !path.eq_ignore_ascii_case(MANIFEST)
}

/// True for `<file>.orig` and `<file>.orig.<number>`, where `--overwrite` leaves the text that it replaced.
pub(super) fn is_kept_text(name: &str) -> bool {
    let without_number = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let stem = if without_number.len() < name.len() { without_number.strip_suffix('.').unwrap_or(name) } else { name };
    stem.strip_suffix(".orig").is_some_and(|file| !file.is_empty())
}

/// The temporary sibling of a file.
pub(super) fn temporary(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let mut temporary = String::with_capacity(path.len() + TEMPORARY.len());
    if !folder.is_empty() {
        temporary.push_str(folder);
        temporary.push('/');
    }
    temporary.push_str(TEMPORARY);
    if TEMPORARY.len() + name.len() > LONGEST {
        temporary.push_str(&Digest::of(name.as_bytes()).to_string());
    } else {
        temporary.push_str(name);
    }
    temporary
}

/// The folders above a path, from the outside in: `a/b/c.yaml` is in `a` and `a/b`.
pub(super) fn parents(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.match_indices('/').filter_map(|(at, _)| path.get(..at))
}

#[cfg(test)]
mod tests {
    use waard_model::path::ModelPath;

    use super::*;

    fn artifact(path: &str) -> Artifact {
        Artifact::new(ArtifactPath::new(path.split('/')), String::new(), ModelPath::ROOT)
    }

    #[test]
    fn bookkeeping_names_and_paths_out_of_the_folder_are_refused() {
        for path in ["manifest.json", "Manifest.json", ".waard-journal.json", "a/.waard-tmp-b", "a.orig", "a/b.orig.2"]
        {
            assert!(!possible(path), "{path}");
        }
        for path in ["", "/", "/etc/passwd", "../a", "a/../b", "a//b", "a/", "./a", "a b", "a\\b", "a/manifest.json\0"]
        {
            assert!(!possible(path), "{path}");
        }
        for path in ["a", "a/manifest.json", "original", "a/b.c/d-e_f.yaml", ".orig", "v1.2"] {
            assert!(possible(path), "{path}");
        }
    }

    #[test]
    fn two_artifacts_that_would_be_one_file_are_refused() {
        for (a, b) in [("a", "a"), ("x/a.yaml", "x/A.yaml"), ("a", "a/b"), ("A", "a/b/c")] {
            let error = sorted(&[artifact(b), artifact(a)]).unwrap_err();
            assert!(matches!(error, TreeError::Collision { .. }), "{a} {b}: {error}");
        }
        assert_eq!(sorted(&[artifact("b/a"), artifact("a"), artifact("ab")]).unwrap().len(), 3);
    }

    #[test]
    fn a_temporary_name_is_a_sibling_and_never_too_long() {
        assert_eq!(temporary("a/b/c.yaml"), "a/b/.waard-tmp-c.yaml");
        assert_eq!(temporary("c"), ".waard-tmp-c");
        let long = format!("a/{}", "x".repeat(250));
        assert!(temporary(&long).len() < 100);
    }
}

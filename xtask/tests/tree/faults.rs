//! A run that is killed before any of its steps leaves whole files, and the next run repairs the tree.

use std::collections::BTreeMap;

use xtask::tree::Outcome;

use crate::support::{Folder, everything};

type Files<'a> = &'a [(&'a str, &'a str)];

const OLD: Files<'_> = &[
    ("README.md", "# old\n"),
    ("same.yaml", "same\n"),
    ("k/a.yaml", "a: old\n"),
    ("k/gone/b.yaml", "b: old\n"),
    ("k/gone/deep/c.yaml", "c: old\n"),
    ("turns", "a file\n"),
    ("folder/x", "x\n"),
];
const NEW: Files<'_> = &[
    ("README.md", "# new\n"),
    ("same.yaml", "same\n"),
    ("k/a.yaml", "a: new\n"),
    ("k/more/d.yaml", "d: new\n"),
    ("turns/into/folder", "a folder\n"),
    ("folder", "a file\n"),
];
const OTHER: Files<'_> = &[("README.md", "# other\n"), ("k/more/d.yaml", "d: other\n"), ("z/e.yaml", "e: other\n")];

/// Nothing but whole texts of these states, mine, and bookkeeping.
fn whole_files(folder: &Folder, states: &[Files<'_>]) {
    let mut texts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (path, text) in states.iter().copied().flatten() {
        texts.entry(path).or_default().push(text);
    }
    for (path, text) in everything(&folder.root) {
        if path.contains(".waard-") || path == "manifest.json" || path == "mine.md" || path.ends_with('/') {
            continue;
        }
        let known = texts.get(path.as_str()).is_some_and(|texts| texts.contains(&text.as_str()));
        assert!(known, "{path} holds {text:?}");
    }
}

/// Kills a run from `before` to `then` before each of its steps, and lets `after` be written.
fn killed_everywhere(before: Option<Files<'_>>, then: Files<'_>, after: Files<'_>, threads: usize) -> usize {
    for at in 0.. {
        let folder = Folder::new();
        if let Some(files) = before {
            folder.write(files);
        }
        folder.put("mine.md", "mine\n");
        let finished = folder.killed(then, at, threads).is_ok();
        whole_files(&folder, &[before.unwrap_or_default(), then]);
        let with_mine: Vec<(&str, &str)> = after.iter().copied().chain([("mine.md", "mine\n")]).collect();
        folder.write(after);
        folder.holds_exactly(&with_mine);
        if finished {
            return at;
        }
    }
    unreachable!()
}

#[test]
fn the_same_run_again_repairs_it() {
    for threads in [1, 2] {
        assert!(killed_everywhere(Some(OLD), NEW, NEW, threads) > 20);
        assert!(killed_everywhere(None, NEW, NEW, threads) > 20);
    }
}

#[test]
fn a_run_of_another_topology_repairs_it_too() {
    for threads in [1, 2] {
        killed_everywhere(Some(OLD), NEW, OTHER, threads);
        killed_everywhere(Some(OLD), NEW, &[], threads);
        killed_everywhere(None, NEW, OTHER, threads);
    }
}

#[test]
fn going_back_repairs_it_too() {
    killed_everywhere(Some(OLD), NEW, OLD, 1);
    killed_everywhere(Some(NEW), OLD, NEW, 1);
}

#[test]
fn a_repair_that_is_killed_is_repaired() {
    for first in 0..40 {
        for second in (first % 3..40).step_by(3) {
            let folder = Folder::new();
            folder.write(OLD);
            let _ = folder.killed(NEW, first, 1);
            let _ = folder.killed(OTHER, second, 1);
            whole_files(&folder, &[OLD, NEW, OTHER]);
            folder.write(NEW);
            folder.holds_exactly(NEW);
        }
    }
}

#[test]
fn what_was_edited_after_a_kill_is_reported() {
    for at in 0..40 {
        let folder = Folder::new();
        folder.write(OLD);
        let _ = folder.killed(NEW, at, 1);
        folder.put("k/a.yaml", "a: mine\n");
        let conflicts = folder.conflicts(OTHER);
        assert_eq!(conflicts.len(), 1);
        assert_eq!(conflicts[0].path, "k/a.yaml");
        assert!(matches!(folder.overwrite(OTHER), Outcome::Written(_)));
        assert_eq!(folder.text("k/a.yaml.orig"), "a: mine\n");
    }
}

#[test]
fn a_journal_that_can_not_be_read_loses_nothing() {
    for broken in ["", "{", "{\"format\": 1, \"files\": [{\"path\": \"../a\", \"sha256\": \"00\"}]}"] {
        let folder = Folder::new();
        folder.write(OLD);
        let _ = folder.killed(NEW, 25, 1);
        folder.put(".waard-journal.json", broken);
        folder.overwrite(NEW);
        whole_or_kept(&folder);
        folder.write(NEW);
    }
}

fn whole_or_kept(folder: &Folder) {
    let all = everything(&folder.root);
    for (path, text) in NEW {
        assert_eq!(all.get(*path).map(String::as_str), Some(*text));
    }
}

//! What others put into the folder is reported, and never lost.

use std::fs;

use xtask::tree::{Outcome, Why};

use crate::support::{Folder, everything};

const FILES: [(&str, &str); 3] = [("a.yaml", "a: 1\n"), ("k/b.yaml", "b: 1\n"), ("k/c.yaml", "c: 1\n")];
const NEXT: [(&str, &str); 2] = [("a.yaml", "a: 2\n"), ("k/b.yaml", "b: 2\n")];

fn kept(outcome: Outcome) -> Vec<String> {
    match outcome {
        Outcome::Written(report) => report.kept,
        other => panic!("{other:?}"),
    }
}

fn told(folder: &Folder, files: &[(&str, &str)]) -> Vec<(String, Why)> {
    folder.conflicts(files).into_iter().map(|conflict| (conflict.path, conflict.why)).collect()
}

#[test]
fn an_edited_file_is_reported_and_nothing_is_written_even_if_the_topology_did_not_change() {
    let folder = Folder::new();
    folder.write(&FILES);
    folder.put("k/b.yaml", "b: mine\n");
    assert_eq!(told(&folder, &FILES), [("k/b.yaml".to_owned(), Why::Edited)]);
    assert_eq!(told(&folder, &NEXT), [("k/b.yaml".to_owned(), Why::Edited)]);
}

#[test]
fn every_conflict_is_reported_at_once() {
    let folder = Folder::new();
    folder.write(&FILES);
    folder.put("a.yaml", "a: mine\n");
    folder.put("k/c.yaml", "c: mine\n");
    folder.put("new/d.yaml", "d: mine\n");
    let next = [NEXT[0], NEXT[1], ("new/d.yaml", "d: 1\n")];
    assert_eq!(
        told(&folder, &next),
        [
            ("a.yaml".to_owned(), Why::Edited),
            ("k/c.yaml".to_owned(), Why::EditedAndNoLongerGenerated),
            ("new/d.yaml".to_owned(), Why::Foreign),
        ]
    );
    for conflict in folder.conflicts(&next) {
        assert!(conflict.overwritable() && !conflict.help().is_empty());
    }
}

#[test]
fn overwrite_takes_the_new_text_and_keeps_the_old() {
    let folder = Folder::new();
    folder.write(&FILES);
    for round in 0..3 {
        folder.put("a.yaml", &format!("a: mine {round}\n"));
        kept(folder.overwrite(&FILES));
    }
    folder.holds_exactly(&[
        FILES[0],
        FILES[1],
        FILES[2],
        ("a.yaml.orig", "a: mine 0\n"),
        ("a.yaml.orig.1", "a: mine 1\n"),
        ("a.yaml.orig.2", "a: mine 2\n"),
    ]);
}

#[test]
fn overwrite_keeps_what_is_no_longer_generated_and_what_was_never_waards() {
    let folder = Folder::new();
    folder.write(&FILES);
    folder.put("k/c.yaml", "c: mine\n");
    folder.put("d.yaml", "d: mine\n");
    let next = [NEXT[0], NEXT[1], ("d.yaml", "d: 1\n")];
    assert_eq!(kept(folder.overwrite(&next)), ["d.yaml.orig", "k/c.yaml.orig"]);
    folder.holds_exactly(&[next[0], next[1], next[2], ("d.yaml.orig", "d: mine\n"), ("k/c.yaml.orig", "c: mine\n")]);
    folder.write(&next);
}

#[test]
fn an_edit_that_says_what_is_generated_anyway_is_none() {
    let folder = Folder::new();
    folder.write(&FILES);
    folder.put("a.yaml", NEXT[0].1);
    folder.write(&NEXT);
    folder.holds_exactly(&NEXT);
}

#[test]
fn a_broken_manifest_proves_nothing() {
    let folder = Folder::new();
    folder.write(&FILES);
    for broken in ["<<<<<<< HEAD\n", "", "{\"format\": 1, \"files\": [{\"path\": \"../x\", \"sha256\": \"\"}]}"] {
        folder.put("manifest.json", broken);
        let conflicts = told(&folder, &NEXT);
        assert_eq!(conflicts.len(), 3, "{conflicts:?}");
        assert!(matches!(&conflicts[2], (path, Why::Manifest(_)) if path == "manifest.json"));
    }
    let kept = kept(folder.overwrite(&NEXT));
    assert_eq!(kept, ["a.yaml.orig", "k/b.yaml.orig", "manifest.json.orig"]);
    // What the manifest would have listed, and nobody wants, stays: it can't be told whose it is.
    assert_eq!(folder.text("k/c.yaml"), "c: 1\n");
    folder.write(&NEXT);
}

#[test]
fn a_manifest_that_lists_files_outside_the_folder_removes_none() {
    let folder = Folder::new();
    folder.write(&FILES);
    let outside = folder.root.parent().unwrap().join("precious");
    fs::write(&outside, "precious\n").unwrap();
    let manifest = folder.text("manifest.json").replace("k/c.yaml", "../precious");
    folder.put("manifest.json", &manifest);
    folder.conflicts(&NEXT);
    folder.overwrite(&NEXT);
    assert!(outside.exists());
}

#[test]
fn a_folder_or_a_file_in_the_way_is_never_touched() {
    let folder = Folder::new();
    folder.write(&FILES[..1]);
    folder.put("k", "a file\n");
    assert_eq!(told(&folder, &FILES), [("k".to_owned(), Why::FileForFolder)]);
    assert!(matches!(folder.overwrite(&FILES), Outcome::Conflicts(_)));
    fs::remove_file(folder.at("k")).unwrap();
    folder.put("k/b.yaml/inside", "a folder\n");
    assert_eq!(told(&folder, &FILES), [("k/b.yaml".to_owned(), Why::Folder)]);
    let before = everything(&folder.root);
    assert!(matches!(folder.overwrite(&FILES), Outcome::Conflicts(_)));
    assert_eq!(everything(&folder.root), before);
    fs::remove_file(folder.at("k/b.yaml/inside")).unwrap();
    folder.write(&FILES);
    folder.holds_exactly(&FILES);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_reported_and_not_opened() {
    let folder = Folder::new();
    folder.write(&FILES[1..]);
    let made = std::process::Command::new("mkfifo").arg(folder.at("a.yaml")).status();
    if made.is_ok_and(|status| status.success()) {
        assert_eq!(told(&folder, &FILES), [("a.yaml".to_owned(), Why::Special)]);
    }
}

//! The README tells the truth: its example generates, and prints the summary that stands there.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test of xtask reads and writes files, and fails by panicking, in its helpers too"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

/// The block of the README whose first line is `first`, without its fences.
fn block<'t>(readme: &'t str, first: &str) -> &'t str {
    let start = readme.find(&format!("\n{first}")).unwrap_or_else(|| unreachable!("{first} is gone")) + 1;
    let end = readme[start..].find("\n```").unwrap() + start;
    &readme[start..=end]
}

/// The lines without the last, which says how long it took.
fn timeless(summary: &str) -> Vec<&str> {
    let lines: Vec<&str> = summary.lines().map(str::trim_end).collect();
    lines[..lines.len() - 1].to_vec()
}

#[test]
fn its_example_generates_and_prints_what_stands_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let example = block(&readme, "waard: v1");
    assert_eq!(example.lines().count(), 60, "a 60-line example");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bookshop.yaml"), example).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .args(["gen", "bookshop.yaml", "--out", "dist", "--as-of", "2026-11-25"])
        .current_dir(folder.path())
        .env("NO_COLOR", "1");
    let output = command.output().unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{printed}");
    assert_eq!(timeless(&printed), timeless(block(&readme, "bookshop: dist/bookshop")));
}

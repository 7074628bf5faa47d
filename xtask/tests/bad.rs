//! Every wrong topology of `fixtures/bad`, and what the command line says about it: `fixtures/README.md`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test of xtask reads files and the environment, and fails by panicking, in its helpers too"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What writes the goldens anew.
const BLESS: &str = "WAARD_BLESS=1 cargo test --package xtask --test bad";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The names in a folder, in order.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// What `gen` says to standard error about a topology, and its exit code. Named by a relative path, so that it says the
/// same on every machine.
fn findings(case: &str, out: &Path) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["gen", "--check", &format!("fixtures/bad/{case}/waard.yaml"), "--out"])
        .arg(out)
        .current_dir(root())
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// The first line in which two texts differ.
fn first_difference(golden: &str, found: &str) -> String {
    let (mut golden, mut found) = (golden.lines(), found.lines());
    for number in 1.. {
        let (was, is) = (golden.next(), found.next());
        if was != is || is.is_none() {
            let end = "(the end)";
            return format!("line {number}\n    golden: {}\n    now:    {}", was.unwrap_or(end), is.unwrap_or(end));
        }
    }
    String::new()
}

#[test]
fn every_wrong_topology_is_told_what_is_wrong_with_it() {
    let bless = env::var_os("WAARD_BLESS").is_some_and(|value| value == "1");
    let bad = root().join("fixtures/bad");
    let out = tempfile::tempdir().unwrap();
    let mut wrong = String::new();
    let mut blessed = 0;
    let mut cases = 0;
    for case in names(&bad) {
        let folder = bad.join(&case);
        if case == ".gitattributes" {
            continue;
        }
        if !folder.is_dir() {
            let _ = writeln!(wrong, "{case}: a stray file; a case is a folder with waard.yaml and findings.txt");
            continue;
        }
        cases += 1;
        let files = names(&folder);
        for stray in files.iter().filter(|name| !matches!(name.as_str(), "waard.yaml" | "findings.txt")) {
            let _ = writeln!(wrong, "{case}/{stray}: a stray file; a case has waard.yaml and findings.txt");
        }
        if !files.contains("waard.yaml") {
            let _ = writeln!(wrong, "{case}: waard.yaml is missing");
            continue;
        }
        let (exit, found) = findings(&case, out.path());
        if exit != Some(2) {
            let _ = writeln!(wrong, "{case}: exit code {exit:?}, a bad topology has 2\n{found}");
            continue;
        }
        let golden = folder.join("findings.txt");
        let was = fs::read_to_string(&golden).ok();
        if was.as_deref() == Some(&found) {
            continue;
        }
        if bless {
            fs::write(&golden, found).unwrap();
            blessed += 1;
            continue;
        }
        let difference = match was {
            Some(was) => first_difference(&was, &found),
            None => format!("findings.txt is missing; it would be\n{found}"),
        };
        let _ = writeln!(wrong, "{case}: {difference}");
    }
    assert!(wrong.is_empty(), "{wrong}\nIf this is what should be said now, run\n  {BLESS}\nand read the differences");
    assert!(cases >= 60, "only {cases} cases were found in {}", bad.display());
    if bless {
        println!("{blessed} of {cases} goldens written");
    }
    assert!(names(out.path()).is_empty(), "something was written for a topology that is bad");
}

//! How many resources of which type each root module of a fixture makes: `fixtures/<case>/plan.txt`, which
//! `cargo xtask ci terraform` holds against what the real terraform plans.
//!
//! Nothing that is emitted is made several times by `count` or `for_each`, so that a block is a resource.
//! `WAARD_BLESS=1 cargo test --package xtask --test plan` writes the files anew.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test of xtask reads and writes files, and fails by panicking, in its helpers too"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use xtask::platform::Platform;

const HEAD: &str = "\
# How many resources each root module makes, and of which types.
# Made by `WAARD_BLESS=1 cargo test --package xtask --test plan`; `cargo xtask ci terraform` plans the same.
";

/// The counts of a platform's roots, in order.
fn plan(platform: &Platform) -> String {
    let mut roots: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for artifact in platform.emit() {
        let Some(path) = artifact.path().as_str().strip_prefix("terraform/").filter(|path| path.ends_with(".tf"))
        else {
            continue;
        };
        let types = roots.entry(path.rsplit_once('/').unwrap().0.to_owned()).or_default();
        for line in artifact.text().lines() {
            assert!(!line.starts_with("  count ") && !line.starts_with("  for_each "), "{path}: {line}");
            if let Some(rest) = line.strip_prefix("resource \"") {
                *types.entry(rest.split('"').next().unwrap().to_owned()).or_default() += 1;
            }
        }
    }
    let mut text = HEAD.to_owned();
    for (root, types) in roots {
        let all: usize = types.values().sum();
        write!(text, "\n{root}: {all}\n").unwrap();
        for (name, count) in types {
            writeln!(text, "  {name}: {count}").unwrap();
        }
    }
    text
}

#[test]
fn plans_are_as_large_as_they_were() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut cases: Vec<PathBuf> = fs::read_dir(fixtures).unwrap().map(|item| item.unwrap().path()).collect();
    cases.retain(|case| case.join("waard.yaml").is_file());
    assert!(cases.len() >= 2, "{cases:?}");
    for case in cases {
        let text = fs::read(case.join("waard.yaml")).unwrap();
        let platform = Platform::read(&text).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let plan = plan(&platform);
        assert!(plan.lines().count() > 10, "{plan}");
        let place = case.join("plan.txt");
        if std::env::var("WAARD_BLESS").is_ok_and(|value| value == "1") {
            fs::write(&place, plan).unwrap();
            continue;
        }
        let known = fs::read_to_string(&place).unwrap_or_default();
        let help = "run `WAARD_BLESS=1 cargo test --package xtask --test plan`, and look at what changed";
        assert!(known == plan, "{} is out of date: {help}\n{plan}", place.display());
    }
}

//! Each mutation of a good platform is reported by its rule, and by no unrelated one.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use xtask::mutate::{FOLDER, verdicts};

#[test]
fn every_mutation_is_caught() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let verdicts = verdicts(root, &[]).unwrap();
    let has_file = |rule: &str| root.join(FOLDER).join(rule).with_extension("toml").is_file() || rule.contains(FOLDER);
    let mut missed = Vec::new();
    for verdict in verdicts.iter().filter(|verdict| has_file(&verdict.rule) && !verdict.faults.is_empty()) {
        missed.push(format!("{}: {}", verdict.rule, verdict.faults.join("; ")));
    }
    assert!(missed.is_empty(), "`cargo xtask mutate` shows more:\n{}", missed.join("\n"));
}

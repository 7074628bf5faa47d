//! Whatever is given, judging it ends without a panic, and says the same each time.

#![allow(clippy::indexing_slicing, reason = "a test fails by panicking, in its helpers too")]

use proptest::prelude::*;
use waard_policy::page::examples;
use waard_policy::rules::RULES;
use waard_policy::{Config, Platform, Report, Source, check};

const NAMES: [&str; 6] =
    ["a.yaml", "k/kustomization.yaml", "t/main.tf", "t/x.tf.json", "t/terraform.tfvars", "manifest.json"];

fn judge(files: Vec<(String, Vec<u8>)>) -> Report {
    let config = Config::default();
    let sources = files.into_iter().map(|(path, bytes)| Source::from_bytes(path, bytes)).collect();
    check(&Platform::read(sources, &config), &config)
}

/// Every file of every example.
fn pages() -> Vec<(String, String)> {
    RULES.iter().flat_map(|rule| examples(rule.page)).flat_map(|example| example.files).collect()
}

/// A file of an example with bytes taken out, put in, or repeated.
fn mutated() -> impl Strategy<Value = (String, Vec<u8>)> {
    let files = pages();
    (0..files.len(), prop::collection::vec((any::<prop::sample::Index>(), 0..6_u8, any::<u8>()), 1..8)).prop_map(
        move |(which, changes)| {
            let (path, text) = files[which].clone();
            let mut bytes = text.into_bytes();
            for (at, what, byte) in changes {
                let at = at.index(bytes.len() + 1);
                match what {
                    0 => bytes.truncate(at),
                    1 if at < bytes.len() => drop(bytes.remove(at)),
                    2 => bytes.insert(at, byte),
                    3 => bytes.insert(at, b"{}[]:-\n\"'&*!?"[usize::from(byte) % 13]),
                    4 => {
                        let tail = bytes[at..].to_vec();
                        bytes.extend(tail);
                    }
                    _ if at < bytes.len() => bytes[at] = byte,
                    _ => {}
                }
            }
            (path, bytes)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..300), name in prop::sample::select(&NAMES[..])) {
        judge(vec![(name.to_owned(), bytes)]);
    }

    #[test]
    fn any_text_is_judged(text in "[a-z:{}\\[\\]\\-\n \"'&*!?$=<|>#.0-9\t]{0,200}", name in prop::sample::select(&NAMES[..])) {
        judge(vec![(name.to_owned(), text.into_bytes())]);
    }

    #[test]
    fn broken_examples_are_judged_and_each_time_the_same(files in prop::collection::vec(mutated(), 1..6)) {
        let mut reversed = files.clone();
        reversed.sort_by(|a, b| b.cmp(a));
        let mut ordered = files;
        ordered.sort();
        // Of two files with one path, which one comes first is up to the caller.
        ordered.dedup_by(|a, b| a.0 == b.0);
        reversed.retain(|file| ordered.contains(file));
        prop_assert_eq!(judge(ordered), judge(reversed));
    }

    #[test]
    fn any_configuration_is_read(text in "[a-z\\[\\]=\"\n .0-9-]{0,120}") {
        let _ = Config::parse("waard-policy.toml", &text);
    }
}

#[test]
fn all_examples_together_are_one_platform() {
    let files = pages().into_iter().enumerate();
    let report = judge(files.map(|(number, (path, text))| (format!("{number}/{path}"), text.into_bytes())).collect());
    assert!(!report.findings.is_empty());
}

//! Every rule is listed, has a page, and its page's examples are judged as they say.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test reads the folder of rules, and fails by panicking, in its helpers too"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use waard_policy::page::{Expected, examples};
use waard_policy::rules::RULES;
use waard_policy::{Platform, check};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules")
}

/// The paths below the folder of rules that end so, without their ending.
fn files(ending: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for group in std::fs::read_dir(folder()).unwrap() {
        let group = group.unwrap().path();
        if !group.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&group).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            if let Some(stem) = name.strip_suffix(ending) {
                found.insert(format!("{}/{stem}", group.file_name().unwrap().to_str().unwrap()));
            }
        }
    }
    found
}

#[test]
fn every_file_is_a_rule_that_is_listed_once_and_in_order() {
    let listed: Vec<String> = RULES.iter().map(|rule| rule.id.replace('-', "_")).collect();
    assert!(listed.is_sorted(), "rules.rs is not sorted by id: {listed:?}");
    let as_set: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(as_set.len(), listed.len(), "a rule is listed twice");
    assert_eq!(files(".rs"), as_set, "each file of src/rules/<group> is a rule in rules.rs, and the other way round");
    assert_eq!(files(".md"), as_set, "each rule has a page beside it, and each page a rule");
}

#[test]
fn every_page_has_a_heading_and_examples_that_fail_and_pass_and_do_not_apply() {
    for rule in RULES {
        assert!(rule.page.starts_with("# "), "{}: its page starts with no heading", rule.id);
        assert!(!rule.looks_at.is_empty() && !rule.since.is_empty(), "{}: `looks_at` or `since` is empty", rule.id);
        let found = examples(rule.page);
        for expected in [Expected::Fail, Expected::Pass, Expected::None] {
            let has = found.iter().any(|example| example.expected == expected);
            assert!(has, "{}: its page has no example that must {expected:?}", rule.id);
        }
        for parameter in rule.parameters {
            assert!(rule.page.contains(parameter.name), "{}: its page doesn't name `{}`", rule.id, parameter.name);
        }
    }
}

#[test]
fn every_example_is_judged_as_it_says() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for example in examples(rule.page) {
            if let Err(what) = example.judge(rule, RULES) {
                let id = rule.id.replace('-', "_");
                wrong.push(format!("src/rules/{id}.md:{}: {:?}: {what}", example.line, example.expected));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_rule_that_looks_at_nothing_never_passes() {
    let config = waard_policy::Config::default();
    let report = check(&Platform::read(Vec::new(), &config), &config);
    assert!(report.findings.is_empty());
    for summary in &report.rules {
        assert_eq!(summary.outcome(), waard_policy::Outcome::NotApplicable, "{}", summary.rule);
    }
}

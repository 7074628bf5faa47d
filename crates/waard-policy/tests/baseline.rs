//! Baselines over any findings: what is known, new and gone adds up, and the file says the same as what was written.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking, in its helpers too")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use waard_policy::baseline::Identity;
use waard_policy::rules::RULES;
use waard_policy::{Baseline, Config, Finding, Location, Platform, Report, Severity, Source, Summary};

/// Few of each, so that many are alike.
const PATHS: [&str; 2] = ["k8s/api.yaml", "gone.yaml"];
const SUBJECTS: [Option<&str>; 2] = [None, Some("Pod/shop/\"a\"")];
const MESSAGES: [&str; 3] = ["a \"quoted\"\nmessage", "größer", ""];

fn finding((rule, path, subject, message, line): (usize, usize, usize, usize, usize)) -> Finding {
    Finding {
        rule: RULES[rule].id.to_owned(),
        severity: Severity::Warning,
        message: MESSAGES[message].to_owned(),
        location: Location { path: PATHS[path].to_owned(), line, column: 1, ..Location::default() },
        subject: SUBJECTS[subject].map(str::to_owned),
        origin: None,
        related: Vec::new(),
        counterexample: None,
        help: None,
        fix: Vec::new(),
        waived: None,
    }
}

fn report(findings: Vec<Finding>) -> Report {
    let summary = |id: &str| Summary {
        rule: id.to_owned(),
        looked_at: 1,
        looks_at: String::new(),
        findings: findings.iter().filter(|finding| finding.rule == id).count(),
        waived: 0,
        known: 0,
        unknown: 0,
    };
    Report { rules: RULES.iter().map(|rule| summary(rule.id)).collect(), findings, ..Report::default() }
}

fn counted<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> BTreeMap<Identity, u64> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(Identity::of(finding)).or_default() += 1;
    }
    counts
}

/// Two rules that can be waived, and `schema/yaml-syntax`, which can't.
fn findings() -> impl Strategy<Value = Vec<Finding>> {
    let strict = RULES.iter().position(|rule| rule.id == "schema/yaml-syntax").unwrap();
    let rule = prop_oneof![Just(0), Just(1), Just(strict)];
    let one = (rule, 0..PATHS.len(), 0..SUBJECTS.len(), 0..MESSAGES.len(), 1..9_usize).prop_map(finding);
    prop::collection::vec(one, 0..20)
}

fn waivable(id: &str) -> bool {
    RULES.iter().find(|rule| rule.id == id).unwrap().waivable
}

proptest! {
    #[test]
    fn known_new_and_gone_add_up(before in findings(), after in findings()) {
        let platform = Platform::read(vec![Source::new(PATHS[0], "")], &Config::default());
        let baseline = Baseline::of(&report(before.clone()), RULES);
        prop_assert_eq!(&Baseline::parse(&baseline.to_text()).unwrap(), &baseline);
        let mut report = report(after.clone());
        baseline.apply(&platform, &mut report, RULES);
        let compared = report.baseline.clone().unwrap();

        let kept = counted(before.iter().filter(|finding| waivable(&finding.rule)));
        let all = counted(&after);
        let (new, known) = (counted(&report.findings), counted(&compared.known));
        let missing: BTreeMap<Identity, u64> = compared.gone.iter().chain(&compared.elsewhere).cloned().collect();
        for identity in all.keys().chain(kept.keys()) {
            let of = |counts: &BTreeMap<Identity, u64>| counts.get(identity).copied().unwrap_or_default();
            prop_assert_eq!(of(&known), of(&all).min(of(&kept)), "known");
            prop_assert_eq!(of(&new) + of(&known), of(&all), "new");
            prop_assert_eq!(of(&missing) + of(&known), of(&kept), "gone");
        }
        prop_assert!(compared.gone.iter().all(|(identity, _)| identity.path == PATHS[0]));
        prop_assert!(compared.elsewhere.iter().all(|(identity, _)| identity.path != PATHS[0]));
        for summary in &report.rules {
            let of_rule = |list: &[Finding]| list.iter().filter(|finding| finding.rule == summary.rule).count();
            prop_assert_eq!((summary.findings, summary.known), (of_rule(&report.findings), of_rule(&compared.known)));
        }

        // Without what is gone it knows the same, and nothing is gone any more.
        let gone: Vec<(Identity, u64)> = missing.into_iter().collect();
        let shrunk = baseline.without(&gone);
        prop_assert_eq!(shrunk.len(), u64::try_from(compared.known.len()).unwrap());
        // And of a report that was compared, everything is written.
        prop_assert_eq!(Baseline::of(&report, RULES), Baseline::of(&self::report(after), RULES));
    }

    #[test]
    fn no_text_makes_reading_panic(text in "\\PC{0,60}", format in 0..4_u64) {
        let _ = Baseline::parse(&text);
        let error = Baseline::parse(&format!("{{\"format\": {format}, \"findings\": [{text}"));
        prop_assert!(error.is_err_and(|error| error.line >= 1 && error.column >= 1));
    }
}

/// A rule that doesn't run says nothing about what it found before.
#[test]
fn what_did_not_run_is_not_gone() {
    let (mut config, source) = (Config::default(), Source::new(PATHS[0], ""));
    let before = report(vec![finding((0, 0, 0, 0, 1)), finding((1, 0, 0, 0, 1))]);
    let baseline = Baseline::of(&before, RULES);
    config.only = vec![RULES[0].id.to_owned()];
    let platform = Platform::read(vec![source], &config);
    let mut after = waard_policy::check(&platform, &config);
    baseline.apply(&platform, &mut after, RULES);
    let gone: Vec<String> = after.baseline.unwrap().gone.into_iter().map(|(identity, _)| identity.rule).collect();
    assert_eq!(gone, [RULES[0].id]);
}

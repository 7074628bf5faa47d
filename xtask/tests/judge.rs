//! What is generated from any valid topology has no error.
//!
//! `PROPTEST_CASES` says how many topologies; `cargo xtask ci judge --random 500` judges more, by a seed.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads the environment and fails by panicking, in its helpers too"
)]

use proptest::prelude::*;
use waard_model::Topology;
use waard_policy::{Config, Platform, Severity, Source, check};

/// A topology that is shown as its file when a property fails.
struct Random(Topology);

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.spec().to_yaml())
    }
}

/// What is found in a topology and all that is generated from it, errors only.
fn errors(text: &str) -> Option<Vec<String>> {
    // What contradicts the catalog is not generated.
    let platform = xtask::platform::Platform::read(text.as_bytes()).ok()?;
    let mut sources = platform.sources();
    sources.push(Source::new("waard.yaml", text));
    let mut config = Config::default();
    config.as_of = Some("2026-11-25".parse().unwrap());
    let report = check(&Platform::read(sources, &config), &config);
    assert!(report.rules.iter().filter(|rule| rule.looked_at > 0).count() > 20, "the rules looked at hardly anything");
    let errors = report.findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    Some(
        errors
            .map(|found| format!("{} {}:{} {}", found.rule, found.location.path, found.location.line, found.message))
            .collect(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").map_or(24, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_generated_has_no_error(topology in waard_model::strategy::topology().prop_map(Random)) {
        let errors = errors(&topology.0.spec().to_yaml());
        prop_assume!(errors.is_some());
        prop_assert_eq!(errors.unwrap(), Vec::<String>::new());
    }
}

//! The platforms that are good have no fault of form.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads fixtures, and fails by panicking"
)]

use std::path::Path;

use waard_policy::{Config, Platform, Source, check};

fn read(folder: &Path, path: &str, found: &mut Vec<Source>) {
    for item in std::fs::read_dir(folder).unwrap() {
        let item = item.unwrap();
        let name = format!("{path}{}", item.file_name().into_string().unwrap());
        if item.path().is_dir() {
            read(&item.path(), &format!("{name}/"), found);
        } else if let Ok(text) = std::fs::read_to_string(item.path()) {
            found.push(Source::new(&name, text));
        }
    }
}

#[test]
fn generated_objects_are_as_their_kinds_want_them() {
    let fixtures = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures"));
    for case in ["waardhaven", "minimal"] {
        let mut sources = Vec::new();
        read(&fixtures.join(case).join("out"), "", &mut sources);
        assert!(sources.len() > 20, "{case}: {}", sources.len());
        let config = Config::default();
        let platform = Platform::read(sources, &config);
        let report = check(&platform, &config);
        let of_schema = report.findings.iter().filter(|finding| finding.rule.starts_with("schema/"));
        let shown: Vec<String> = of_schema
            .map(|it| format!("{}:{}: {}: {}", it.location.path, it.location.line, it.rule, it.message))
            .collect();
        assert!(shown.is_empty(), "{case}:\n{}", shown.join("\n"));
        let unknown: Vec<String> = report
            .unknown
            .iter()
            .filter(|unknown| unknown.rule.starts_with("schema/") && unknown.rule != "schema/kind-not-served")
            .map(|it| format!("{}:{}: {}: {}", it.location.path, it.location.line, it.rule, it.why))
            .collect();
        assert!(unknown.is_empty(), "{case}:\n{}", unknown.join("\n"));
        for rule in ["unknown-field", "wrong-type", "missing-field", "invalid-value", "not-served-version"] {
            let summary = report.rules.iter().find(|summary| summary.rule == format!("schema/{rule}")).unwrap();
            assert!(summary.looked_at > 0, "{case}: {rule}");
        }
    }
}

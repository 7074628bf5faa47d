//! What must hold of every judgement, whatever was judged. A target that panics has found something.

use std::collections::BTreeMap;

use waard_policy::rules::RULES;
use waard_policy::{Config, Finding, Location, Platform, Report, Source, check};

/// Files by their paths.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Judges files as they are and in reverse, and holds both reports against what every report promises.
pub fn judge(files: &Files, config: &Config) -> Report {
    let report = once(files, config, false);
    assert_eq!(report, once(files, config, true), "the report depends on the order of the files");
    for finding in report.findings.iter().chain(&report.waived) {
        assert!(RULES.iter().any(|rule| rule.id == finding.rule), "no such rule: {}", finding.rule);
        assert!(!finding.message.trim().is_empty(), "{}: a finding without words", finding.rule);
        inside(&finding.location, files, config, &finding.rule);
        for related in &finding.related {
            inside(&related.location, files, config, &finding.rule);
        }
    }
    for unknown in &report.unknown {
        inside(&unknown.location, files, config, &unknown.rule);
    }
    for summary in &report.rules {
        let count = |list: &[Finding]| list.iter().filter(|finding| finding.rule == summary.rule).count();
        assert_eq!((summary.findings, summary.waived), (count(&report.findings), count(&report.waived)));
        assert!(
            summary.looked_at > 0 || summary.findings + summary.waived + summary.unknown == 0,
            "{} found something where it looked at nothing",
            summary.rule
        );
    }
    report
}

fn once(files: &Files, config: &Config, reversed: bool) -> Report {
    let mut sources: Vec<Source> =
        files.iter().map(|(path, bytes)| Source::from_bytes(path.clone(), bytes.clone())).collect();
    if reversed {
        sources.reverse();
    }
    let platform = Platform::read(sources, config);
    assert_eq!(platform.files().len(), files.len(), "files got lost");
    check(&platform, config)
}

/// Whether a place is in one of the files, at whole characters, and its line and column say the same.
fn inside(location: &Location, files: &Files, config: &Config, rule: &str) {
    if location.path == config.path && rule.starts_with("policy/") {
        return;
    }
    let Some(bytes) = files.get(&location.path) else { panic!("{rule}: no such file: {location:?}") };
    // What is no text has no places but its start.
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    assert!(
        text.get(location.start..location.end).is_some(),
        "{rule}: {location:?} is not a piece of the file's {} bytes",
        text.len()
    );
    for (byte, line, column) in
        [(location.start, location.line, location.column), (location.end, location.end_line, location.end_column)]
    {
        let before = &text[..byte];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        assert_eq!((line, column), (1 + before.matches('\n').count(), 1 + before[start..].chars().count()), "{rule}");
    }
}

//! SARIF 2.1.0, for code scanning and editors.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json>.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use waard_policy::rules::RULES;
use waard_policy::{Finding, Location, Outcome, Report, Rule, Severity};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn render(report: &Report) -> String {
    let mut seen = BTreeMap::new();
    let mut results: Vec<Value> =
        report.findings.iter().chain(&report.waived).map(|finding| result(finding, &mut seen)).collect();
    // Known findings are left out, since code scanning shows whatever is there.
    if report.baseline.is_some() {
        for result in &mut results {
            put(result, "baselineState", json!("new"));
        }
    }
    // A pass, too, would be an alert if it were a result; so how each rule ended stands beside them, in the words that
    // SARIF has for kinds of results.
    let rules: Vec<Value> = report
        .rules
        .iter()
        .map(|rule| {
            json!({
                "ruleId": rule.rule,
                "kind": kind(rule.outcome()),
                "lookedAt": rule.looked_at,
                "looksAt": rule.looks_at,
                "findings": rule.findings,
                "waived": rule.waived,
                "known": rule.known,
                "unknown": rule.unknown,
            })
        })
        .collect();
    // What isn't known is no result: code scanning would show it as an alert.
    let unknown: Vec<Value> = report
        .unknown
        .iter()
        .map(|unknown| {
            json!({
                "level": "note",
                "message": {"text": unknown.why},
                "associatedRule": {"id": unknown.rule},
                "locations": [{"physicalLocation": physical(&unknown.location)}],
            })
        })
        .collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "waard",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": RULES.iter().map(|rule| descriptor(rule)).collect::<Vec<Value>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": unknown}],
            "results": results,
            "properties": {"rules": rules},
        }],
    });
    format!("{document:#}\n")
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// Source: SARIF 2.1.0, 3.27.9 `kind` property.
const fn kind(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Unknown => "open",
        Outcome::NotApplicable => "notApplicable",
    }
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": {"text": rule.title()},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {"tags": [rule.group()]},
    })
}

fn result(finding: &Finding, seen: &mut BTreeMap<String, u32>) -> Value {
    let mut text = finding.message.clone();
    for more in finding.counterexample.iter().chain(&finding.help) {
        text.push('\n');
        text.push_str(more);
    }
    let mut location = json!({"physicalLocation": physical(&finding.location)});
    if let Some(subject) = &finding.subject {
        put(&mut location, "logicalLocations", json!([{"fullyQualifiedName": subject}]));
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"waard/v1": fingerprint(finding, seen)},
    });
    if let Some(index) = RULES.iter().position(|rule| rule.id == finding.rule) {
        put(&mut result, "ruleIndex", json!(index));
    }
    if !finding.related.is_empty() {
        // The schema wants no two that are the same.
        let mut related: Vec<Value> = Vec::new();
        for one in &finding.related {
            let value = json!({"physicalLocation": physical(&one.location), "message": {"text": one.message}});
            if !related.contains(&value) {
                related.push(value);
            }
        }
        put(&mut result, "relatedLocations", json!(related));
    }
    if !finding.fix.is_empty() {
        put(&mut result, "fixes", json!([fix(finding)]));
    }
    if let Some(reason) = &finding.waived {
        put(&mut result, "suppressions", json!([{"kind": "external", "justification": reason}]));
    }
    result
}

/// All replacements of a mend, by file.
fn fix(finding: &Finding) -> Value {
    let mut changes: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for one in &finding.fix {
        changes
            .entry(&one.location.path)
            .or_default()
            .push(json!({"deletedRegion": region(&one.location), "insertedContent": {"text": one.text}}));
    }
    let changes = changes
        .into_iter()
        .map(|(path, replacements)| json!({"artifactLocation": {"uri": uri(path)}, "replacements": replacements}));
    let text = finding.help.as_deref().unwrap_or(&finding.message);
    json!({"description": {"text": text}, "artifactChanges": changes.collect::<Vec<Value>>()})
}

fn put(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(object) = object {
        object.insert(key.to_owned(), value);
    }
}

/// The same finding in the next run, if only lines moved.
fn fingerprint(finding: &Finding, seen: &mut BTreeMap<String, u32>) -> String {
    let mut hash = Sha256::new();
    let subject = finding.subject.as_deref().unwrap_or_default();
    for part in [&*finding.rule, &*finding.location.path, subject, &*finding.message] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut text = String::new();
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(text, "{byte:02x}");
    }
    let times = seen.entry(text.clone()).or_default();
    *times += 1;
    format!("{text}:{times}")
}

fn physical(at: &Location) -> Value {
    json!({
        "artifactLocation": {"uri": uri(&at.path)},
        "region": region(at),
    })
}

fn region(at: &Location) -> Value {
    json!({"startLine": at.line, "startColumn": at.column, "endLine": at.end_line, "endColumn": at.end_column})
}

/// A path as a reference of RFC 3986: relative, or of a file.
fn uri(path: &str) -> String {
    let mut out = String::new();
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

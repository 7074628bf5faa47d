//! The report as one JSON document. `format` grows when a key changes its meaning or goes away; keys may be added.

use serde_json::{Value, json};
use waard_catalog::Date;
use waard_policy::baseline::Compared;
use waard_policy::{Finding, Location, Outcome, Platform, Report, Severity};

/// The version of the document.
const FORMAT: u32 = 1;

pub(super) fn render(platform: &Platform, report: &Report, as_of: Option<Date>) -> String {
    let document = json!({
        "format": FORMAT,
        "generator": "waard",
        "version": env!("CARGO_PKG_VERSION"),
        "as_of": as_of.map(|day| day.to_string()),
        "summary": {
            "files": platform.files().len(),
            "clusters": platform.clusters().len(),
            "objects": platform.clusters().iter().map(|cluster| cluster.objects().len()).sum::<usize>(),
            "errors": count(report, Severity::Error),
            "warnings": count(report, Severity::Warning),
            "infos": count(report, Severity::Info),
            "waived": report.waived.len(),
            "known": report.baseline.as_ref().map_or(0, |compared| compared.known.len()),
            "unknown": report.unknown.len(),
        },
        "findings": report.findings.iter().map(finding).collect::<Vec<Value>>(),
        "waived": report.waived.iter().map(finding).collect::<Vec<Value>>(),
        "baseline": report.baseline.as_ref().map(baseline),
        "unknown": report.unknown.iter().map(|unknown| json!({
            "rule": unknown.rule, "why": unknown.why, "location": location(&unknown.location),
        })).collect::<Vec<Value>>(),
        "rules": report.rules.iter().map(|rule| json!({
            "rule": rule.rule,
            "outcome": outcome(rule.outcome()),
            "looked_at": rule.looked_at,
            "looks_at": rule.looks_at,
            "findings": rule.findings,
            "waived": rule.waived,
            "known": rule.known,
            "unknown": rule.unknown,
        })).collect::<Vec<Value>>(),
    });
    format!("{document:#}\n")
}

fn count(report: &Report, severity: Severity) -> usize {
    report.findings.iter().filter(|finding| finding.severity == severity).count()
}

/// The word for how a rule ended.
pub(super) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Unknown => "unknown",
        Outcome::NotApplicable => "not-applicable",
    }
}

fn baseline(compared: &Compared) -> Value {
    let gone = compared.gone.iter().map(|(one, count)| {
        json!({
            "rule": one.rule, "path": one.path, "subject": one.subject, "message": one.message, "count": count,
        })
    });
    json!({
        "known": compared.known.iter().map(finding).collect::<Vec<Value>>(),
        "gone": gone.collect::<Vec<Value>>(),
    })
}

fn location(at: &Location) -> Value {
    json!({
        "path": at.path, "line": at.line, "column": at.column, "end_line": at.end_line, "end_column": at.end_column,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "rule": finding.rule,
        "severity": finding.severity.to_string(),
        "message": finding.message,
        "location": location(&finding.location),
        "subject": finding.subject,
        "topology_path": finding.origin,
        "related": finding.related.iter().map(|related| json!({
            "message": related.message, "location": location(&related.location),
        })).collect::<Vec<Value>>(),
        "counterexample": finding.counterexample,
        "help": finding.help,
        "waived": finding.waived,
        "fix": finding.fix.iter().map(|one| json!({
            "location": location(&one.location), "replacement": one.text,
        })).collect::<Vec<Value>>(),
    })
}

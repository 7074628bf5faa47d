//! JUnit XML: a test case for each rule, in a suite for each group.
//!
//! Source: `junit-10.xsd` of Jenkins' xUnit plugin, where a test case is skipped, or has failures, or output.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use waard_policy::{Finding, Report, Severity, Summary};

/// Findings from the severity on are failures; others are told, and pass.
pub(super) fn render(report: &Report, from: Severity) -> String {
    let mut groups: BTreeMap<&str, Vec<&Summary>> = BTreeMap::new();
    for rule in &report.rules {
        groups.entry(rule.rule.split_once('/').map_or("", |(group, _)| group)).or_default().push(rule);
    }
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"waard\">\n".to_owned();
    for (group, rules) in groups {
        let mut cases = String::new();
        let (mut failures, mut skipped) = (0, 0);
        for rule in &rules {
            match case(report, rule, from, &mut cases) {
                Case::Passed => {}
                Case::Failed => failures += 1,
                Case::Skipped => skipped += 1,
            }
        }
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">",
            escaped(group),
            rules.len()
        );
        out.push_str(&cases);
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

enum Case {
    Passed,
    Failed,
    Skipped,
}

fn case(report: &Report, rule: &Summary, from: Severity, out: &mut String) -> Case {
    let of_it: Vec<&Finding> = report.findings.iter().filter(|finding| finding.rule == rule.rule).collect();
    let (failed, told): (Vec<&Finding>, Vec<&Finding>) = of_it.iter().partition(|finding| finding.severity >= from);
    let group = rule.rule.split_once('/').map_or("", |(group, _)| group);
    let _ = write!(out, "    <testcase classname=\"waard.{}\" name=\"{}\"", escaped(group), escaped(&rule.rule));
    let lines = |findings: &[&Finding]| findings.iter().map(|finding| line(finding)).collect::<String>();
    if let Some(first) = failed.first() {
        let message = match failed.len() {
            1 => first.message.clone(),
            more => format!("{} (and {} more)", first.message, more - 1),
        };
        let _ = write!(
            out,
            ">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n",
            first.severity,
            escaped(&message),
            escaped(&lines(&failed))
        );
        return Case::Failed;
    }
    let mut said = lines(&told);
    for (count, what) in [(rule.waived, "waived"), (rule.known, "known from the baseline")] {
        if count > 0 {
            let _ = writeln!(said, "{count} {what}");
        }
    }
    if !said.is_empty() {
        let _ = write!(out, ">\n      <system-out>{}</system-out>\n    </testcase>\n", escaped(&said));
        return Case::Passed;
    }
    let mut unknown = String::new();
    for one in report.unknown.iter().filter(|unknown| unknown.rule == rule.rule) {
        let at = &one.location;
        let _ = writeln!(unknown, "{}:{}:{}: {}", at.path, at.line, at.column, one.why);
    }
    let why = if rule.looked_at == 0 && unknown.is_empty() { "there was nothing to look at\n" } else { &unknown };
    if why.is_empty() {
        out.push_str("/>\n");
        return Case::Passed;
    }
    let _ = write!(out, ">\n      <skipped>{}</skipped>\n    </testcase>\n", escaped(why));
    Case::Skipped
}

fn line(finding: &Finding) -> String {
    let at = &finding.location;
    let mut text = format!("{}:{}:{}: {}: {}\n", at.path, at.line, at.column, finding.severity, finding.message);
    for more in finding.counterexample.iter().chain(&finding.help) {
        let _ = writeln!(text, "  {more}");
    }
    text
}

/// Text of XML 1.0, which can't hold most control characters at all.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

//! A comment on a pull request, in GitHub's Markdown.

use std::fmt::Write as _;

use waard_policy::{Finding, Outcome, Report, Severity};

/// So many findings are listed; all are counted. A comment has at most 65536 characters.
const SHOWN: usize = 100;
/// So much of a text is shown.
const CELL: usize = 300;

pub(super) fn render(report: &Report) -> String {
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings, infos) = (count(Severity::Error), count(Severity::Warning), count(Severity::Info));
    let idle = report.rules.iter().filter(|rule| rule.outcome() == Outcome::NotApplicable).count();
    let mut out = format!(
        "### waard: {errors} {}, {warnings} {}, {infos} info\n\n",
        if errors == 1 { "error" } else { "errors" },
        if warnings == 1 { "warning" } else { "warnings" }
    );
    let known = report.baseline.as_ref().map_or_else(String::new, |compared| {
        let gone: u64 = compared.gone.iter().map(|(_, count)| count).sum();
        format!(", {} known from the baseline, {gone} of it no longer found", compared.known.len())
    });
    let _ = writeln!(
        out,
        "{} of {} rules had something to look at; {} waived{known}, {} unknown.",
        report.rules.len() - idle,
        report.rules.len(),
        report.waived.len(),
        report.unknown.len()
    );
    if !report.findings.is_empty() {
        out.push_str("\n| | rule | where | what |\n| --- | --- | --- | --- |\n");
        for finding in report.findings.iter().take(SHOWN) {
            row(finding, &mut out);
        }
        if let Some(more @ 1..) = report.findings.len().checked_sub(SHOWN) {
            let _ = writeln!(out, "\nand {more} more");
        }
    }
    if !report.unknown.is_empty() {
        out.push_str("\n<details><summary>unknown</summary>\n\n");
        for unknown in report.unknown.iter().take(SHOWN) {
            let at = &unknown.location;
            let _ = writeln!(
                out,
                "- {} {}: {}",
                code(&unknown.rule),
                code(&format!("{}:{}", at.path, at.line)),
                cell(&unknown.why)
            );
        }
        if let Some(more @ 1..) = report.unknown.len().checked_sub(SHOWN) {
            let _ = writeln!(out, "- and {more} more");
        }
        out.push_str("\n</details>\n");
    }
    out
}

fn row(finding: &Finding, out: &mut String) {
    let at = &finding.location;
    let mut what = cell(&finding.message);
    for more in finding.counterexample.iter().chain(&finding.help) {
        what.push_str("<br>");
        what.push_str(&cell(more));
    }
    let place = code(&format!("{}:{}", at.path, at.line));
    let _ = writeln!(out, "| {} | {} | {place} | {what} |", finding.severity, code(&finding.rule));
}

/// Text in a cell: on one line, and no HTML, link, or mention of anybody. What stands in backticks is code.
fn cell(text: &str) -> String {
    let mut short: String = text.chars().take(CELL).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    if short.matches('`').count() % 2 == 1 {
        short = short.replace('`', "'");
    }
    let mut out = String::new();
    for (at, part) in short.split('`').enumerate() {
        if at % 2 == 1 {
            out.push_str(&code(part));
            continue;
        }
        for c in part.chars() {
            match c {
                c if c.is_whitespace() => out.push(' '),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '@' => out.push_str("@\u{200b}"),
                '[' | ']' | '*' | '_' | '\\' | '|' => {
                    out.push('\\');
                    out.push(c);
                }
                c if c.is_control() => out.push('\u{fffd}'),
                c => out.push(c),
            }
        }
    }
    out
}

fn code(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c == '`' || c.is_control() { '\'' } else { c }).collect();
    format!("`{}`", plain.replace('|', "\\|"))
}

//! The report for people: excerpts of the files, and what each rule looked at.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use waard_policy::baseline::Compared;
use waard_policy::{Finding, Location, Outcome, Platform, Report, Severity};

use super::json;
use crate::problems::excerpt::{Excerpt, Mark, Text};
use crate::problems::{Style, shortened};

/// So many findings are shown with excerpts; all are counted.
const SHOWN: usize = 500;
/// So many findings that are gone are named.
const GONE: usize = 20;
/// So many places that belong to a finding are shown.
const RELATED: usize = 6;

pub(super) fn render(platform: &Platform, report: &Report, style: Style) -> String {
    let mut out = findings(platform, &report.findings, style);
    summary(platform, report, &mut out);
    out
}

/// Findings with excerpts, and nothing else.
pub(crate) fn findings(platform: &Platform, findings: &[Finding], style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut texts: BTreeMap<&str, Text<'_>> = BTreeMap::new();
    for file in platform.files() {
        let used = |at: &Location| at.path == file.path();
        let mut shown = findings.iter().take(SHOWN);
        if shown.any(|finding| used(&finding.location) || finding.related.iter().any(|one| used(&one.location))) {
            texts.insert(file.path(), Text::new(file.text()));
        }
    }
    let mut out = String::new();
    for finding in findings.iter().take(SHOWN) {
        out.push_str(&one(&renderer, &texts, finding));
        out.push_str("\n\n");
    }
    if let Some(more @ 1..) = findings.len().checked_sub(SHOWN) {
        let _ = write!(out, "and {more} more\n\n");
    }
    out
}

fn one(renderer: &Renderer, texts: &BTreeMap<&str, Text<'_>>, finding: &Finding) -> String {
    let mut marks: BTreeMap<(usize, &str), Vec<Mark>> = BTreeMap::new();
    let at = &finding.location;
    let primary = Mark { span: at.start..at.end, label: String::new(), primary: true };
    marks.insert((0, &at.path), vec![primary]);
    for related in finding.related.iter().take(RELATED) {
        let other = usize::from(related.location.path != at.path);
        let mark =
            Mark { span: related.location.start..related.location.end, label: related.message.clone(), primary: false };
        marks.entry((other, &related.location.path)).or_default().push(mark);
    }
    let excerpts: Vec<(&str, Excerpt)> = marks
        .into_iter()
        .filter_map(|((_, path), marks)| Some((path, texts.get(path).filter(|text| !text.is_empty())?.excerpts(marks))))
        .flat_map(|(path, excerpts)| excerpts.into_iter().map(move |excerpt| (path, excerpt)))
        .collect();
    let mut elements: Vec<Element<'_>> = Vec::new();
    if !texts.contains_key(at.path.as_str()) {
        elements.push(Origin::path(at.path.as_str()).line(at.line).char_column(at.column).into());
    }
    for (path, excerpt) in &excerpts {
        let marks = excerpt.marks.iter().map(|mark| {
            let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            kind.span(mark.span.clone())
                .label((!mark.label.is_empty()).then(|| shortened(&mark.label).replace('\n', " ")))
        });
        let snippet = Snippet::source(excerpt.text.as_str()).path(*path).line_start(excerpt.first_line);
        elements.push(snippet.fold(false).annotations(marks).into());
    }
    if let Some(origin) = &finding.origin {
        elements.push(Level::NOTE.message(shortened(&format!("generated from {origin}"))).into());
    }
    if let Some(counterexample) = &finding.counterexample {
        elements.push(Level::NOTE.message(shortened(counterexample)).into());
    }
    if let Some(help) = &finding.help {
        elements.push(Level::HELP.message(shortened(help)).into());
    }
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let title = level.primary_title(shortened(&finding.message)).id(finding.rule.as_str());
    let mut text = renderer.render(&[title.elements(elements)]);
    // The renderer counts columns in the excerpt: on a line that was cut they are not those of the file.
    for (path, excerpt) in excerpts.iter().filter(|(_, excerpt)| excerpt.column != excerpt.shown_column) {
        let place = |column: usize| format!("{path}:{}:{column}", excerpt.line);
        text = text.replacen(&place(excerpt.shown_column), &place(excerpt.column), 1);
    }
    text
}

fn summary(platform: &Platform, report: &Report, out: &mut String) {
    let objects: usize = platform.clusters().iter().map(|cluster| cluster.objects().len()).sum();
    let _ = writeln!(
        out,
        "{}, {} in {}, {}, {}",
        counted(platform.files().len(), "file"),
        counted(objects, "object"),
        counted(platform.clusters().len(), "cluster"),
        counted(platform.roots().len(), "Terraform folder"),
        counted(platform.topologies().len(), "topology").replace("topologys", "topologies"),
    );
    let width = report.rules.iter().map(|rule| rule.rule.len()).max().unwrap_or(0);
    let mut idle = 0;
    for rule in &report.rules {
        if rule.outcome() == Outcome::NotApplicable {
            idle += 1;
            continue;
        }
        let mut line = format!(
            "  {:<width$}  {:<7}  {} {}",
            rule.rule,
            json::outcome(rule.outcome()),
            rule.looked_at,
            rule.looks_at
        );
        for (count, what) in
            [(rule.findings, "wrong"), (rule.waived, "waived"), (rule.known, "known"), (rule.unknown, "unknown")]
        {
            if count > 0 {
                let _ = write!(line, ", {count} {what}");
            }
        }
        let _ = writeln!(out, "{line}");
    }
    if idle > 0 {
        let _ = writeln!(out, "  {} had nothing to look at", counted(idle, "rule"));
    }
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let _ = write!(
        out,
        "{}, {}, {} info, {} waived",
        counted(count(Severity::Error), "error"),
        counted(count(Severity::Warning), "warning"),
        count(Severity::Info),
        report.waived.len()
    );
    if let Some(compared) = &report.baseline {
        let _ = write!(out, ", {} known", compared.known.len());
    }
    let _ = writeln!(out, ", {} unknown", report.unknown.len());
    let mendable = report.findings.iter().filter(|finding| !finding.fix.is_empty()).count();
    if mendable > 0 {
        let _ = writeln!(out, "{mendable} can be mended with --fix; --diff beside it shows how");
    }
    if let Some(compared) = &report.baseline {
        gone(compared, out);
    }
}

/// What can be taken out of the baseline.
fn gone(compared: &Compared, out: &mut String) {
    let Some(first) = compared.gone.first() else { return };
    let all: u64 = compared.gone.iter().map(|(_, count)| count).sum();
    let _ = writeln!(out, "{all} of the baseline no longer found; --write-baseline beside --baseline takes out:");
    let rest = compared.gone.iter().skip(1).take(GONE - 1);
    for (one, count) in std::iter::once(first).chain(rest) {
        let times = if *count > 1 { format!(" ({count} times)") } else { String::new() };
        let line = format!("{}: {}: {}{times}", one.path, one.rule, one.message);
        let _ = writeln!(out, "  {}", shortened(&line).replace('\n', " "));
    }
    if let Some(more @ 1..) = compared.gone.len().checked_sub(GONE) {
        let _ = writeln!(out, "  and {more} more");
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

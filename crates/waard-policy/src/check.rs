//! Runs rules over a platform.

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::cluster::Cluster;
use crate::config::{Config, Waiver, matches};
use crate::context::Context;
use crate::findings::{Draft, Findings};
use crate::place::{Lines, Place};
use crate::platform::Platform;
use crate::report::{Finding, Location, Related, Replacement, Report, Summary, Unknown};
use crate::rule::{Check, Rule, Severity};
use crate::rules::{RULES, policy};

/// Judges a platform by all rules of waard.
pub fn check(platform: &Platform, config: &Config) -> Report {
    check_with(platform, config, RULES)
}

/// Judges a platform by the given rules: some of waard's, or one's own.
///
/// The report is the same for the same input, whatever the order of the rules and of the files.
pub fn check_with(platform: &Platform, config: &Config, rules: &[&Rule]) -> Report {
    let mut report = Report::default();
    let mut found: Vec<Finding> = Vec::new();
    let selected: Vec<&Rule> = rules.iter().copied().filter(|rule| config.selects(rule.id)).collect();
    for ran in run_all(platform, config, &selected).into_iter().flatten() {
        report.rules.push(ran.summary);
        report.unknown.extend(ran.unknown);
        found.extend(ran.found);
    }
    waive(config, rules, found, &mut report);
    finish(&mut report);
    report
}

/// What a rule did.
struct Ran {
    summary: Summary,
    unknown: Vec<Unknown>,
    found: Vec<Finding>,
}

/// So many objects and blocks are judged by one thread: starting others takes longer than they would save.
const FEW: usize = 500;

/// Runs rules, several at once where that pays, and gives what they did in the order of the rules. What the engine itself
/// says is `None`.
fn run_all(platform: &Platform, config: &Config, rules: &[&Rule]) -> Vec<Option<Ran>> {
    let objects: usize = platform.clusters().iter().map(|cluster| cluster.objects().len()).sum();
    let blocks: usize = platform.roots().iter().map(|root| root.blocks().len()).sum();
    let processors = thread::available_parallelism().map_or(1, usize::from).min(8);
    let helpers = if objects + blocks <= FEW { 0 } else { processors - 1 };
    let next = AtomicUsize::new(0);
    // Rules take very different times, so each thread takes the next one that nobody has.
    let work = || -> Vec<(usize, Option<Ran>)> {
        let taken = std::iter::from_fn(|| {
            let at = next.fetch_add(1, Ordering::Relaxed);
            Some((at, *rules.get(at)?))
        });
        taken.map(|(at, rule)| (at, run_one(platform, config, rule))).collect()
    };
    let mut done = thread::scope(|scope| {
        let running: Vec<_> =
            (0..helpers).filter_map(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
        let mut done = work();
        // No rule panics; should one, the panic goes on here, and nobody takes what the others found for all there is.
        done.extend(running.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))));
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, ran)| ran).collect()
}

fn run_one(platform: &Platform, config: &Config, rule: &Rule) -> Option<Ran> {
    let mut findings = Findings::new(rule);
    run(platform, config, rule, &mut findings);
    if matches!(rule.check, Check::Engine) {
        return None;
    }
    let summary = Summary {
        rule: rule.id.to_owned(),
        looked_at: findings.looked_at,
        looks_at: rule.looks_at.to_owned(),
        findings: 0,
        waived: 0,
        known: 0,
        unknown: findings.unknowns.len(),
    };
    let unknown =
        |place: Place, why: String| Unknown { rule: rule.id.to_owned(), location: location(platform, place), why };
    let mut unknowns: Vec<Unknown> = findings.unknowns.into_iter().map(|(place, why)| unknown(place, why)).collect();
    // What a rule misses may have been in a part that can't be read. Rules of form look at that themselves.
    let is_lost = |draft: &Draft| !rule.id.starts_with("schema/") && platform.may_have_lost(draft.place);
    let (lost, drafts): (Vec<Draft>, Vec<Draft>) = findings.drafts.into_iter().partition(is_lost);
    unknowns.extend(lost.into_iter().map(|draft| {
        let why = format!("a part of the document there can't be read, so it may not be so that {}", draft.message);
        unknown(draft.place, why)
    }));
    let found = drafts.into_iter().map(|draft| finding(platform, config, rule, draft)).collect();
    Some(Ran { summary, unknown: unknowns, found })
}

/// A draft with everything that can be said about its place.
fn finding(platform: &Platform, config: &Config, rule: &Rule, draft: Draft) -> Finding {
    let (subject, origin) = platform.subject(draft.place);
    let related = draft.related.into_iter();
    let mut related: Vec<Related> =
        related.map(|(place, message)| Related { location: location(platform, place), message }).collect();
    if let Some(place) = origin.as_ref().and_then(|origin| platform.place_in_topology(origin)) {
        related.push(Related { location: location(platform, place), message: "generated from here".to_owned() });
    }
    // What is generated would be overwritten: the topology is to be changed.
    let edits = draft.fix.into_iter().filter(|_| origin.is_none());
    let mut fix: Vec<Replacement> =
        edits.map(|edit| Replacement { location: location(platform, edit.place), text: edit.text }).collect();
    fix.sort();
    Finding {
        rule: rule.id.to_owned(),
        severity: config.severity(rule.id).or(draft.severity).unwrap_or(rule.severity),
        message: draft.message,
        location: location(platform, draft.place),
        subject,
        origin: origin.map(|origin| origin.to_string()),
        related,
        counterexample: draft.counterexample,
        help: draft.help,
        fix,
        waived: None,
    }
}

fn run(platform: &Platform, config: &Config, rule: &Rule, findings: &mut Findings<'_>) {
    let context = Context { platform, config, rule };
    match rule.check {
        Check::Platform(check) => check(&context, findings),
        Check::Cluster(check) => {
            for cluster in platform.clusters() {
                check(&context, cluster, findings);
            }
        }
        Check::Object(check) => {
            for cluster in platform.clusters() {
                for object in cluster.objects() {
                    check(&context, cluster, object, findings);
                }
            }
        }
        Check::Workload(check) => {
            for workload in platform.clusters().iter().flat_map(Cluster::workloads) {
                check(&context, workload, findings);
            }
        }
        Check::Container(check) => {
            for workload in platform.clusters().iter().flat_map(Cluster::workloads) {
                for container in workload.containers() {
                    check(&context, container, findings);
                }
            }
        }
        Check::Root(check) => {
            for root in platform.roots() {
                check(&context, root, findings);
            }
        }
        Check::Engine => {}
    }
}

/// A place with line and column.
fn location(platform: &Platform, place: Place) -> Location {
    let Some(file) = platform.files.get(place.file as usize) else {
        return Location { line: 1, column: 1, end_line: 1, end_column: 1, ..Location::default() };
    };
    let span = place.span();
    let ((line, column), (end_line, end_column)) = (file.at(span.start), file.at(span.end));
    Location { path: file.path.clone(), line, column, end_line, end_column, start: span.start, end: span.end }
}

/// Sorts out what waivers excuse, and reports waivers that are wrong.
fn waive(config: &Config, rules: &[&Rule], found: Vec<Finding>, report: &mut Report) {
    let mut used: BTreeSet<usize> = BTreeSet::new();
    let waivable = |id: &str| rules.iter().find(|rule| rule.id == id).is_none_or(|rule| rule.waivable);
    for mut finding in found {
        let excuses = |(_, waiver): &(usize, &Waiver)| waiver.rule == finding.rule && covers(waiver, &finding);
        let by: Vec<(usize, &Waiver)> = config.waivers.iter().enumerate().filter(excuses).collect();
        used.extend(by.iter().map(|(at, _)| *at));
        let current = by.iter().find(|(_, waiver)| config.as_of.is_none_or(|day| day <= waiver.until));
        match current {
            Some((_, waiver)) if waivable(&finding.rule) => {
                finding.waived = Some(waiver.reason.clone());
                report.waived.push(finding);
            }
            _ => report.findings.push(finding),
        }
    }
    let known = |id: &str| RULES.iter().chain(rules).any(|rule| rule.id == id);
    let lines = Lines::of(&config.text);
    let mut note = |rule: &Rule, at: usize, message: String, help: &str| {
        if !config.selects(rule.id) {
            return;
        }
        let (line, column) = lines.at(&config.text, at);
        report.findings.push(Finding {
            rule: rule.id.to_owned(),
            severity: config.severity(rule.id).unwrap_or(rule.severity),
            message,
            location: Location {
                path: config.path.clone(),
                line,
                column,
                end_line: line,
                end_column: column,
                start: at,
                end: at,
            },
            subject: None,
            origin: None,
            related: Vec::new(),
            counterexample: None,
            help: Some(help.to_owned()),
            fix: Vec::new(),
            waived: None,
        });
    };
    for (at, waiver) in config.waivers.iter().enumerate() {
        let Waiver { rule, place, owner, until, .. } = waiver;
        if !known(rule) {
            note(
                &policy::unknown_rule::RULE,
                waiver.at,
                format!("there is no rule `{rule}`"),
                "`cargo xtask explain` lists them",
            );
        } else if !waivable(rule) {
            let message = format!("findings of `{rule}` can't be waived");
            note(&policy::unwaivable::RULE, waiver.at, message, "mend what it finds");
        } else if config.as_of.is_some_and(|day| day > *until) {
            let message = format!("the waiver of `{rule}` ended on {until}");
            let help = format!("mend what it excused, or let {owner} decide anew");
            note(&policy::expired_waiver::RULE, waiver.at, message, &help);
        } else if !used.contains(&at) && config.selects(rule) {
            let message = format!("the waiver of `{rule}` at `{place}` excuses nothing");
            note(&policy::unmatched_waiver::RULE, waiver.at, message, "remove it, or mend its place");
        }
    }
    for (id, settings) in &config.rules {
        match RULES.iter().chain(rules).find(|rule| rule.id == id) {
            None => note(
                &policy::unknown_rule::RULE,
                settings.at,
                format!("there is no rule `{id}`"),
                "`cargo xtask explain` lists them",
            ),
            Some(rule) => {
                for name in settings.parameters.keys() {
                    if !rule.parameters.iter().any(|parameter| parameter.name == name) {
                        let message = format!("the rule `{id}` has no parameter `{name}`");
                        note(&policy::unknown_rule::RULE, settings.at, message, "its page names its parameters");
                    }
                }
            }
        }
    }
}

fn covers(waiver: &Waiver, finding: &Finding) -> bool {
    let (path, subject) = match waiver.place.split_once('#') {
        Some((path, subject)) => (path, Some(subject)),
        None => (&*waiver.place, None),
    };
    matches(path, &finding.location.path)
        && subject.is_none_or(|pattern| finding.subject.as_deref().is_some_and(|subject| matches(pattern, subject)))
}

fn finish(report: &mut Report) {
    let key = |finding: &Finding| {
        (finding.location.clone(), finding.rule.clone(), std::cmp::Reverse(finding.severity), finding.message.clone())
    };
    for list in [&mut report.findings, &mut report.waived] {
        list.sort_by_cached_key(key);
        list.dedup();
    }
    report.unknown.sort_by(|a, b| (&a.location, &a.rule, &a.why).cmp(&(&b.location, &b.rule, &b.why)));
    report.unknown.dedup();
    report.rules.sort_by(|a, b| a.rule.cmp(&b.rule));
    let count = |list: &[Finding], rule: &str| list.iter().filter(|finding| finding.rule == rule).count();
    for summary in &mut report.rules {
        summary.findings = count(&report.findings, &summary.rule);
        summary.waived = count(&report.waived, &summary.rule);
    }
    for rule in RULES.iter().filter(|rule| matches!(rule.check, Check::Engine)) {
        let findings = count(&report.findings, rule.id);
        if findings > 0 {
            let looked_at = findings as u64;
            let (id, looks_at) = (rule.id.to_owned(), rule.looks_at.to_owned());
            report.rules.push(Summary { rule: id, looked_at, looks_at, findings, waived: 0, known: 0, unknown: 0 });
        }
    }
    report.rules.sort_by(|a, b| a.rule.cmp(&b.rule));
}

impl Severity {
    /// Every severity, from bad to good.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];
}

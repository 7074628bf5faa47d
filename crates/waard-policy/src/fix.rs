//! Applies the mends that rules propose, and judges what comes out before anybody keeps it.
//!
//! ```
//! use waard_policy::fix::fix;
//! use waard_policy::rules::RULES;
//! use waard_policy::{Config, Source};
//!
//! let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: pause}\nspec: {containers: [{name: a, image: k8s.gcr.io/pause:3.9}]}\n";
//! let sources = vec![Source::new("pod.yaml", pod)];
//! let fixed = fix(&sources, &Config::default(), RULES, &|_| true).unwrap();
//! assert!(fixed.texts["pod.yaml"].contains("image: registry.k8s.io/pause:3.9"));
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::check::check_with;
use crate::config::Config;
use crate::platform::{File, Platform};
use crate::report::{Finding, Replacement, Report};
use crate::rule::{Rule, Severity};
use crate::source::Source;

/// A mend can make room for the next one; after so many rounds it is enough.
const ROUNDS: usize = 10;

/// What mends came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// The files that change, by path, and their new texts.
    pub texts: BTreeMap<String, String>,
    /// The findings that were mended, at the places where they stood when they were.
    pub mended: Vec<Finding>,
}

impl Fixed {
    /// The sources that were mended, with their new texts.
    pub fn sources(&self, before: &[Source]) -> Vec<Source> {
        with(before, &self.texts)
    }
}

/// Why no mend is kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A file can't be read any more.
    #[error("after the mends {path} can't be read: {why}")]
    Unreadable {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is an error that wasn't there before.
    #[error("the mends would make a new error: {}:{}: {} ({})", .0.location.path, .0.location.line, .0.message, .0.rule)]
    NewError(Box<Finding>),
}

/// Applies every mend of findings that `select` takes, until there is none left.
///
/// Of mends that would change the same bytes the smaller one is first, and the other waits for the next round. Waived
/// findings are left alone. All rules judge the result, whatever the configuration selects.
///
/// # Errors
/// If a file can't be read afterwards, or has an error that it didn't have: then nothing should be kept.
pub fn fix(
    sources: &[Source],
    config: &Config,
    rules: &[&Rule],
    select: &dyn Fn(&Finding) -> bool,
) -> Result<Fixed, Box<Refused>> {
    let everything = Config { only: Vec::new(), skip: Vec::new(), ..config.clone() };
    let mut fixed = Fixed::default();
    let mut before: Option<(Report, BTreeSet<String>)> = None;
    for _ in 0..ROUNDS {
        let platform = Platform::read(with(sources, &fixed.texts), config);
        let report = check_with(&platform, config, rules);
        let selected = report.findings.iter().filter(|finding| !finding.fix.is_empty() && select(finding));
        let (texts, mut mended) = round(&platform, selected);
        if mended.is_empty() {
            break;
        }
        before.get_or_insert_with(|| (check_with(&platform, &everything, rules), unreadable(&platform).collect()));
        fixed.texts.extend(texts);
        fixed.mended.append(&mut mended);
    }
    let Some((before, broken)) = before else { return Ok(fixed) };
    let platform = Platform::read(with(sources, &fixed.texts), &everything);
    if let Some(path) = unreadable(&platform).find(|path| !broken.contains(path)) {
        let file = platform.files().iter().find(|file| file.path() == path);
        let fault = file.and_then(|file| file.faults().first());
        let why = fault.map_or_else(|| "its topology is not valid".to_owned(), |fault| fault.message.clone());
        return Err(Box::new(Refused::Unreadable { path, why }));
    }
    let after = check_with(&platform, &everything, rules);
    match new_error(&before, &after) {
        Some(finding) => Err(Box::new(Refused::NewError(Box::new(finding.clone())))),
        None => Ok(fixed),
    }
}

/// The sources, with the new texts of those that have one.
fn with(sources: &[Source], texts: &BTreeMap<String, String>) -> Vec<Source> {
    let mut sources = sources.to_vec();
    for source in &mut sources {
        if let Some(text) = texts.get(source.path()) {
            source.set_text(text);
        }
    }
    sources
}

/// Files of which some can't be read.
fn unreadable(platform: &Platform) -> impl Iterator<Item = String> {
    let topologies = platform.topologies().iter().filter(|topology| topology.topology.is_none());
    let bad = topologies.filter_map(|topology| platform.files().get(topology.file as usize));
    let broken = platform.files().iter().filter(|file| !file.faults().is_empty());
    broken.chain(bad).map(|file: &File| file.path().to_owned())
}

/// An error that is there more often than before. Messages may change with what they name, so they don't count.
fn new_error<'r>(before: &Report, after: &'r Report) -> Option<&'r Finding> {
    let key = |finding: &Finding| (finding.location.path.clone(), finding.rule.clone(), finding.subject.clone());
    let mut left: BTreeMap<_, usize> = BTreeMap::new();
    for finding in before.findings.iter().filter(|finding| finding.severity == Severity::Error) {
        *left.entry(key(finding)).or_default() += 1;
    }
    after.findings.iter().filter(|finding| finding.severity == Severity::Error).find(|finding| {
        match left.get_mut(&key(finding)).filter(|count| **count > 0) {
            Some(count) => {
                *count -= 1;
                false
            }
            None => true,
        }
    })
}

/// The texts after all mends that can be done at once, and what they mend.
fn round<'f>(
    platform: &Platform,
    findings: impl Iterator<Item = &'f Finding>,
) -> (BTreeMap<String, String>, Vec<Finding>) {
    let size = |finding: &Finding| -> usize {
        finding.fix.iter().map(|one| one.location.end - one.location.start + one.text.len()).sum()
    };
    let mut findings: Vec<&Finding> = findings.collect();
    findings.sort_by_key(|finding| size(finding));
    let mut taken: BTreeMap<&str, BTreeSet<&Replacement>> = BTreeMap::new();
    let mut mended = Vec::new();
    for finding in findings {
        let fits = finding.fix.iter().all(|one| {
            let others = taken.get(one.location.path.as_str()).into_iter().flatten();
            others.into_iter().all(|other| *other == one || apart(other, one))
        });
        if fits {
            for one in &finding.fix {
                taken.entry(&one.location.path).or_default().insert(one);
            }
            mended.push(finding.clone());
        }
    }
    let texts = taken.into_iter().filter_map(|(path, edits)| {
        let file = platform.files().iter().find(|file| file.path() == path)?;
        let text = replaced(file.text(), &edits)?;
        (text != file.text()).then(|| (path.to_owned(), text))
    });
    let texts: BTreeMap<String, String> = texts.collect();
    // A mend that changes nothing mends nothing.
    mended.retain(|finding| finding.fix.iter().any(|one| texts.contains_key(&one.location.path)));
    (texts, mended)
}

/// Whether two replacements have nothing to do with each other.
fn apart(a: &Replacement, b: &Replacement) -> bool {
    let (a, b) = (&a.location, &b.location);
    let both_insert = a.start == a.end && b.start == b.end && a.start == b.start;
    !both_insert && (a.end <= b.start || b.end <= a.start)
}

/// The text with other text in those places; `None` if they are no places of it.
fn replaced(text: &str, edits: &BTreeSet<&Replacement>) -> Option<String> {
    let mut edits: Vec<&&Replacement> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.location.start, edit.location.end));
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for edit in edits {
        out.push_str(text.get(from..edit.location.start)?);
        out.push_str(&edit.text);
        from = edit.location.end;
    }
    out.push_str(text.get(from..)?);
    Some(out)
}

//! What was found before, so that only what is new counts.
//!
//! A platform that is judged for the first time has findings that nobody mends in a day. A baseline keeps them: they are
//! counted as known from then on, and new ones still fail. A finding is recognised by what it says, not by its line: by
//! rule, path, subject and message, the message without the numbers of lines and without the counts of what else there is
//! of its kind. Of several that are alike as many are known as the baseline has; one more is new.
//!
//! A baseline is an excuse without reason, owner or end, so it hides nothing that a waiver could not: findings of rules
//! that can't be waived are never in it and always new.
//!
//! ```
//! use waard_policy::baseline::Baseline;
//! use waard_policy::rules::RULES;
//! use waard_policy::{Config, Platform, Source, check};
//!
//! let config = Config::default();
//! let judged = |text: &str| {
//!     let platform = Platform::read(vec![Source::new("api.yaml", text)], &config);
//!     let report = check(&platform, &config);
//!     (platform, report)
//! };
//! let service = "apiVersion: v1\nkind: Service\nmetadata: {name: api}\nspec: {selector: {app: api}, ports: [{port: 80}]}\n";
//! let (_, before) = judged(service);
//! let baseline = Baseline::of(&before, RULES);
//!
//! // Lines have moved; nothing is new.
//! let (platform, mut after) = judged(&format!("# moved\n{service}"));
//! baseline.apply(&platform, &mut after, RULES);
//! assert!(after.findings.is_empty());
//! assert_eq!(after.baseline.unwrap().known.len(), before.findings.len());
//! ```

mod file;

use std::collections::{BTreeMap, BTreeSet};

use crate::platform::Platform;
use crate::report::{Finding, Report};
use crate::rule::Rule;

pub use file::BaselineError;

/// The newest format of the file that is understood, and the one that is written.
pub const FORMAT: u64 = 1;

/// Findings that are known, and how many of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeMap<Identity, u64>,
}

/// What makes two findings the same, wherever their lines have moved to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// The file.
    pub path: String,
    /// The id of the rule.
    pub rule: String,
    /// The object or block that it is about.
    pub subject: Option<String>,
    /// What is wrong, without what moves: see [`steady`].
    pub message: String,
}

/// A report beside a baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Findings that the baseline has, in the order of the report.
    pub known: Vec<Finding>,
    /// What the baseline has and isn't found any more, or is waived: it can be taken out. How many of each.
    pub gone: Vec<(Identity, u64)>,
    /// What the baseline has about files that weren't given. It may be gone too, if there is no such file any more.
    pub elsewhere: Vec<(Identity, u64)>,
}

impl Identity {
    /// What a finding is recognised by.
    pub fn of(finding: &Finding) -> Self {
        Self {
            path: finding.location.path.clone(),
            rule: finding.rule.clone(),
            subject: finding.subject.clone(),
            message: steady(&finding.message),
        }
    }
}

impl Baseline {
    /// Everything that the report finds and that a baseline may hide, what it knew already too.
    pub fn of(report: &Report, rules: &[&Rule]) -> Self {
        let mut known = BTreeMap::new();
        let before = report.baseline.iter().flat_map(|compared| &compared.known);
        for finding in report.findings.iter().chain(before).filter(|finding| may_hide(rules, &finding.rule)) {
            *known.entry(Identity::of(finding)).or_default() += 1;
        }
        Self { known }
    }

    /// Whether it has a finding like that one.
    pub fn has(&self, finding: &Finding) -> bool {
        self.known.contains_key(&Identity::of(finding))
    }

    /// How many findings it has.
    pub fn len(&self) -> u64 {
        self.known.values().sum()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Moves what is known out of the report's findings into [`Report::baseline`].
    ///
    /// `rules` are those that the report was made with. What belongs to a rule that didn't run, and to files that weren't
    /// given, isn't gone: part of a platform can be judged with the baseline of all of it.
    pub fn apply(&self, platform: &Platform, report: &mut Report, rules: &[&Rule]) {
        let mut left = self.known.clone();
        let mut compared = Compared::default();
        for finding in std::mem::take(&mut report.findings) {
            let count = left.get_mut(&Identity::of(&finding)).filter(|count| **count > 0);
            match count.filter(|_| may_hide(rules, &finding.rule)) {
                Some(count) => {
                    *count -= 1;
                    compared.known.push(finding);
                }
                None => report.findings.push(finding),
            }
        }
        let ran: BTreeSet<&str> = report.rules.iter().map(|rule| &*rule.rule).collect();
        let given: BTreeSet<&str> = platform.files().iter().map(crate::platform::File::path).collect();
        for (identity, count) in left.into_iter().filter(|(_, count)| *count > 0) {
            let is_rule = rules.iter().any(|rule| rule.id == identity.rule);
            if is_rule && may_hide(rules, &identity.rule) && !ran.contains(&*identity.rule) {
                continue;
            }
            let list = if given.contains(&*identity.path) { &mut compared.gone } else { &mut compared.elsewhere };
            list.push((identity, count));
        }
        for summary in &mut report.rules {
            summary.known = compared.known.iter().filter(|finding| finding.rule == summary.rule).count();
            summary.findings -= summary.known.min(summary.findings);
        }
        report.baseline = Some(compared);
    }

    /// The same without what is gone: it never has more than before.
    #[must_use]
    pub fn without(mut self, gone: &[(Identity, u64)]) -> Self {
        for (identity, count) in gone {
            if let Some(known) = self.known.get_mut(identity) {
                *known = known.saturating_sub(*count);
            }
        }
        self.known.retain(|_, count| *count > 0);
        self
    }
}

fn may_hide(rules: &[&Rule], id: &str) -> bool {
    rules.iter().find(|rule| rule.id == id).is_none_or(|rule| rule.waivable)
}

/// A message without what changes when lines move or when one of several like it is mended: the digits after `line`,
/// `lines`, `column` or a file's ending (`api.yaml:12:3`), and those in `and 3 more`, become `#`.
pub fn steady(message: &str) -> String {
    const ENDINGS: [&str; 7] = [".yaml", ".yml", ".json", ".tf", ".tfvars", ".toml", ".sh"];
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        out.push_str(before);
        let word = out.trim_end_matches(' ').rsplit([' ', '(', '\n']).next().unwrap_or_default();
        let spaced = out.ends_with(' ');
        let places = out.strip_suffix(':').map(|place| place.trim_end_matches(['#', ':']));
        let moves = spaced && matches!(word, "line" | "lines" | "Line" | "Lines" | "column")
            || spaced && word == "and" && (after.starts_with(" more") || after.starts_with(" others"))
            || spaced && word == "and" && out.trim_end_matches("and ").ends_with("# ")
            || places.is_some_and(|place| ENDINGS.iter().any(|ending| place.ends_with(ending)));
        out.push_str(if moves { "#" } else { digits });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::steady;

    #[test]
    fn what_moves_is_left_out_and_values_stay() {
        for (message, is) in [
            ("the key stands at line 12 and line 3", "the key stands at line # and line #"),
            ("lines 3 and 14 differ", "lines # and # differ"),
            ("defined in k8s/api.yaml:12:3 too", "defined in k8s/api.yaml:#:# too"),
            ("k8s/api.yaml:7", "k8s/api.yaml:#"),
            (
                "spaces at the end of the line, and 4 more such lines",
                "spaces at the end of the line, and # more such lines",
            ),
            ("port 8080 of api:8443 and 3 replicas", "port 8080 of api:8443 and 3 replicas"),
            ("image api:1.4.2 blocks 3 of 3", "image api:1.4.2 blocks 3 of 3"),
            ("größer als 12", "größer als 12"),
        ] {
            assert_eq!(steady(message), is);
        }
    }
}

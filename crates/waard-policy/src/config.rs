//! `waard-policy.toml`: which rules run, how bad their findings are, their parameters, and waivers.

mod read;

use std::collections::BTreeMap;

use waard_catalog::{Date, Minor};

use crate::rule::Severity;

/// How to judge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The day to judge for. What depends on it is unknown without one.
    pub as_of: Option<Date>,
    /// The Kubernetes version of clusters of which no file says one.
    pub kubernetes: Option<Minor>,
    /// Only rules that match one of these: ids, groups (`schedule`), or `*`. Empty: all.
    pub only: Vec<String>,
    /// Not the rules that match one of these.
    pub skip: Vec<String>,
    /// Settings of single rules, by id.
    pub rules: BTreeMap<String, RuleConfig>,
    /// What is excused.
    pub waivers: Vec<Waiver>,
    /// The file that this was read from, for findings about it.
    pub path: String,
    pub(crate) text: String,
}

/// Settings of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleConfig {
    /// How bad its findings are.
    pub severity: Option<Severity>,
    /// Its parameters.
    pub parameters: BTreeMap<String, i64>,
    pub(crate) at: usize,
}

/// An excuse for findings: they are counted and shown apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The id of the rule.
    pub rule: String,
    /// Where: a path in which `*` stands for any characters but `/`, and `**` for any; a subject may follow after `#`,
    /// such as `k8s/**#Deployment/production/*`.
    pub place: String,
    /// Why it is meant so.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it counts.
    pub until: Date,
    pub(crate) at: usize,
}

/// Why a configuration can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConfigError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The bytes.
    pub span: std::ops::Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: String,
}

impl Config {
    /// Reads `waard-policy.toml`.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn parse(path: &str, text: &str) -> Result<Self, ConfigError> {
        read::config(path, text)
    }

    pub(crate) fn kubernetes(&self) -> Option<Minor> {
        self.kubernetes
    }

    pub(crate) fn parameter(&self, rule: &str, name: &str) -> Option<i64> {
        self.rules.get(rule)?.parameters.get(name).copied()
    }

    pub(crate) fn severity(&self, rule: &str) -> Option<Severity> {
        self.rules.get(rule)?.severity
    }

    /// Whether the rule is to run.
    pub fn selects(&self, rule: &str) -> bool {
        let matches = |pattern: &String| {
            pattern == "*" || pattern == rule || rule.split_once('/').is_some_and(|(group, _)| group == pattern)
        };
        (self.only.is_empty() || self.only.iter().any(matches)) && !self.skip.iter().any(matches)
    }
}

/// Whether a text matches a pattern in which `*` stands for any characters but `/`, and `**` for any. `**/` also stands
/// for nothing at the start and after a `/`, so that `**/a.yaml` is every `a.yaml`, and no `my-a.yaml`.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    // Whether what was read of the pattern takes the first `n` bytes of the text: one line of answers follows from the
    // one before it, so that no pattern takes longer than its length times that of the text.
    let mut taken: Vec<bool> = (0..=text.len()).map(|read| read == 0).collect();
    let mut rest = pattern;
    while let Some((first, after)) = rest.split_first() {
        let mut reached = false;
        if rest.starts_with(b"**/") {
            // Any folders: what was taken ends before a folder, and goes on behind any `/`.
            let mut behind = b'/';
            let mut next = Vec::with_capacity(taken.len());
            for (at, taken) in taken.iter().enumerate() {
                next.push((*taken || reached) && behind == b'/');
                reached |= *taken;
                behind = text.get(at).copied().unwrap_or_default();
            }
            (taken, rest) = (next, rest.get(3..).unwrap_or_default());
        } else if rest.starts_with(b"**") {
            for taken in &mut taken {
                reached |= *taken;
                *taken = reached;
            }
            rest = rest.get(2..).unwrap_or_default();
        } else if *first == b'*' {
            let mut behind = 0;
            for (at, taken) in taken.iter_mut().enumerate() {
                reached = *taken || (reached && behind != b'/');
                *taken = reached;
                behind = text.get(at).copied().unwrap_or_default();
            }
            rest = after;
        } else {
            let shifted = taken.iter().zip(text).map(|(taken, byte)| *taken && byte == first);
            taken = std::iter::once(false).chain(shifted).collect();
            rest = after;
        }
    }
    taken.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stop_at_slashes_and_double_stars_dont() {
        for (pattern, text, is) in [
            ("a/*.yaml", "a/b.yaml", true),
            ("a/*.yaml", "a/b/c.yaml", false),
            ("a/**", "a/b/c.yaml", true),
            ("**/c.yaml", "a/b/c.yaml", true),
            ("**/c.yaml", "c.yaml", true),
            ("**/c.yaml", "my-c.yaml", false),
            ("**/c.yaml", "a/my-c.yaml", false),
            ("a/**/c", "a/c", true),
            ("a/**/c", "a/b/c", true),
            ("a/**/c", "a/bc", false),
            ("a**/c", "ab/d/c", true),
            ("**/*.yaml", "a/b.yml", false),
            ("*", "", true),
            ("", "a", false),
            ("a*c*e", "abcde", true),
            ("**b*d", "abc/bd", true),
        ] {
            assert_eq!(matches(pattern, text), is, "{pattern} {text}");
        }
    }
}

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

/// Where to go on after a star: in the pattern, and in the text.
type Back = Option<(usize, usize)>;

/// Whether a text matches a pattern in which `*` stands for any characters but `/`, and `**` for any.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    // One position to come back to for each kind of star: the latest is enough, and `**` covers what `*` can't.
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut read) = (0, 0);
    let (mut single, mut double): (Back, Back) = (None, None);
    loop {
        match (pattern.get(at), text.get(read)) {
            (Some(b'*'), _) if pattern.get(at + 1) == Some(&b'*') => {
                at += 2;
                // `**/` also stands for nothing.
                if pattern.get(at) == Some(&b'/') && (read == 0 || text.get(read - 1) == Some(&b'/')) {
                    at += 1;
                }
                (double, single) = (Some((at, read)), None);
            }
            (Some(b'*'), _) => {
                at += 1;
                single = Some((at, read));
            }
            (Some(expected), Some(found)) if expected == found => {
                at += 1;
                read += 1;
            }
            (None, None) => return true,
            _ => {
                if let Some((after, from)) =
                    single.filter(|(_, from)| text.get(*from).is_some_and(|byte| *byte != b'/'))
                {
                    single = Some((after, from + 1));
                    (at, read) = (after, from + 1);
                } else if let Some((after, from)) = double.filter(|(_, from)| *from < text.len()) {
                    (double, single) = (Some((after, from + 1)), None);
                    (at, read) = (after, from + 1);
                } else {
                    return false;
                }
            }
        }
    }
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

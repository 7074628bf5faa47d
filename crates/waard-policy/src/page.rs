//! The examples on the pages of rules, which run as tests.
//!
//! An example is a fenced block whose first line says its language, what the rule must say about it, and options:
//!
//! ````text
//! ```yaml fail as-of=2026-11-25
//! ```hcl pass
//! ```yaml unknown
//! ```yaml none
//! ````
//!
//! `fail`: the rule reports something. `pass`: it looks at something, reports nothing, and knows everything.
//! `unknown`: it reports nothing and says what it can't judge. `none`: it looks at nothing.
//!
//! The block is `example.yaml`, or `main.tf` for `hcl`; a line `# file: <path>` starts another file.
//! `waard-policy.toml` is the configuration.

use crate::check::check_with;
use crate::config::{Config, ConfigError};
use crate::platform::Platform;
use crate::rule::{Check, Rule};
use crate::source::Source;

/// An example of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// What the rule must say.
    pub expected: Expected,
    /// Its files.
    pub files: Vec<(String, String)>,
    /// The line of the page on which its block starts, from 1.
    pub line: usize,
    as_of: Option<String>,
}

/// What a rule must say about an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expected {
    /// It reports something.
    Fail,
    /// It reports nothing.
    Pass,
    /// It can't judge something.
    Unknown,
    /// It looks at nothing.
    None,
}

/// The examples of a page; blocks without one of the words are none.
pub fn examples(page: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or_default();
        let (mut expected, mut as_of) = (None, None);
        for word in words {
            match word {
                "fail" => expected = Some(Expected::Fail),
                "pass" => expected = Some(Expected::Pass),
                "unknown" => expected = Some(Expected::Unknown),
                "none" => expected = Some(Expected::None),
                other => as_of = other.strip_prefix("as-of=").map(str::to_owned).or(as_of),
            }
        }
        let body: Vec<&str> =
            lines.by_ref().map(|(_, line)| line).take_while(|line| !line.starts_with("```")).collect();
        let Some(expected) = expected else { continue };
        let first = if language == "hcl" { "main.tf" } else { "example.yaml" };
        let mut files = vec![(first.to_owned(), String::new())];
        for line in body {
            if let Some(path) = line.strip_prefix("# file: ") {
                files.push((path.trim().to_owned(), String::new()));
            } else if let Some((_, text)) = files.last_mut() {
                text.push_str(line);
                text.push('\n');
            }
        }
        files.retain(|(_, text)| !text.trim().is_empty());
        found.push(Example { expected, files, line: number + 1, as_of });
    }
    found
}

impl Example {
    /// Its configuration.
    ///
    /// # Errors
    /// If its `waard-policy.toml` can't be read.
    pub fn config(&self) -> Result<Config, ConfigError> {
        let file = self.files.iter().find(|(path, _)| path == "waard-policy.toml");
        let mut config = file.map_or_else(|| Ok(Config::default()), |(path, text)| Config::parse(path, text))?;
        config.as_of = self.as_of.as_ref().and_then(|day| day.parse().ok()).or(config.as_of);
        Ok(config)
    }

    /// Whether the rule says about it what the page says. The other `rules` run too, as they do in earnest.
    ///
    /// # Errors
    /// What it says instead, in words.
    pub fn judge(&self, rule: &Rule, rules: &[&Rule]) -> Result<(), String> {
        let config = self.config().map_err(|error| format!("its configuration: {error}"))?;
        let report = check_with(&Platform::read(self.sources(), &config), &config, rules);
        let found: Vec<&str> =
            report.findings.iter().filter(|finding| finding.rule == rule.id).map(|finding| &*finding.message).collect();
        let looked_at = report.rules.iter().find(|summary| summary.rule == rule.id).map_or(0, |one| one.looked_at);
        let unknown: Vec<&str> =
            report.unknown.iter().filter(|unknown| unknown.rule == rule.id).map(|unknown| &*unknown.why).collect();
        let of_engine = matches!(rule.check, Check::Engine);
        match self.expected {
            Expected::Fail if found.is_empty() => {
                Err(format!("found nothing, looked at {looked_at}, unknown {unknown:?}"))
            }
            Expected::Fail if looked_at == 0 => Err("found something and looked at nothing".to_owned()),
            Expected::Fail => Ok(()),
            _ if !found.is_empty() => Err(format!("found {found:?}")),
            Expected::Pass if !unknown.is_empty() => Err(format!("could not judge: {unknown:?}")),
            Expected::Pass | Expected::Unknown if looked_at == 0 && !of_engine => Err("looked at nothing".to_owned()),
            Expected::Unknown if unknown.is_empty() => Err(format!("knew everything, looked at {looked_at}")),
            Expected::None if looked_at > 0 => Err(format!("looked at {looked_at}")),
            _ => Ok(()),
        }
    }

    /// Its files, except for the configuration.
    pub fn sources(&self) -> Vec<Source> {
        let files = self.files.iter().filter(|(path, _)| path != "waard-policy.toml");
        files.map(|(path, text)| Source::new(path, text)).collect()
    }
}

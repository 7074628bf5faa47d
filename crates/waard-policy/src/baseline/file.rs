//! A baseline as a file: JSON, a line for each finding, ordered, so that a difference between two versions reads well.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::json;

use super::{Baseline, FORMAT, Identity};
use crate::place::Lines;

/// Why a text is no baseline.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BaselineError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

#[derive(Deserialize)]
struct Head {
    format: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "format")]
    _format: u64,
    #[serde(rename = "generator")]
    _generator: Option<String>,
    findings: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    path: String,
    rule: String,
    #[serde(default)]
    subject: Option<String>,
    message: String,
    #[serde(default = "one")]
    count: u64,
}

const fn one() -> u64 {
    1
}

const ANEW: &str = "write it anew, with --write-baseline";

impl Baseline {
    /// Reads what [`to_text`](Self::to_text) wrote. The order of the findings doesn't matter, and those that stand there
    /// twice, as after a merge, are counted together.
    ///
    /// # Errors
    /// If it is something else, or from a later version: with the place.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let broken = |error: serde_json::Error| {
            let text = error.to_string();
            // serde says the place at the end, which is told apart here.
            let message = text.split(" at line ").next().unwrap_or(&text);
            let message = format!("this is no baseline: {message}");
            BaselineError { line: error.line().max(1), column: error.column().max(1), message, help: ANEW.to_owned() }
        };
        let head: Head = serde_json::from_str(text).map_err(broken)?;
        if head.format != FORMAT {
            let (line, column) = Lines::of(text).at(text, text.find("\"format\"").unwrap_or_default());
            let (message, help) = if head.format > FORMAT {
                let newer = format!("it was written by a newer waard: its format is {}", head.format);
                (format!("{newer}, and {FORMAT} is the newest that is known here"), "use that version of waard")
            } else {
                (format!("there is no format {}", head.format), ANEW)
            };
            return Err(BaselineError { line, column, message, help: help.to_owned() });
        }
        let document: Document = serde_json::from_str(text).map_err(broken)?;
        let mut baseline = Self::default();
        for Row { path, rule, subject, message, count } in document.findings {
            let known = baseline.known.entry(Identity { path, rule, subject, message }).or_default();
            *known = known.saturating_add(count);
        }
        baseline.known.retain(|_, count| *count > 0);
        Ok(baseline)
    }

    /// The text of the file: the same for the same findings.
    pub fn to_text(&self) -> String {
        let mut text = format!("{{\n  \"format\": {FORMAT},\n  \"generator\": \"waard\",\n  \"findings\": [");
        for (number, (identity, count)) in self.known.iter().enumerate() {
            let Identity { path, rule, subject, message } = identity;
            let quoted = |text: &str| json!(text).to_string();
            text.push_str(if number == 0 { "\n" } else { ",\n" });
            let _ = write!(text, "    {{\"path\": {}, \"rule\": {}", quoted(path), quoted(rule));
            if let Some(subject) = subject {
                let _ = write!(text, ", \"subject\": {}", quoted(subject));
            }
            let _ = write!(text, ", \"message\": {}", quoted(message));
            if *count != 1 {
                let _ = write!(text, ", \"count\": {count}");
            }
            text.push('}');
        }
        text.push_str(if self.known.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
        text
    }
}

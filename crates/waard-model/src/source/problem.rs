//! One problem of a topology file.

use std::ops::Range;

use crate::path::ModelPath;
use crate::source::{MAX_BYTES, SourceMap};
use crate::topology::Violation;

/// What is wrong at one place of a topology file, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands: byte offsets in the text. `None` if the file as a whole can't be read.
    pub span: Option<Range<usize>>,
    /// Where it stands in the topology.
    pub path: ModelPath,
    /// What is wrong, with the value.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
    /// Other places that belong to it, each with a remark.
    pub related: Vec<(Range<usize>, String)>,
}

impl Problem {
    pub(crate) fn new(span: Range<usize>, path: ModelPath, message: impl Into<String>) -> Self {
        Self { span: Some(span), path, message: message.into(), help: None, related: Vec::new() }
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn with_related(mut self, span: Range<usize>, remark: impl Into<String>) -> Self {
        self.related.push((span, remark.into()));
        self
    }

    fn of_file(message: impl Into<String>, help: &str) -> Self {
        Self { span: None, path: ModelPath::ROOT, message: message.into(), help: Some(help.to_owned()), related: Vec::new() }
    }

    /// A violation of an invariant, at the place in the file that it speaks of.
    pub fn of_violation(violation: &Violation, map: &SourceMap) -> Self {
        Self {
            span: Some(if violation.is_about_key() { map.key_span(violation.path()) } else { map.span(violation.path()) }),
            path: violation.path().clone(),
            message: violation.to_string(),
            help: violation.help().map(str::to_owned),
            related: violation.related().iter().filter_map(|(path, remark)| Some((map.find(path, false)?, remark.clone()))).collect(),
        }
    }
}

/// The text of a file, if it is UTF-8 and not larger than [`MAX_BYTES`].
pub(super) fn text_of(bytes: &[u8]) -> Result<&str, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::of_file(
            format!("the file has more than {MAX_BYTES} bytes"),
            "a topology is written by hand and small; is this the right file?",
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes.get(..error.valid_up_to()).map_or(0, |head| head.iter().filter(|b| **b == b'\n').count()) + 1;
        Problem::of_file(
            format!("the file is not UTF-8: byte {} in line {line}", error.valid_up_to() + 1),
            "save it as UTF-8, without another encoding",
        )
    })?;
    match text.char_indices().find(|(_, c)| *c == '\0') {
        Some((at, _)) => Err(Problem::new(at..at + 1, ModelPath::ROOT, "a NUL character stands in the file")
            .with_help("a topology is plain text; remove it")),
        None => Ok(text),
    }
}

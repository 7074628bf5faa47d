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
    /// Parts of the text that may hold a credential: what shows the file must not show them.
    pub secrets: Vec<Range<usize>>,
}

impl Problem {
    pub(crate) fn new(span: Range<usize>, path: ModelPath, message: impl Into<String>) -> Self {
        Self { span: Some(span), path, message: message.into(), help: None, related: Vec::new(), secrets: Vec::new() }
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
        Self {
            span: None,
            path: ModelPath::ROOT,
            message: message.into(),
            help: Some(help.to_owned()),
            related: Vec::new(),
            secrets: Vec::new(),
        }
    }

    /// A violation of an invariant, at the place in the file that it speaks of.
    pub fn of_violation(violation: &Violation, map: &SourceMap) -> Self {
        Self {
            span: Some(if violation.is_about_key() {
                map.key_span(violation.path())
            } else {
                map.span(violation.path())
            }),
            path: violation.path().clone(),
            message: violation.to_string(),
            help: violation.help().map(str::to_owned),
            related: violation
                .related()
                .iter()
                .filter_map(|(path, remark)| Some((map.find(path, false)?, remark.clone())))
                .collect(),
            secrets: violation.is_secret().then(|| map.span(violation.path())).into_iter().collect(),
        }
    }
}

/// The text of a file, if it is UTF-8 and not larger than [`MAX_BYTES`].
pub(super) fn text_of(bytes: &[u8]) -> Result<&str, Box<Problem>> {
    if bytes.len() > MAX_BYTES {
        let help = "a topology is written by hand and small; is this the right file?";
        return Err(Box::new(Problem::of_file(format!("the file has more than {MAX_BYTES} bytes"), help)));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes.get(..error.valid_up_to()).map_or(1, |head| head.split(|byte| *byte == b'\n').count());
        let message = format!("the file is not UTF-8: byte {} in line {line}", error.valid_up_to() + 1);
        Box::new(Problem::of_file(message, "save it as UTF-8, without another encoding"))
    })?;
    match text.find('\0') {
        Some(at) => {
            let problem = Problem::new(at..at + 1, ModelPath::ROOT, "a NUL character stands in the file");
            Err(Box::new(problem.with_help("a topology is plain text; remove it")))
        }
        None => Ok(text),
    }
}

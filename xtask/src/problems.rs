//! Shows what is wrong with a topology file: where, the excerpt, what is wrong, and what would be right.
//!
//! The file may hold anything: lines of a megabyte, tabs, half characters, spans that lie. Nothing here fails on it,
//! and what is shown stays short.

pub(crate) mod excerpt;

use std::borrow::Cow;
use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use waard_model::path::ModelPath;

use crate::console::visible;
use crate::platform::Problem;
use excerpt::{Excerpt, Mark, Text};

/// How to render.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For files, pipes and golden tests.
    Plain,
    /// For a terminal.
    Coloured,
}

/// So many problems are shown; all are counted.
const SHOWN: usize = 100;

/// So many places that a problem refers to are shown.
const RELATED: usize = 10;

/// So many characters of a message are shown.
const MESSAGE: usize = 2_000;

/// Renders the problems of a file in the order given, and closes with their number.
///
/// `text` is the text that their spans count in; empty if there is none to show.
pub fn render_problems(file_name: &str, text: &str, problems: &[Problem], style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let text = masked(text, problems);
    let source = Text::new(&text);
    let mut out = String::new();
    for problem in problems.iter().take(SHOWN) {
        out.push_str(&one(&renderer, file_name, &source, problem));
        out.push_str("\n\n");
    }
    if let Some(more @ 1..) = problems.len().checked_sub(SHOWN) {
        let _ = write!(out, "and {more} more\n\n");
    }
    let s = if problems.len() == 1 { "" } else { "s" };
    let _ = writeln!(out, "{file_name}: {} problem{s}", problems.len());
    out
}

/// The text with asterisks for what may be a credential: what is shown here ends up in logs.
fn masked<'t>(text: &'t str, problems: &[Problem]) -> Cow<'t, str> {
    let mut secrets = problems.iter().flat_map(|problem| &problem.secrets).peekable();
    if secrets.peek().is_none() {
        return Cow::Borrowed(text);
    }
    // Byte for byte, so that every span still points to the same place; line breaks stay.
    let mut bytes = text.as_bytes().to_vec();
    for secret in secrets {
        for byte in bytes.get_mut(secret.clone()).into_iter().flatten().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
            *byte = b'*';
        }
    }
    // A span that cuts a character would leave half of it: then nothing is shown rather than too much.
    String::from_utf8(bytes).map_or(Cow::Borrowed(""), Cow::Owned)
}

fn one(renderer: &Renderer, file_name: &str, source: &Text<'_>, problem: &Problem) -> String {
    let excerpts = excerpts(source, problem);
    let mut elements: Vec<Element<'_>> = Vec::new();
    if excerpts.is_empty() {
        elements.push(Origin::path(file_name).into());
    }
    for excerpt in &excerpts {
        let marks = excerpt.marks.iter().map(|mark| {
            let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            kind.span(mark.span.clone())
                .label((!mark.label.is_empty()).then(|| shortened(&mark.label).replace('\n', " ")))
        });
        let snippet = Snippet::source(excerpt.text.as_str()).path(file_name).line_start(excerpt.first_line);
        elements.push(snippet.fold(false).annotations(marks).into());
    }
    if problem.path != ModelPath::ROOT {
        elements.push(Level::NOTE.message(shortened(&format!("at {}", problem.path))).into());
    }
    if let Some(more @ 1..) = problem.related.len().checked_sub(RELATED) {
        elements.push(Level::NOTE.message(format!("and {more} more places")).into());
    }
    if let Some(help) = &problem.help {
        elements.push(Level::HELP.message(shortened(help)).into());
    }
    let mut text = renderer.render(&[Level::ERROR.primary_title(shortened(&problem.message)).elements(elements)]);
    // The renderer counts columns in the excerpt: on a line that was cut they are not those of the file.
    for excerpt in excerpts.iter().filter(|excerpt| excerpt.column != excerpt.shown_column) {
        let at = |column: usize| format!("{file_name}:{}:{column}", excerpt.line);
        text = text.replacen(&at(excerpt.shown_column), &at(excerpt.column), 1);
    }
    text
}

fn excerpts(source: &Text<'_>, problem: &Problem) -> Vec<Excerpt> {
    let Some(span) = problem.span.as_ref().filter(|_| !source.is_empty()) else {
        return Vec::new();
    };
    let primary = Mark { span: span.clone(), label: String::new(), primary: true };
    let related = problem.related.iter().take(RELATED).map(|(span, label)| Mark {
        span: span.clone(),
        label: label.clone(),
        primary: false,
    });
    source.excerpts(std::iter::once(primary).chain(related).collect())
}

/// A message short enough to be read, and in which nothing is left that a terminal would obey.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(MESSAGE) {
        Some((end, _)) => format!("{}…", visible(text.get(..end).unwrap_or_default())),
        None => visible(text),
    }
}

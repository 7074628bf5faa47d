//! Mends that are safe and mechanical: a rule says which bytes to replace, and by what.
//!
//! A mend belongs to a rule only if it keeps what a cluster or Terraform does, or does what is surely meant, and needs no
//! second step elsewhere. The helpers here give nothing where the text isn't plainly what they expect (an alias, an
//! escaped text, a mapping in braces): then there is no mend, which is no fault.

use crate::hcl::Expr;
use crate::place::{Place, Placed};
use crate::platform::Platform;
use crate::yaml::{Entry, Node, Scalar};

/// Bytes of a file of the platform, and what takes their place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    pub(crate) place: Place,
    pub(crate) text: String,
}

impl Edit {
    /// Puts `text` in the place of what stands at `at`.
    pub fn new(at: impl Placed, text: impl Into<String>) -> Self {
        Self { place: at.place(), text: text.into() }
    }
}

impl Platform {
    /// Another text for a value of YAML, with the quotes or without as it stands there.
    pub fn rewrite(&self, node: &Node, text: &str) -> Option<Edit> {
        self.reworded(node.place(), node.text()?, text)
    }

    /// Another name for a key of YAML.
    pub fn rename(&self, entry: &Entry, key: &str) -> Option<Edit> {
        self.reworded(entry.key_place(), entry.key(), key)
    }

    /// Another text for a literal of Terraform, without the quotes in both.
    pub fn rewrite_literal(&self, expr: &Expr, text: &str) -> Option<Edit> {
        let plain =
            text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !matches!(byte, b'"' | b'\\' | b'$' | b'%'));
        let stands = self.text_at(expr).strip_prefix('"')?.strip_suffix('"')?;
        (plain && stands == expr.as_str()?).then(|| Edit::new(expr, format!("\"{text}\"")))
    }

    /// A value that stands without quotes and is read as a number or a boolean, in quotes.
    pub fn quoted(&self, node: &Node) -> Option<Edit> {
        let is_other = matches!(node.scalar()?, Scalar::Bool(_) | Scalar::Int(_) | Scalar::Float(_));
        let text = node.text().filter(|text| is_other && self.text_at(node) == *text)?;
        Some(Edit::new(node, format!("\"{text}\"")))
    }

    /// A key and its value taken out of a mapping, if they have a line to themselves; the key of the mapping too if
    /// nothing is left in it.
    pub fn without(&self, owner: &Entry, key: &str) -> Option<Edit> {
        let entry = owner.value().entry(key)?;
        let file = self.file_of(entry)?;
        let line = line_of(file.text(), entry)?;
        let own = Place::new(entry.place().file, line.clone());
        if owner.value().entries().len() > 1 {
            return Some(Edit::new(own, ""));
        }
        // `annotations:` in the line before, and nothing else in it.
        let place = owner.key_place();
        let start = indentation(file.text(), place)?.start;
        let between = file.text().get(place.end as usize..line.start)?;
        (between.trim_end_matches([' ', '\r', '\n']) == ":")
            .then(|| Edit::new(Place::new(place.file, start..line.end), ""))
    }

    /// A key and its value put before the first key of a mapping that has a line for each.
    pub fn with_first(&self, map: &Node, key: &str, value: &str) -> Option<Edit> {
        let first = map.entries().first()?;
        let place = first.key_place();
        let text = self.file_of(first)?.text();
        let indent = text.get(indentation(text, place)?)?.to_owned();
        if !is_plain(key) || !is_plain(value) || map.get(key).is_some() {
            return None;
        }
        let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let before = Place::new(place.file, place.start as usize..place.start as usize);
        Some(Edit::new(before, format!("{key}: {value}{ending}{indent}")))
    }

    fn reworded(&self, place: Place, stands: &str, text: &str) -> Option<Edit> {
        let written = self.text_at(&place);
        let quote = match written.chars().next()? {
            quote @ ('"' | '\'') if written.len() >= 2 && written.ends_with(quote) => Some(quote),
            _ => None,
        };
        let inner = quote.map_or(Some(written), |quote| written.strip_prefix(quote)?.strip_suffix(quote))?;
        if inner != stands || !is_plain(text) {
            return None;
        }
        let text = quote.map_or_else(|| text.to_owned(), |quote| format!("{quote}{text}{quote}"));
        Some(Edit::new(place, text))
    }
}

/// A text that YAML reads as that text with quotes or without.
fn is_plain(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./@:".contains(&byte);
    text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && text.bytes().all(allowed)
        && !text.ends_with(':')
        && crate::yaml::plain(text) == Scalar::Text(text)
}

/// What stands before a key that starts its line: nothing but spaces.
fn indentation(text: &str, key: Place) -> Option<std::ops::Range<usize>> {
    let start = text.get(..key.start as usize)?.rfind('\n').map_or(0, |at| at + 1);
    let range = start..key.start as usize;
    text.get(range.clone())?.bytes().all(|byte| byte == b' ').then_some(range)
}

/// The line of a key whose value stands beside it, with its line break.
fn line_of(text: &str, entry: &Entry) -> Option<std::ops::Range<usize>> {
    let (key, value) = (entry.key_place(), entry.value().place());
    let start = indentation(text, key)?.start;
    let rest = text.get(value.end as usize..)?;
    let end = value.end as usize + rest.find('\n').map_or(rest.len(), |at| at + 1);
    let one_line = !text.get(start..value.end as usize)?.contains('\n');
    let tail = text.get(value.end as usize..end)?.trim();
    let written = text.get(value.span())?;
    // A text that goes on in the next line, and an anchor that others may repeat, stay.
    let whole = !written.starts_with(['|', '>', '&', '*']) && !text.get(start..value.start as usize)?.contains('&');
    (one_line && whole && value.start >= key.end && (tail.is_empty() || tail.starts_with('#'))).then_some(start..end)
}

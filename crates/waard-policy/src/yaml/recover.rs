//! What of a broken document can be read: the part that can't is cut out, and the rest is read as if it weren't there.
//!
//! A parser gives up where it notices that something is wrong, which is often behind the mistake: a line without a `:`
//! is noticed at the next one, a bracket that isn't closed at the end. So the lines that may be to blame are tried, the
//! smallest cut first, until the document can be read to its end; if no cut does that, the one that gets furthest is
//! kept, and the next fault is treated the same way. What is cut is replaced by blanks, so that everything else keeps its
//! place, and the value that lost something is marked ([`Node::is_cut`]). Where the broken line has a key that can be
//! read, the key is kept and its value is what is lost. What all attempts read together is bounded.

use std::ops::Range;

use super::node::{Data, Node};
use super::{Document, Fault};

/// Faults in one document that are worked around: more, and it is no YAML.
const MOST_CUTS: usize = 10;
/// How much may be read again, as a multiple of the document.
const MOST_AGAIN: usize = 40;
/// The same in bytes, for large documents.
const MOST_BYTES: usize = 32 << 20;
/// How far back a line is looked for that opens a quote.
const MOST_LINES: usize = 200;

/// What reading a text once gives.
pub(super) struct Attempt {
    pub(super) documents: Vec<Document>,
    pub(super) stop: Option<Stop>,
}

/// Why reading ended early.
pub(super) struct Stop {
    pub(super) fault: Fault,
    /// The byte of the text at which the parser gave up.
    pub(super) at: usize,
    /// Where the collections start that were open there.
    pub(super) open: Vec<usize>,
    /// Whether it is worth trying without a part.
    pub(super) can_recover: bool,
}

/// Reads what can be read of a text that stops at `first`; `None` if nothing can. The faults are those after the first.
pub(super) fn recover(
    text: &str,
    offset: usize,
    first: &Stop,
    parse: &dyn Fn(&str) -> Attempt,
) -> Option<(Vec<Document>, Vec<Fault>)> {
    let mut search =
        Search { offset, parse, budget: text.len().saturating_mul(MOST_AGAIN).min(MOST_BYTES.max(text.len())) };
    search.one_by_one(text, first).or_else(|| {
        // Cutting what is around the first fault loses more, and ends it.
        let around = Lines::of(text).around(text, first.at);
        match search.best(text, first.at, around)? {
            Found::Whole(cut, without, documents) => Some((search.marked(documents, &[cut], &without), Vec::new())),
            Found::Further(..) => None,
        }
    })
}

/// What a cut leads to.
enum Found {
    /// The document can be read to its end.
    Whole(Cut, String, Vec<Document>),
    /// It can be read further than before.
    Further(Cut, String, Stop),
}

struct Search<'p> {
    offset: usize,
    parse: &'p dyn Fn(&str) -> Attempt,
    /// How many bytes may still be read again.
    budget: usize,
}

impl Search<'_> {
    fn one_by_one(&mut self, text: &str, first: &Stop) -> Option<(Vec<Document>, Vec<Fault>)> {
        let mut current = text.to_owned();
        let (mut cuts, mut faults): (Vec<Cut>, Vec<Fault>) = (Vec::new(), Vec::new());
        let (mut at, mut open) = (first.at, first.open.clone());
        while cuts.len() < MOST_CUTS {
            let suspects = Lines::of(&current).suspects(&current, at, &open);
            match self.best(&current, at, suspects)? {
                Found::Whole(cut, without, documents) => {
                    cuts.push(cut);
                    return Some((self.marked(documents, &cuts, &without), faults));
                }
                Found::Further(cut, without, stop) => {
                    cuts.push(cut);
                    faults.push(stop.fault);
                    (current, at, open) = (without, stop.at, stop.open);
                }
            }
        }
        None
    }

    /// The first cut without which the text can be read, or else the one that gets furthest.
    fn best(&mut self, text: &str, at: usize, cuts: Vec<Cut>) -> Option<Found> {
        let mut best: Option<(Cut, String, Stop)> = None;
        for cut in cuts {
            self.budget = self.budget.checked_sub(text.len())?;
            let without = cut.apply(text);
            let attempt = (self.parse)(&without);
            let Some(stop) = attempt.stop else { return Some(Found::Whole(cut, without, attempt.documents)) };
            let further = stop.can_recover && stop.at > at && stop.at >= cut.range.end;
            if further && best.as_ref().is_none_or(|(.., reached)| stop.at > reached.at) {
                best = Some((cut, without, stop));
            }
        }
        best.map(|(cut, without, stop)| Found::Further(cut, without, stop))
    }

    fn marked(&self, mut documents: Vec<Document>, cuts: &[Cut], without: &str) -> Vec<Document> {
        for cut in cuts {
            let start = self.offset + cut.at;
            let within = documents.iter().rposition(|document| document.root.place.start as usize <= start);
            if let Some(document) = documents.get_mut(within.unwrap_or(0)) {
                cut.mark(&mut document.root, without, self.offset);
            }
        }
        documents
    }
}

/// Something that is taken out of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cut {
    range: Range<usize>,
    /// Where the line starts without its indentation.
    at: usize,
    column: usize,
    /// An item of a list.
    item: bool,
    /// The key whose value it is, if that stays.
    key: Option<usize>,
}

impl Cut {
    /// The text with blanks in its place.
    fn apply(&self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        for byte in bytes.get_mut(self.range.clone()).into_iter().flatten() {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        // Ranges start and end at characters, so that this is a text again.
        String::from_utf8(bytes).unwrap_or_default()
    }

    /// Marks the value that lost something.
    fn mark(&self, root: &mut Node, text: &str, offset: usize) {
        if !self.key.is_some_and(|key| mark_value(root, offset + key)) {
            mark_around(root, self, text, offset);
        }
    }
}

/// Marks the value of the key that starts at a byte.
fn mark_value(node: &mut Node, key: usize) -> bool {
    match &mut node.data {
        Data::Scalar { .. } => false,
        Data::Sequence(items) => {
            let last = items.iter().rposition(|item| item.place.start as usize <= key);
            last.and_then(|last| items.get_mut(last)).is_some_and(|item| mark_value(item, key))
        }
        Data::Mapping(entries) => {
            let last = entries.iter().rposition(|entry| entry.key_place.start as usize <= key);
            let Some(entry) = last.and_then(|last| entries.get_mut(last)) else { return false };
            if entry.key_place.start as usize == key {
                entry.value.cut = true;
                return true;
            }
            mark_value(&mut entry.value, key)
        }
    }
}

/// Marks the value in which something stood, as its column tells.
fn mark_around(node: &mut Node, cut: &Cut, text: &str, offset: usize) {
    let before = |start: u32| (start as usize) < offset + cut.at;
    let column = |start: u32| {
        let at = (start as usize).saturating_sub(offset);
        at - text.get(..at).and_then(|text| text.rfind('\n')).map_or(0, |line| line + 1)
    };
    let inner = match &mut node.data {
        Data::Scalar { .. } => None,
        Data::Sequence(items) => {
            let last = items.iter().rposition(|item| before(item.place.start));
            last.and_then(|last| items.get_mut(last)).filter(|item| column(item.place.start) <= cut.column)
        }
        Data::Mapping(entries) => {
            let last = entries.iter().rposition(|entry| before(entry.key_place.start));
            let entry = last.and_then(|last| entries.get_mut(last)).filter(|entry| {
                let key = column(entry.key_place.start);
                // A list may start in the column of its key.
                key < cut.column || (key == cut.column && cut.item && !entry.value.is_map())
            });
            // What stands below a single value belonged beside it.
            let holds = |node: &Node| node.is_null() || node.is_map() || node.is_list();
            entry.map(|entry| &mut entry.value).filter(|value| holds(value))
        }
    };
    match inner {
        Some(inner) => mark_around(inner, cut, text, offset),
        None => node.cut = true,
    }
}

/// The lines of a text.
struct Lines(Vec<Line>);

#[derive(Clone, Copy)]
struct Line {
    start: usize,
    end: usize,
    /// Blanks before its first character; tabs count as one.
    indent: usize,
    /// Nothing but blanks or a comment.
    empty: bool,
}

impl Lines {
    fn of(text: &str) -> Self {
        let mut at = 0;
        let line = |line: &str| {
            let start = at;
            at += line.len();
            let content = line.trim_end_matches(['\n', '\r']);
            let rest = content.trim_start_matches([' ', '\t']);
            let empty =
                rest.trim_start_matches('\u{feff}').is_empty() || rest.starts_with('#') || content.starts_with("---");
            Line { start, end: start + content.len(), indent: content.len() - rest.len(), empty }
        };
        Self(text.split_inclusive('\n').map(line).collect())
    }

    fn get(&self, number: usize) -> Option<Line> {
        self.0.get(number).copied()
    }

    /// The last line that isn't empty, up to the one at a byte.
    fn at(&self, byte: usize) -> Option<usize> {
        let after = self.0.partition_point(|line| line.start <= byte);
        self.before(after)
    }

    /// The last line before one that isn't empty.
    fn before(&self, number: usize) -> Option<usize> {
        self.0.get(..number)?.iter().rposition(|line| !line.empty)
    }

    /// The line behind everything that belongs to a line: what is indented further.
    fn block_end(&self, number: usize, indent: usize) -> usize {
        let rest = self.0.get(number + 1..).unwrap_or_default();
        let next = rest.iter().position(|line| !line.empty && line.indent <= indent);
        next.map_or(self.0.len(), |next| number + 1 + next)
    }

    /// Cuts of lines that may be to blame for what is noticed at a byte, the smallest first.
    fn suspects(&self, text: &str, at: usize, open: &[usize]) -> Vec<Cut> {
        let mut blamed: Vec<usize> = Vec::new();
        let mut blame = |number: Option<usize>| {
            if let Some(number) = number.filter(|number| !blamed.contains(number)) {
                blamed.push(number);
            }
        };
        let noticed = self.at(at);
        blame(noticed);
        blame(noticed.and_then(|number| self.before(number)));
        // A tab in the indentation, of which the value in front of it is told.
        let near = noticed.map_or(0..0, |number| number..(number + 3).min(self.0.len()));
        blame(near.into_iter().find(|number| {
            let line = self.get(*number).and_then(|line| text.get(line.start..line.start + line.indent));
            line.is_some_and(|indent| indent.contains('\t'))
        }));
        // Brackets that are open there.
        let is_flow = |byte: &&usize| text.get(**byte..).is_some_and(|rest| rest.starts_with(['[', '{']));
        blame(open.iter().rev().find(is_flow).and_then(|byte| self.at(*byte)));
        blame(open.iter().find(is_flow).and_then(|byte| self.at(*byte)));
        // Quotes that are never closed, or were never opened.
        let from = noticed.map_or(0, |number| number.saturating_sub(MOST_LINES));
        let mut odd = (from..=noticed.unwrap_or(0)).filter(|number| {
            let line = self.get(*number).and_then(|line| text.get(line.start..line.end)).unwrap_or_default();
            ['"', '\''].iter().any(|quote| line.matches(*quote).count() % 2 == 1)
        });
        blame(odd.next());
        blame(odd.next_back());
        let mut cuts: Vec<Cut> = blamed.into_iter().flat_map(|number| self.cuts(text, number)).collect();
        // A line that is neither a key nor an item is blamed before its neighbours.
        let fits = |cut: &Cut| {
            let line = self.at(cut.at).and_then(|number| self.get(number));
            let content = line.and_then(|line| text.get(line.start..line.end)).unwrap_or_default().trim();
            content.starts_with("- ") || content == "-" || content.contains(": ") || content.ends_with(':')
        };
        cuts.sort_by_key(|cut| (fits(cut), cut.range.len(), cut.range.start));
        cuts.dedup();
        cuts
    }

    /// Cuts of what is around a byte: the value that it is in, the one around that, and at last all that follows.
    fn around(&self, text: &str, at: usize) -> Vec<Cut> {
        let Some(mut number) = self.at(at) else { return Vec::new() };
        let mut cuts = Vec::new();
        while let Some(line) = self.get(number) {
            let outer = self
                .0
                .get(..number)
                .and_then(|above| above.iter().rposition(|other| !other.empty && other.indent < line.indent));
            let Some(outer) = outer else { break };
            cuts.extend(self.cuts(text, outer).into_iter().filter(|cut| cut.key.is_some() || cut.item));
            number = outer;
        }
        if let Some(line) = self.get(number) {
            cuts.push(Cut {
                range: line.start..text.len(),
                at: line.start + line.indent,
                column: line.indent,
                item: false,
                key: None,
            });
        }
        cuts
    }

    /// Ways to leave a line out: its value, all of it, and all of it with what is indented further.
    fn cuts(&self, text: &str, number: usize) -> Vec<Cut> {
        let Some(line) = self.get(number) else { return Vec::new() };
        let content = text.get(line.start..line.end).unwrap_or_default();
        let at = line.start + line.indent;
        let item = content.get(line.indent..).is_some_and(|rest| rest == "-" || rest.starts_with("- "));
        let whole = |end: usize| Cut { range: line.start..end, at, column: line.indent, item, key: None };
        let mut cuts = Vec::new();
        if let Some((key, value)) = key_and_value(content) {
            let column = key;
            let end = self.end_of(self.block_end(number, column)).max(line.end);
            let (key, start) = (Some(line.start + key), line.start + value);
            if start < end {
                cuts.push(Cut { range: start..end, at: start, column, item: false, key });
            }
        }
        cuts.push(whole(line.end));
        let end = self.end_of(self.block_end(number, line.indent));
        if end > line.end {
            cuts.push(whole(end));
        }
        cuts
    }

    /// The end of the line before one.
    fn end_of(&self, number: usize) -> usize {
        number.checked_sub(1).and_then(|last| self.get(last)).map_or(0, |line| line.end)
    }
}

/// Where the key of a line starts and where its value does, if there is a key that can be read: `  - name: …`.
fn key_and_value(line: &str) -> Option<(usize, usize)> {
    let mut start = 0;
    loop {
        let rest = line.get(start..)?;
        start += rest.len() - rest.trim_start_matches(' ').len();
        match line.get(start..)?.strip_prefix("- ") {
            Some(_) => start += 2,
            None => break,
        }
    }
    let rest = line.get(start..)?;
    let length = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !"_-./".contains(letter))?;
    let plain = length > 0 && !rest.starts_with('-');
    let after = rest.get(length..)?.strip_prefix(':')?;
    (plain && (after.is_empty() || after.starts_with(' '))).then_some((start, start + length + 1))
}

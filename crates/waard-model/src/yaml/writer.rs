//! The text under construction: lines, indentation, scalars, and the fields of a struct put into order.
//!
//! Columns are known before anything is written: each node is told where its lines start, so nothing is indented
//! afterwards, and the fields of a struct can change places as they are.

use super::quote::{self, Block, Chomp, Style};
use super::value::Value;
use super::{Order, order};

/// A key that is longer needs the form `? key`: readers look for the `:` of a simple key in 1024 characters.
const LONGEST_SIMPLE_KEY: usize = 1000;

/// Writes one document at the end of a string.
pub(super) struct Writer<'o> {
    pub(super) out: &'o mut String,
    pub(super) order: Order,
    /// Whether blocks may keep several line breaks at their end.
    keep: bool,
    /// The fields of all structs that are being written, innermost last.
    fields: Vec<Field>,
    /// Where fields are put into order, kept for its memory.
    scratch: String,
}

/// The lines of one field, from its key to its last line break.
#[derive(Clone, Copy)]
struct Field {
    rank: u16,
    start: usize,
    end: usize,
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// At the start of the document.
    Root,
    /// After `- `.
    Item,
    /// After `key:`.
    Key,
}

impl<'o> Writer<'o> {
    pub(super) fn new(out: &'o mut String, order: Order, keep: bool) -> Self {
        Self { out, order, keep, fields: Vec::new(), scratch: String::new() }
    }

    /// The whole document as a value to be serialized into.
    pub(super) fn root(&mut self) -> Value<'_, 'o> {
        Value { writer: self, at: At::Root, indent: 0, depth: 0 }
    }

    /// Starts an entry of a collection whose lines are indented by `indent`; the first one may continue a line.
    pub(super) fn entry(&mut self, first: bool, at: At, indent: usize) {
        match (first, at) {
            (true, At::Root | At::Item) => {}
            (true, At::Key) => {
                self.out.push('\n');
                spaces(self.out, indent);
            }
            (false, _) => spaces(self.out, indent),
        }
    }

    /// Writes what fits on the line: a number, `{}`.
    pub(super) fn bare(&mut self, at: At, text: &str) {
        self.gap(at);
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// The blank between `key:` and a scalar.
    pub(super) fn gap(&mut self, at: At) {
        if at == At::Key {
            self.out.push(' ');
        }
    }

    /// Writes a string as a value.
    pub(super) fn string(&mut self, at: At, indent: usize, text: &str) {
        self.gap(at);
        match quote::style(text, self.keep) {
            Style::Plain => self.out.push_str(text),
            // At the root a block would stand at the start of the line, among `---` and comments.
            Style::Literal(block) if at != At::Root => return self.block(block, indent, text),
            Style::Literal(_) | Style::Quoted => quote::double_quoted(self.out, text),
        }
        self.out.push('\n');
    }

    fn block(&mut self, block: Block, indent: usize, text: &str) {
        self.out.push('|');
        if block.indicator {
            // Relative to the column of the key or dash, which is always two to the left.
            self.out.push('2');
        }
        match block.chomp {
            Chomp::Strip => self.out.push('-'),
            Chomp::Clip => {}
            Chomp::Keep => self.out.push('+'),
        }
        self.out.push('\n');
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            if !line.is_empty() {
                spaces(self.out, indent);
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }

    /// Writes a key and its colon, in a mapping whose lines are indented by `indent`.
    pub(super) fn key(&mut self, indent: usize, text: &str) {
        let start = self.out.len();
        if quote::is_plain(text) {
            self.out.push_str(text);
        } else {
            quote::double_quoted(self.out, text);
        }
        if self.out.len() - start > LONGEST_SIMPLE_KEY {
            self.out.insert_str(start, "? ");
            self.out.push('\n');
            spaces(self.out, indent);
        }
        self.out.push(':');
    }

    /// How many fields of enclosing structs are being written: where those of a new struct start.
    pub(super) fn fields_so_far(&self) -> usize {
        self.fields.len()
    }

    /// Remembers that the key of a field starts here; says its rank.
    pub(super) fn field(&mut self, key: &'static str) -> u16 {
        let rank = order::rank(key);
        self.fields.push(Field { rank, start: self.out.len(), end: 0 });
        rank
    }

    /// Remembers that the last field ends here.
    pub(super) fn field_end(&mut self) {
        if let Some(field) = self.fields.last_mut() {
            field.end = self.out.len();
        }
    }

    /// Ends a struct whose fields start at `base`: unless they are in order already, puts them there.
    pub(super) fn end_fields(&mut self, base: usize, ordered: bool, indent: usize) {
        if !ordered && let Some(fields) = self.fields.get_mut(base..) {
            let mut position = fields.iter().map(|field| field.start).min().unwrap_or(0);
            fields.sort_unstable_by_key(|field| (field.rank, field.start));
            // Those in front that are in place already stay there.
            let mut rest = fields.iter().skip_while(|field| {
                let in_place = field.start == position;
                if in_place {
                    position = field.end + indent;
                }
                in_place
            });
            self.scratch.clear();
            if let Some(field) = rest.next() {
                self.scratch.push_str(self.out.get(field.start..field.end).unwrap_or_default());
            }
            for field in rest {
                spaces(&mut self.scratch, indent);
                self.scratch.push_str(self.out.get(field.start..field.end).unwrap_or_default());
            }
            self.out.truncate(position);
            self.out.push_str(&self.scratch);
        }
        self.fields.truncate(base);
    }
}

fn spaces(out: &mut String, count: usize) {
    const SPACES: &str = "                                                                ";
    let mut left = count;
    while left > 0 {
        let some = SPACES.get(..left).unwrap_or(SPACES);
        out.push_str(some);
        left -= some.len();
    }
}

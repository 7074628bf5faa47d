//! YAML as a tree that knows where each value stands.
//!
//! The parser is granit-parser; here its events become nodes, and everything that a topology has no use
//! for, or that could make reading slow, is refused: more than one document, tags, merge keys, repeated
//! keys, nesting deeper than [`MAX_DEPTH`], and more than [`MAX_NODES`] values once aliases are expanded.

use std::collections::{BTreeMap, btree_map};
use std::ops::Range;

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span};

use super::problem::Problem;
use super::syntax;
use crate::path::{ModelPath, Segment};

/// The deepest nesting that is read. The topology itself needs less than half of it.
pub const MAX_DEPTH: usize = 24;
/// The most values that a file may hold, aliases counted as often as they are used.
pub const MAX_NODES: usize = 200_000;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    pub(crate) data: Data,
}

#[derive(Clone, Debug)]
pub(crate) enum Data {
    /// A text, and whether it stands without quotes.
    Scalar {
        text: String,
        plain: bool,
    },
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_plain: bool,
    pub(crate) key_span: Range<usize>,
    pub(crate) value: Node,
}

impl Node {
    /// What it is, with its article.
    pub(crate) fn what(&self) -> &'static str {
        match &self.data {
            Data::Scalar { text, plain: true } if matches!(&**text, "" | "~" | "null" | "Null" | "NULL") => "nothing",
            Data::Scalar { .. } => "a single value",
            Data::Sequence(_) => "a sequence",
            Data::Mapping(_) => "a mapping",
        }
    }

    /// True if nothing stands there.
    pub(crate) fn is_nothing(&self) -> bool {
        self.what() == "nothing"
    }
}

/// Where each part of a topology stands in its file.
#[derive(Debug)]
pub struct SourceMap {
    root: Node,
}

impl SourceMap {
    pub(crate) const fn new(root: Node) -> Self {
        Self { root }
    }

    /// Where `path` stands, in bytes: a single value itself, anything larger by its key.
    /// A path that isn't in the file, because it has its default, stands where the nearest one above it does.
    pub fn span(&self, path: &ModelPath) -> Range<usize> {
        self.find(path, false).unwrap_or(0..0)
    }

    /// The key of `path`, where [`span`](Self::span) is its value.
    pub(crate) fn key_span(&self, path: &ModelPath) -> Range<usize> {
        self.find(path, true).unwrap_or(0..0)
    }

    /// `None` if not even the first step of the path is in the file.
    pub(crate) fn find(&self, path: &ModelPath, by_key: bool) -> Option<Range<usize>> {
        let mut node = &self.root;
        let mut best = None;
        for segment in path.segments() {
            let (next, key_span) = match (&node.data, segment) {
                (Data::Mapping(entries), Segment::Key(key)) => match entries.iter().find(|entry| *entry.key == **key) {
                    Some(entry) => (&entry.value, Some(entry.key_span.clone())),
                    None => break,
                },
                (Data::Sequence(items), Segment::Index(index)) => match items.get(*index) {
                    Some(item) => (item, None),
                    None => break,
                },
                _ => break,
            };
            node = next;
            best = Some(match (&node.data, key_span) {
                (_, Some(key)) if by_key => key,
                (Data::Scalar { text, .. }, Some(key)) if text.is_empty() => key,
                (Data::Scalar { .. }, _) | (_, None) => node.span.clone(),
                (_, Some(key)) => key,
            });
        }
        best
    }
}

struct Builder<'t> {
    text: &'t str,
    problems: Vec<Problem>,
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
}

type Fail = Box<Problem>;

/// Parses `text`; problems that leave a usable tree come beside it.
pub(crate) fn parse(text: &str) -> Result<(Node, Vec<Problem>), Fail> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut options = Options::default();
    options.flow_nesting_limit = MAX_DEPTH * 2;
    options.block_nesting_limit = MAX_DEPTH * 2;
    options.emit_comments = false;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder { text, problems: Vec::new(), anchors: BTreeMap::new(), nodes: 0 };
    let mut root = None;
    if body.trim().is_empty() {
        return Err(builder.nothing("the file is empty"));
    }
    while let Some((event, span)) = builder.next(&mut parser)? {
        match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            Event::DocumentStart(..) if root.is_none() => {}
            _ if root.is_some() => {
                let at = builder.range(&span);
                let problem = builder.problem(at, "a second document starts here");
                return Err(Box::new(problem.with_help("one file is one topology; remove what follows `---`")));
            }
            event => {
                let (node, _) = builder.node(&mut parser, event, &span, 0)?;
                root = Some(node);
            }
        }
    }
    match root {
        Some(root) => Ok((root, builder.problems)),
        None => Err(builder.nothing("the file holds no value")),
    }
}

impl<'t> Builder<'t> {
    fn range(&self, span: &Span) -> Range<usize> {
        let range = span.byte_range().unwrap_or(0..0);
        let end = range.end.min(self.text.len());
        range.start.min(end)..end
    }

    /// There is nothing in the file.
    fn nothing(&self, message: &str) -> Fail {
        Box::new(self.problem(0..0, message).with_help("the shortest topology is in fixtures/minimal/waard.yaml"))
    }

    fn problem(&self, span: Range<usize>, message: impl Into<String>) -> Problem {
        let end = span.end.min(self.text.len());
        Problem::new(span.start.min(end)..end, ModelPath::ROOT, message)
    }

    fn next(&self, parser: &mut Parser<'t, granit_parser::StrInput<'t>>) -> Result<Option<(Event<'t>, Span)>, Fail> {
        match parser.next_event() {
            None => Ok(None),
            Some(Ok(found)) => Ok(Some(found)),
            Some(Err(error)) => Err(Box::new(self.syntax(&error))),
        }
    }

    fn syntax(&self, error: &ScanError) -> Problem {
        let at = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let mut start = at;
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let (span, message, help) = syntax::explain(error.kind(), self.text, start);
        self.problem(span, message).with_help(help)
    }

    /// The tag that stands before a value.
    fn tag_before(&self, value: &Range<usize>) -> Range<usize> {
        let head = self.text.get(..value.start).unwrap_or_default().trim_end();
        let start = head.rfind(|c: char| c.is_whitespace() || "[{,".contains(c)).map_or(0, |at| at + 1);
        match head.get(start..) {
            Some(tag) if tag.starts_with('!') => start..head.len(),
            _ => value.clone(),
        }
    }

    /// Counts values, whether written or reached through an alias.
    fn count(&mut self, more: usize, span: &Range<usize>) -> Result<(), Fail> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes > MAX_NODES {
            let message = format!("here the file has more than {MAX_NODES} values, counting those that aliases repeat");
            return Err(Box::new(self.problem(span.clone(), message).with_help("say what repeats once, as a profile")));
        }
        Ok(())
    }

    /// The node that starts with `event`, and how many values it holds.
    fn node(
        &mut self,
        parser: &mut Parser<'t, granit_parser::StrInput<'t>>,
        event: Event<'t>,
        span: &Span,
        depth: usize,
    ) -> Result<(Node, usize), Fail> {
        let start = self.range(span);
        if depth > MAX_DEPTH {
            return Err(Box::new(
                self.problem(start, format!("values are nested more than {MAX_DEPTH} deep here"))
                    .with_help("no part of a topology is that deep"),
            ));
        }
        self.count(1, &start)?;
        let (anchor, tag) = match &event {
            Event::Scalar(_, _, anchor, tag)
            | Event::SequenceStart(_, anchor, tag)
            | Event::MappingStart(_, anchor, tag) => (*anchor, tag.is_some()),
            _ => (0, false),
        };
        if tag {
            let problem = self
                .problem(self.tag_before(&start), "tags are not used in a topology")
                .with_help("remove the `!…`; values have the types of their keys");
            self.problems.push(problem);
        }
        let (node, size) = match event {
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                (Node { span: start, data: Data::Scalar { text: text.into_owned(), plain } }, 1)
            }
            Event::Alias(id) => {
                if let Some((node, size)) = self.anchors.get(&id) {
                    let (node, size) = (node.clone(), *size);
                    self.count(size, &start)?;
                    (Node { span: start, data: node.data }, size)
                } else {
                    let problem = self.problem(start, "this alias stands inside the value that it repeats");
                    return Err(Box::new(problem.with_help("write the value out")));
                }
            }
            Event::SequenceStart(..) => self.sequence(parser, start, depth)?,
            Event::MappingStart(..) => self.mapping(parser, start, depth)?,
            _ => return Err(Box::new(self.problem(start, "a value was expected here"))),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok((node, size))
    }

    fn sequence(
        &mut self,
        parser: &mut Parser<'t, granit_parser::StrInput<'t>>,
        start: Range<usize>,
        depth: usize,
    ) -> Result<(Node, usize), Fail> {
        let (mut items, mut size, mut end) = (Vec::new(), 1, start.end);
        while let Some((event, span)) = self.next(parser)? {
            end = end.max(self.range(&span).end);
            if matches!(event, Event::SequenceEnd) {
                break;
            }
            let (node, inner) = self.node(parser, event, &span, depth + 1)?;
            size += inner;
            items.push(node);
        }
        Ok((Node { span: start.start..end, data: Data::Sequence(items) }, size))
    }

    fn mapping(
        &mut self,
        parser: &mut Parser<'t, granit_parser::StrInput<'t>>,
        start: Range<usize>,
        depth: usize,
    ) -> Result<(Node, usize), Fail> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen: BTreeMap<String, Range<usize>> = BTreeMap::new();
        let mut merged: Vec<Entry> = Vec::new();
        let (mut size, mut end) = (1, start.end);
        while let Some((event, span)) = self.next(parser)? {
            end = end.max(self.range(&span).end);
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let (key_node, _) = self.node(parser, event, &span, depth + 1)?;
            let Some((event, span)) = self.next(parser)? else {
                break;
            };
            let (value, inner) = self.node(parser, event, &span, depth + 1)?;
            size += inner + 1;
            end = end.max(value.span.end);
            let key_span = key_node.span;
            let Data::Scalar { text: key, plain: key_plain } = key_node.data else {
                let problem =
                    self.problem(key_span, "a key must be a single value").with_help("write a name before the `:`");
                self.problems.push(problem);
                continue;
            };
            if key == "<<" && key_plain {
                let problem = self
                    .problem(key_span, "merge keys (`<<`) are not used in a topology")
                    .with_help("say what regions share once, as a profile under `clusters`");
                self.problems.push(problem);
                // Read on as if they were, so that nothing seems to be missing.
                if let Data::Mapping(more) = value.data {
                    merged.extend(more);
                }
                continue;
            }
            if let Some(first) = seen.get(&key) {
                let problem = self
                    .problem(key_span, format!("the key `{key}` stands twice"))
                    .with_help("keep one of the two; YAML readers disagree on which one counts")
                    .with_related(first.clone(), "first here");
                self.problems.push(problem);
                continue;
            }
            seen.insert(key.clone(), key_span.clone());
            entries.push(Entry { key, key_plain, key_span, value });
        }
        for entry in merged {
            if let btree_map::Entry::Vacant(vacant) = seen.entry(entry.key.clone()) {
                vacant.insert(entry.key_span.clone());
                entries.push(entry);
            }
        }
        Ok((Node { span: start.start..end, data: Data::Mapping(entries) }, size))
    }
}

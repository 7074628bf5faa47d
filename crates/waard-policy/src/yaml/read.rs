//! From text to documents: granit-parser's events become nodes, one document at a time.

use std::collections::BTreeMap;
use std::ops::Range;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span, StrInput};
use waard_model::source::syntax;

use super::node::{Data, Entry, Node};
use super::recover::{Attempt, Stop, recover};
use super::scalar::{Scalar, resolve};
use super::{Document, Fault, Trap, TrapKind};
use crate::place::Place;

/// The deepest nesting that is read: schemas in CustomResourceDefinitions take about 70.
const MAX_DEPTH: usize = 160;
/// The most values in a file, those that anchors keep and aliases repeat included, and each [`TEXT`] bytes of a text as
/// one more: what a file makes of memory is bounded by this.
const MAX_NODES: usize = 2_000_000;
const TEXT: usize = 64;

/// Every document of a file that holds something, and why others can't be read. Of those, what can be read is there too.
pub(crate) fn documents(text: &str, file: u32) -> (Vec<Document>, Vec<Fault>) {
    let (mut documents, mut faults, mut nodes) = (Vec::new(), Vec::new(), 0);
    for chunk in chunks(text) {
        let chunk_text = text.get(chunk.clone()).unwrap_or_default();
        let (attempt, counted) = attempt(chunk_text, chunk.start, file, nodes);
        let mut found = attempt.documents;
        if let Some(stop) = attempt.stop {
            if stop.can_recover {
                let again = |text: &str| self::attempt(text, chunk.start, file, nodes).0;
                if let Some((readable, more)) = recover(chunk_text, chunk.start, &stop, &again) {
                    found = readable.into_iter().filter(|document| !document.root.is_null()).collect();
                    faults.push(stop.fault);
                    faults.extend(more);
                    documents.append(&mut found);
                    nodes = counted;
                    continue;
                }
            }
            faults.push(stop.fault);
        }
        documents.append(&mut found);
        nodes = counted;
        if nodes > MAX_NODES {
            break;
        }
    }
    (documents, faults)
}

/// Reads a text once, and counts its values on top of `nodes`.
fn attempt(text: &str, offset: usize, file: u32, nodes: usize) -> (Attempt, usize) {
    let mut options = Options::default();
    options.flow_nesting_limit = MAX_DEPTH * 2;
    options.block_nesting_limit = MAX_DEPTH * 2;
    options.emit_comments = false;
    let mut reader = Reader {
        text,
        offset,
        file,
        parser: Parser::new_from_str_with_options(text, options),
        anchors: BTreeMap::new(),
        traps: Vec::new(),
        nodes,
        open: Vec::new(),
        broken_at: None,
    };
    let mut documents = Vec::new();
    let stop = reader.stream(&mut documents).err().map(|fault| Stop {
        at: reader.broken_at.unwrap_or_default(),
        can_recover: reader.broken_at.is_some(),
        open: std::mem::take(&mut reader.open),
        fault: *fault,
    });
    (Attempt { documents, stop }, reader.nodes)
}

/// The parts of a text between `---`, each from its marker on: no value can hold such a line, so a fault ends there.
fn chunks(text: &str) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let marker =
            line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']));
        if marker && at > 0 {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let ranges: Vec<Range<usize>> = starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect();
    ranges.into_iter().filter(|range| holds_something(text.get(range.clone()).unwrap_or_default())).collect()
}

/// Whether there is more than comments, directives and markers.
fn holds_something(chunk: &str) -> bool {
    let ignored = |line: &str| {
        let line = line.trim_start_matches('\u{feff}').trim();
        line.is_empty() || line.starts_with('#') || line == "---" || line == "..."
    };
    chunk.lines().any(|line| !ignored(line) && !line.starts_with('%'))
}

type Fail = Box<Fault>;

struct Reader<'t> {
    text: &'t str,
    offset: usize,
    file: u32,
    parser: Parser<'t, StrInput<'t>>,
    anchors: BTreeMap<usize, (Node, usize)>,
    traps: Vec<Trap>,
    nodes: usize,
    /// Where the collections start that are being read.
    open: Vec<usize>,
    /// Where the parser gave up on something that may be left out.
    broken_at: Option<usize>,
}

impl<'t> Reader<'t> {
    fn stream(&mut self, documents: &mut Vec<Document>) -> Result<(), Fail> {
        while let Some((event, span)) = self.next()? {
            match event {
                Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
                Event::DocumentStart(..) => self.anchors.clear(),
                event => {
                    let (root, _) = self.node(event, &span, 0)?;
                    let traps = std::mem::take(&mut self.traps);
                    if !root.is_null() {
                        documents.push(Document { root, traps });
                    }
                }
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<(Event<'t>, Span)>, Fail> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok(found)) => Ok(Some(found)),
            Some(Err(error)) => {
                let mut at = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
                while !self.text.is_char_boundary(at) {
                    at -= 1;
                }
                if let Some(fault) = self.template(at) {
                    return Err(fault);
                }
                self.broken_at = Some(at);
                let (span, message, help) = syntax::explain(error.kind(), self.text, at);
                Err(self.fault(span, message, help))
            }
        }
    }

    /// What isn't YAML because a template engine makes YAML of it.
    fn template(&self, at: usize) -> Option<Fail> {
        let start = self.text.get(..at)?.rfind('\n').map_or(0, |at| at + 1);
        let from = self.text.get(start..)?.find("{{").map(|more| start + more).or_else(|| self.text.find("{{"))?;
        let message = "this is a template of Helm or another tool, and becomes YAML once it is rendered";
        let help = "render it (`helm template …`) and judge what comes out";
        Some(self.fault(from..from + 2, message.to_owned(), help.to_owned()))
    }

    #[expect(clippy::unnecessary_box_returns, reason = "it is what every caller returns as an error")]
    fn fault(&self, span: Range<usize>, message: String, help: String) -> Fail {
        Box::new(Fault { place: self.place(span), message, help })
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place::new(self.file, self.offset + span.start..self.offset + span.end)
    }

    fn range(&self, span: &Span) -> Range<usize> {
        let range = span.byte_range().unwrap_or(0..0);
        let end = range.end.min(self.text.len());
        range.start.min(end)..end
    }

    fn count(&mut self, more: usize, at: &Range<usize>) -> Result<(), Fail> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes > MAX_NODES {
            let message = format!("here the file has more than {MAX_NODES} values, counting those that aliases repeat");
            return Err(self.fault(at.clone(), message, "divide the file, or write aliases out".to_owned()));
        }
        Ok(())
    }

    /// The node that starts with `event`, and how many values it holds.
    fn node(&mut self, event: Event<'t>, span: &Span, depth: usize) -> Result<(Node, usize), Fail> {
        let start = self.range(span);
        if depth > MAX_DEPTH {
            let message = format!("values are nested more than {MAX_DEPTH} deep here");
            return Err(self.fault(start, message, "nothing that a cluster takes is that deep".to_owned()));
        }
        self.count(1, &start)?;
        let place = self.place(start.clone());
        let (anchor, is_text) = match &event {
            Event::Scalar(_, _, anchor, tag) => {
                (*anchor, tag.as_ref().is_some_and(|tag| tag.is_yaml_core_schema_tag("str")))
            }
            Event::SequenceStart(_, anchor, _) | Event::MappingStart(_, anchor, _) => (*anchor, false),
            _ => (0, false),
        };
        let (node, size) = match event {
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain && !is_text;
                if plain {
                    self.note(&text, place);
                }
                let size = 1 + text.len() / TEXT;
                (Node { place, data: Data::Scalar { text: text.into_owned().into(), plain }, cut: false }, size)
            }
            Event::Alias(id) => {
                let Some((node, size)) = self.anchors.get(&id) else {
                    let message = "this alias stands inside the value that it repeats".to_owned();
                    return Err(self.fault(start, message, "write the value out".to_owned()));
                };
                let (data, cut, size) = (node.data.clone(), node.cut, *size);
                self.count(size, &start)?;
                (Node { place, data, cut }, size)
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                // After a fault it stays as it was there.
                self.open.push(start.start);
                let list = matches!(event, Event::SequenceStart(..));
                let found = if list { self.sequence(&start, depth)? } else { self.mapping(&start, depth)? };
                self.open.pop();
                found
            }
            _ => return Err(self.fault(start, "a value was expected here".to_owned(), "write one".to_owned())),
        };
        if anchor != 0 {
            self.count(size, &start)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok((node, size))
    }

    /// Notes text without quotes that is read as something else than it looks like.
    fn note(&mut self, text: &str, place: Place) {
        let kind = match resolve(text) {
            Scalar::Bool(_) if !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false") => {
                TrapKind::Boolean { text: text.to_owned() }
            }
            Scalar::Int(_) | Scalar::Float(_) => {
                let digits = text.trim_start_matches(['+', '-']).as_bytes();
                let based = matches!(digits, [b'0', b'b' | b'B' | b'o' | b'O' | b'x' | b'X' | b'0'..=b'9', ..]);
                if !based && !text.contains('_') {
                    return;
                }
                TrapKind::Number { text: text.to_owned() }
            }
            _ => return,
        };
        self.traps.push(Trap { place, kind });
    }

    fn sequence(&mut self, start: &Range<usize>, depth: usize) -> Result<(Node, usize), Fail> {
        let (mut items, mut size, mut end) = (Vec::new(), 1, start.end);
        while let Some((event, span)) = self.next()? {
            if matches!(event, Event::SequenceEnd) {
                // The end of a block is where the next thing starts, which is too far; that of a flow is its bracket.
                if self.text.get(start.clone()).is_some_and(|text| text.starts_with('[')) {
                    end = end.max(self.range(&span).end);
                }
                break;
            }
            let (node, inner) = self.node(event, &span, depth + 1)?;
            size += inner;
            end = end.max((node.place.end as usize).saturating_sub(self.offset));
            items.push(node);
        }
        Ok((Node { place: self.place(start.start..end), data: Data::Sequence(items), cut: false }, size))
    }

    fn mapping(&mut self, start: &Range<usize>, depth: usize) -> Result<(Node, usize), Fail> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut merged: Vec<Node> = Vec::new();
        let (mut size, mut end) = (1, start.end);
        let mut seen = Seen::default();
        while let Some((event, span)) = self.next()? {
            if matches!(event, Event::MappingEnd) {
                if self.text.get(start.clone()).is_some_and(|text| text.starts_with('{')) {
                    end = end.max(self.range(&span).end);
                }
                break;
            }
            let plain_merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, ..) if &**text == "<<");
            let (key_node, of_key) = self.node(event, &span, depth + 1)?;
            let Some((event, span)) = self.next()? else { break };
            let (value, inner) = self.node(event, &span, depth + 1)?;
            size += inner + of_key;
            end = end.max((value.place.end as usize).saturating_sub(self.offset));
            let key_place = key_node.place;
            let Data::Scalar { text: key, .. } = key_node.data else {
                // `{{ .Values.name }}` is YAML, and nothing that anybody means as such.
                let at = (key_place.start as usize).saturating_sub(self.offset);
                if self.text.get(at.saturating_sub(1)..at + 1) == Some("{{")
                    && let Some(fault) = self.template(at)
                {
                    return Err(fault);
                }
                self.traps.push(Trap { place: key_place, kind: TrapKind::CompoundKey });
                continue;
            };
            if plain_merge {
                merged.push(value);
                continue;
            }
            match seen.insert(&key, &entries) {
                None => entries.push(Entry { key, key_place, value }),
                Some(index) => {
                    if let Some(entry) = entries.get_mut(index) {
                        let kind = TrapKind::DuplicateKey { key: key.to_string(), first: entry.key_place };
                        self.traps.push(Trap { place: key_place, kind });
                        *entry = Entry { key, key_place, value };
                    }
                }
            }
        }
        for node in merged {
            let sources = match node.data {
                Data::Mapping(_) => vec![node],
                Data::Sequence(items) => items,
                Data::Scalar { .. } => Vec::new(),
            };
            for source in sources {
                let Data::Mapping(more) = source.data else { continue };
                for entry in more {
                    if seen.insert(&entry.key, &entries).is_none() {
                        entries.push(entry);
                    }
                }
            }
        }
        Ok((Node { place: self.place(start.start..end), data: Data::Mapping(entries), cut: false }, size))
    }
}

/// Which keys a mapping has: few are compared one by one, many are kept sorted.
#[derive(Default)]
struct Seen(BTreeMap<Box<str>, usize>);

impl Seen {
    /// Where the key is already; else it will be the next one.
    fn insert(&mut self, key: &str, entries: &[Entry]) -> Option<usize> {
        const FEW: usize = 16;
        if entries.len() < FEW {
            return entries.iter().position(|entry| &*entry.key == key);
        }
        if self.0.is_empty() {
            self.0 = entries.iter().enumerate().map(|(index, entry)| (entry.key.clone(), index)).collect();
        }
        if let Some(index) = self.0.get(key) {
            return Some(*index);
        }
        self.0.insert(key.into(), entries.len());
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Lines;

    fn read(text: &str) -> (Vec<Document>, Vec<Fault>) {
        documents(text, 0)
    }

    #[test]
    fn a_broken_document_leaves_the_others() {
        let text = "a: 1\n---\nb: [\n---\nc: 3\n";
        let (found, faults) = read(text);
        assert_eq!(found.iter().map(|document| document.root.entries()[0].key()).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert!(found[1].root.may_have_lost("b") && !found[0].root.may_have_lost("a"));
        assert_eq!(faults.len(), 1);
        assert_eq!(Lines::of(text).at(text, faults[0].place.start as usize).0, 3);
    }

    /// Keys and texts of a node, in order, to compare what was read.
    fn shown(node: &Node) -> String {
        let cut = if node.is_cut() { "✂" } else { "" };
        if let Some(text) = node.text() {
            return format!("{text}{cut}");
        }
        let items = node.items().iter().map(shown);
        let entries = node.entries().iter().map(|entry| format!("{}:{}", entry.key(), shown(entry.value())));
        let all: Vec<String> = items.chain(entries).collect();
        match (node.is_map(), node.is_list()) {
            (true, _) => format!("{{{}}}{cut}", all.join(" ")),
            (_, true) => format!("[{}]{cut}", all.join(" ")),
            _ => format!("~{cut}"),
        }
    }

    #[test]
    fn of_a_broken_document_the_rest_is_read() {
        let mut wrong = Vec::new();
        for (text, line, expected) in [
            // A line without a key, which is noticed at the next one.
            ("a: 1\nb:\n  -XX:+Use\n  c: 2\nd: 3\n", 4, "{a:1 b:{c:2}✂ d:3}"),
            ("b:\n  c: 2\n  nothing\nd: 3\n", 3, "{b:{c:2}✂ d:3}"),
            // Brackets and quotes that are never closed.
            ("a:\n  b: [1, 2\n  c: 3\nd: 4\n", 3, "{a:{b:~✂ c:3} d:4}"),
            ("a:\n  b: {x: 1\n  c: 3\nd: 4\n", 3, "{a:{b:~✂ c:3} d:4}"),
            ("a: \"text\nb: 2\nc: 3\n", 1, "{a:~✂ b:2 c:3}"),
            ("a: 'text\nb: 2\nc: 3\n", 1, "{a:~✂ b:2 c:3}"),
            ("a: \"x\" y\nb: 2\n", 1, "{a:~✂ b:2}"),
            ("a: x]\nb: [1]]\nc: 3\n", 2, "{a:x] b:~✂ c:3}"),
            // Indentation and tabs.
            ("a:\n  b: 1\n   c: 2\n  d: 3\ne: 4\n", 3, "{a:{b:1 d:3}✂ e:4}"),
            ("a:\n    b: 1\n  c: 2\nd: 3\n", 3, "{a:{b:1}✂ d:3}"),
            ("a:\n  b: 1\n\tc: 2\nd: 3\n", 3, "{a:{b:1}✂ d:3}"),
            // Two colons, a character that starts nothing, an alias of nothing.
            ("a: b: c\nd: 3\n", 1, "{a:~✂ d:3}"),
            ("a: @x\nb: 2\n", 1, "{a:~✂ b:2}"),
            ("a: *x\nb: 2\n", 1, "{a:~✂ b:2}"),
            ("a: \"\\q\"\nb: 2\n", 1, "{a:~✂ b:2}"),
            // In items of lists.
            ("a:\n- b: 1\n  c: [\n- d: 2\ne: 3\n", 4, "{a:[{b:1 c:~✂} {d:2}] e:3}"),
            ("a:\n  - b: 1\n  nothing\n  - d: 2\ne: 3\n", 3, "{a:[{b:1} {d:2}]✂ e:3}"),
        ] {
            let (found, faults) = read(text);
            let all: Vec<String> = found.iter().map(|document| shown(&document.root)).collect();
            let said = faults.first().map(|fault| Lines::of(text).at(text, fault.place.start as usize).0);
            if all != [expected] || said != Some(line) {
                wrong.push(format!("{text}{all:?} instead of {expected}, line {said:?} instead of {line}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }

    #[test]
    fn several_faults_are_worked_around() {
        let text = "a: [1\nb: 2\nc:\n  d: \"x\n  e: 3\nf: 4\n---\ng: 5\n";
        let (found, faults) = read(text);
        assert_eq!(found.len(), 2, "{faults:?}");
        let root = &found[0].root;
        assert_eq!((root.int_at("b"), root.int_at("c.e"), root.int_at("f")), (Some(2), Some(3), Some(4)), "{faults:?}");
        assert!(root.may_have_lost("a.x") && root.may_have_lost("c.d") && !root.may_have_lost("f"));
        assert_eq!(faults.len(), 2, "{faults:?}");
        // What was cut out doesn't move what stands behind it.
        assert_eq!(&text[root.at("c.e").unwrap().place.span()], "3");
    }

    #[test]
    fn what_is_no_yaml_at_all_stays_bounded() {
        let text = "{[: ]\"'\n".repeat(20_000);
        let (found, faults) = read(&text);
        assert!(!faults.is_empty() && found.len() <= 1);
    }

    #[test]
    fn every_value_knows_its_place() {
        let text = "---\nspec:\n  replicas: 3\n  list: [a, {b: c}]\n";
        let (found, _) = read(text);
        let root = &found[0].root;
        let shown = |node: &Node| &text[node.place.span()];
        assert_eq!(shown(root.at("spec.replicas").unwrap()), "3");
        assert_eq!(shown(root.at("spec.list").unwrap()), "[a, {b: c}]");
        assert_eq!(&text[root.nearest("spec.missing.key").span()], "spec");
    }

    #[test]
    fn nothing_is_no_document() {
        for text in ["", "---\n", "# only a comment\n---\n# another\n", "\u{feff}", "%YAML 1.2\n---\n", "---\n...\n"] {
            let (found, faults) = read(text);
            assert!(found.is_empty() && faults.is_empty(), "{text:?}: {found:?} {faults:?}");
        }
    }

    #[test]
    fn traps_are_noted_and_the_last_key_counts() {
        let (found, _) = read("a: no\nb: 0644\na: text\n'y': 1\nc: 0\n");
        let kinds: Vec<&TrapKind> = found[0].traps.iter().map(|trap| &trap.kind).collect();
        assert!(matches!(
            kinds[..],
            [TrapKind::Boolean { .. }, TrapKind::Number { .. }, TrapKind::DuplicateKey { .. }]
        ));
        assert_eq!(found[0].root.str_at("a"), Some("text"));
    }

    #[test]
    fn aliases_and_merge_keys_are_followed_within_bounds() {
        let (found, _) = read("base: &b {x: 1, y: 2}\nitem:\n  <<: *b\n  x: 3\n");
        assert_eq!(found[0].root.int_at("item.x"), Some(3));
        assert_eq!(found[0].root.int_at("item.y"), Some(2));
        let mut bomb = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n".to_owned();
        for level in 1..12 {
            let one = format!("*a{}", level - 1);
            bomb = format!("{bomb}a{level}: &a{level} [{}]\n", vec![one; 10].join(","));
        }
        let (found, faults) = read(&bomb);
        assert!(found.is_empty() && faults[0].message.contains("values"), "{faults:?}");
    }

    #[test]
    fn templates_are_called_so() {
        let (_, faults) = read("metadata:\n  name: {{ .Release.Name }}\n");
        assert!(faults[0].message.contains("template"), "{faults:?}");
    }
}

//! Writes blocks as `terraform fmt` would leave them.
//!
//! The layout is its fixpoint by construction: two spaces for each level, `=` aligned in each run of one-line
//! arguments, and nothing of an expression on a line with more than one bracket left open.
//! Source: hashicorp/hcl `hclwrite/format.go`.

use std::fmt::Write as _;

use hcl::expr::{Expression, ObjectKey, TemplateExpr};

/// So long a list may be on one line.
const LINE: usize = 100;

/// A block, or the body of one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    pub(crate) items: Vec<Item>,
}

/// What stands in a body, in order.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// `name = expression`.
    Argument(String, Expression),
    /// A nested block.
    Block(Block),
}

/// A block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Why it is there: above it, one line each.
    pub(crate) comment: Vec<String>,
    pub(crate) kind: &'static str,
    pub(crate) labels: Vec<String>,
    pub(crate) body: Body,
}

impl Body {
    pub(crate) fn argument(&mut self, name: impl Into<String>, expression: Expression) {
        self.items.push(Item::Argument(name.into(), expression));
    }

    pub(crate) fn block(&mut self, kind: &'static str, body: Self) {
        self.labelled(kind, Vec::new(), body);
    }

    pub(crate) fn labelled(&mut self, kind: &'static str, labels: Vec<String>, body: Self) {
        self.items.push(Item::Block(Block { comment: Vec::new(), kind, labels, body }));
    }
}

/// Blocks with an empty line between each.
pub(crate) fn file(head: &[String], blocks: &[Block]) -> String {
    let mut text = String::with_capacity(blocks.len() * 400);
    comment(&mut text, 0, head);
    for (index, one) in blocks.iter().enumerate() {
        if index > 0 || !head.is_empty() {
            text.push('\n');
        }
        block(&mut text, 0, one);
    }
    text
}

/// Comments are lines of text; a line break in one would end it.
fn comment(text: &mut String, level: usize, lines: &[String]) {
    for line in lines.iter().flat_map(|line| line.lines()) {
        indent(text, level);
        text.push('#');
        let line = line.trim_end();
        if !line.is_empty() {
            text.push(' ');
            text.extend(line.chars().map(|character| if character.is_control() { ' ' } else { character }));
        }
        text.push('\n');
    }
}

fn indent(text: &mut String, level: usize) {
    for _ in 0..level {
        text.push_str("  ");
    }
}

fn block(text: &mut String, level: usize, block: &Block) {
    comment(text, level, &block.comment);
    indent(text, level);
    text.push_str(block.kind);
    for label in &block.labels {
        text.push(' ');
        text.push_str(&inline(&Expression::String(label.clone())));
    }
    if block.body.items.is_empty() {
        text.push_str(" {}\n");
        return;
    }
    text.push_str(" {\n");
    body(text, level + 1, &block.body);
    indent(text, level);
    text.push_str("}\n");
}

fn body(text: &mut String, level: usize, body: &Body) {
    let mut rest = body.items.as_slice();
    let mut first = true;
    while let Some(item) = rest.first() {
        match item {
            Item::Argument(..) => {
                let count = rest.iter().take_while(|item| matches!(item, Item::Argument(..))).count();
                let (arguments, after) = rest.split_at(count);
                if !first {
                    text.push('\n');
                }
                let pairs: Vec<(String, &Expression)> = arguments
                    .iter()
                    .filter_map(|item| match item {
                        Item::Argument(name, expression) => Some((name.clone(), expression)),
                        Item::Block(_) => None,
                    })
                    .collect();
                assignments(text, level, &pairs, true);
                rest = after;
            }
            Item::Block(nested) => {
                if !first {
                    text.push('\n');
                }
                block(text, level, nested);
                rest = rest.get(1..).unwrap_or_default();
            }
        }
        first = false;
    }
}

/// Assignments below each other: those on one line are aligned with their neighbours. `apart` puts an empty line around
/// those on several lines.
fn assignments(text: &mut String, level: usize, pairs: &[(String, &Expression)], apart: bool) {
    let lines: Vec<Option<String>> = pairs.iter().map(|(_, expression)| one_line(expression)).collect();
    let mut start = 0;
    while start < pairs.len() {
        let run = lines.iter().skip(start).take_while(|line| line.is_some()).count();
        let aligned = pairs.iter().zip(&lines).skip(start).take(run);
        let width = aligned.clone().map(|((key, _), _)| columns(key)).max().unwrap_or_default();
        for ((key, _), line) in aligned {
            indent(text, level);
            text.push_str(key);
            for _ in columns(key)..width {
                text.push(' ');
            }
            text.push_str(" = ");
            text.push_str(line.as_deref().unwrap_or_default());
            text.push('\n');
        }
        if let Some((key, expression)) = pairs.get(start + run) {
            if apart && start + run > 0 {
                text.push('\n');
            }
            indent(text, level);
            text.push_str(key);
            text.push_str(" = ");
            long(text, level, expression);
            text.push('\n');
        }
        start += run + 1;
        if apart && lines.get(start).is_some_and(Option::is_some) {
            text.push('\n');
        }
    }
}

/// What `terraform fmt` counts as width: grapheme clusters. Keys here are ASCII, apart from tags.
fn columns(key: &str) -> usize {
    key.chars().count()
}

/// The expression on one line, if it belongs there.
fn one_line(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Array(values) => {
            let parts: Option<Vec<String>> = values.iter().map(scalar).collect();
            let line = format!("[{}]", parts?.join(", "));
            (line.len() <= LINE || values.len() < 2).then_some(line)
        }
        Expression::Object(pairs) if pairs.is_empty() => Some("{}".to_owned()),
        Expression::FuncCall(call) => {
            let parts: Option<Vec<String>> = call.args.iter().map(one_line).collect();
            Some(format!("{}({})", call.name.name, parts?.join(", ")))
        }
        Expression::Object(_) => None,
        other => scalar(other),
    }
}

fn scalar(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Array(_) | Expression::Object(_) | Expression::FuncCall(_) => None,
        Expression::TemplateExpr(template) if matches!(**template, TemplateExpr::Heredoc(_)) => None,
        other => Some(inline(other)),
    }
}

/// The expression on several lines.
fn long(text: &mut String, level: usize, expression: &Expression) {
    match expression {
        Expression::Array(values) => {
            text.push_str("[\n");
            for value in values {
                indent(text, level + 1);
                short_or_long(text, level + 1, value);
                text.push_str(",\n");
            }
            indent(text, level);
            text.push(']');
        }
        Expression::Object(pairs) => {
            text.push_str("{\n");
            let pairs: Vec<(String, &Expression)> = pairs.iter().map(|(key, value)| (self::key(key), value)).collect();
            assignments(text, level + 1, &pairs, false);
            indent(text, level);
            text.push('}');
        }
        Expression::FuncCall(call) if call.args.len() == 1 => {
            text.push_str(&call.name.name);
            text.push('(');
            call.args.iter().for_each(|argument| short_or_long(text, level, argument));
            text.push(')');
        }
        Expression::TemplateExpr(template) => match &**template {
            TemplateExpr::Heredoc(lines) => heredoc(text, level, lines.template.as_str()),
            TemplateExpr::QuotedString(_) => text.push_str(&inline(expression)),
        },
        other => text.push_str(&inline(other)),
    }
}

/// Lines as they are, moved in by as much as `<<-` takes off again.
fn heredoc(text: &mut String, level: usize, lines: &str) {
    text.push_str("<<-EOT\n");
    for line in lines.lines() {
        if !line.is_empty() {
            indent(text, level + 1);
            text.push_str(line);
        }
        text.push('\n');
    }
    indent(text, level);
    text.push_str("EOT");
}

fn short_or_long(text: &mut String, level: usize, expression: &Expression) {
    match one_line(expression) {
        Some(line) => text.push_str(&line),
        None => long(text, level, expression),
    }
}

fn key(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Expression(expression) => inline(expression),
        other => other.to_string(),
    }
}

/// An expression that is no list, object or call.
pub(crate) fn inline(expression: &Expression) -> String {
    match expression {
        Expression::String(text) => format!("\"{}\"", escaped(text, false)),
        other => hcl::format::to_string(other).unwrap_or_default(),
    }
}

/// A text as it stands between quotes, where it is no template; `goes_on` if a reference follows it there.
///
/// `${` begins a template and is written `$${`. A sign before that, or before a reference, could be taken for a part of
/// it, so such ones are written by their numbers, which is what hcl-rs (0.20) doesn't do.
/// Source: HCL Native Syntax Specification, "Template Literals" and "Quoted Literals".
pub(crate) fn escaped(text: &str, goes_on: bool) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '"' | '\\' => written.extend(['\\', character]),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '$' | '%' => {
                let after = rest.as_str();
                let end = after.trim_start_matches(['$', '%']);
                if after.starts_with('{') {
                    written.extend([character, character]);
                } else if end.starts_with('{') || (goes_on && end.is_empty()) {
                    numbered(&mut written, character);
                } else {
                    written.push(character);
                }
            }
            character if character.is_control() => numbered(&mut written, character),
            character => written.push(character),
        }
    }
    written
}

fn numbered(written: &mut String, character: char) {
    // Writing to a String can't fail.
    let _ = write!(written, "\\u{:04x}", u32::from(character));
}

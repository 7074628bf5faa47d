//! Holds a document against a shape, with the place of everything that doesn't fit.

use std::collections::BTreeSet;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use waard_catalog::custom::{Bound, Form, Scope, Shape};

use super::{Flaw, FlawKind, nearest};
use crate::place::{Place, Placed};
use crate::yaml::{Misread, Node, Scalar};

/// How many unknown fields of an object are looked for elsewhere in its schema, which takes a while.
const MOST_SEARCHES: usize = 20;
/// The deepest place that is searched for a field.
const DEEPEST: usize = 8;

/// What doesn't fit, in the order of the file.
pub(super) fn object(node: &Node, shape: &Shape, scope: Scope) -> Vec<Flaw> {
    let of_file = scope == Scope::File;
    let mut judge = Judge { root: shape, of_file, flaws: Vec::new(), searches: 0 };
    let anchor = node.entry("kind").map_or_else(|| node.place(), Placed::place);
    let skipped =
        |key: &str| matches!(key, "apiVersion" | "kind") || (!of_file && matches!(key, "metadata" | "status"));
    judge.fields(node, "", shape, anchor, &skipped);
    if !of_file && let Some(metadata) = node.get("metadata") {
        judge.metadata(metadata.misread::<ObjectMeta>());
    }
    judge.flaws.sort_by_key(|flaw| flaw.place);
    judge.flaws
}

struct Judge<'s> {
    root: &'s Shape,
    /// A tool reads the file itself, and takes nothing for the zero of any type.
    of_file: bool,
    flaws: Vec<Flaw>,
    searches: usize,
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

impl Judge<'_> {
    fn flaw(&mut self, place: Place, kind: FlawKind) {
        self.flaws.push(Flaw { place, kind });
    }

    fn metadata(&mut self, misread: Misread) {
        for unknown in misread.unknown {
            let help = nearest(&unknown.key, unknown.known.iter().copied()).map(|near| format!("is `{near}` meant?"));
            let path = below("metadata", &unknown.key);
            self.flaw(unknown.place, FlawKind::Unknown { path, help });
        }
    }

    fn fields(&mut self, node: &Node, path: &str, shape: &Shape, anchor: Place, skipped: &dyn Fn(&str) -> bool) {
        for entry in node.entries().iter().filter(|entry| !skipped(entry.key())) {
            let path = below(path, entry.key());
            match shape.field(entry.key()) {
                Some(field) => self.value(entry.value(), &path, &field.shape, entry.key_place()),
                None if shape.open => {}
                None if shape.partial => {
                    let why = "the facts have only a part of what may stand there".to_owned();
                    self.flaw(entry.key_place(), FlawKind::Untold { path, why });
                }
                None => {
                    let help = self.meant(entry.key(), &path, shape);
                    self.flaw(entry.key_place(), FlawKind::Unknown { path, help });
                }
            }
        }
        let absent = |name: &str| node.get(name).is_none_or(|value| self.of_file && value.is_null());
        let missing: Vec<String> = shape
            .fields
            .iter()
            .filter(|(name, field)| field.required && absent(name))
            .map(|(name, _)| name.to_string())
            .collect();
        for name in missing {
            if node.is_cut() {
                let why = "a part of the document there can't be read".to_owned();
                self.flaw(anchor, FlawKind::Untold { path: below(path, &name), why });
            } else {
                self.flaw(anchor, FlawKind::Missing { path: path.to_owned(), name });
            }
        }
    }

    /// What may be meant by a field that doesn't exist.
    fn meant(&mut self, key: &str, path: &str, shape: &Shape) -> Option<String> {
        if let Some(near) = nearest(key, shape.fields.keys().map(|name| &**name)) {
            return Some(format!("is `{near}` meant?"));
        }
        self.searches += 1;
        if self.searches > MOST_SEARCHES {
            return None;
        }
        // The same name elsewhere: one level too high or too low, or in a sibling.
        let mut found: Vec<String> = Vec::new();
        places(self.root, key, "", 0, &mut found);
        let depth = |path: &str| path.split('.').count();
        let wanted = path.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect::<Vec<_>>();
        let shared = |other: &str| {
            other.split('.').zip(&wanted).take_while(|(a, b)| a.trim_end_matches(['[', ']', '{', '}']) == **b).count()
        };
        let here = depth(path);
        let best = found
            .into_iter()
            .min_by_key(|other| (depth(other).abs_diff(here), std::cmp::Reverse(shared(other)), other.len()));
        best.filter(|other| depth(other).abs_diff(here) <= 2)
            .map(|other| format!("`{key}` is a field of `{}`", owner(&other)))
    }

    fn value(&mut self, node: &Node, path: &str, shape: &Shape, anchor: Place) {
        // What a template fills in is known once it is rendered.
        let takes_any_text = match shape.form {
            Form::Any => true,
            Form::String | Form::IntOrString => shape.bounds.is_empty(),
            _ => false,
        };
        if !takes_any_text && node.text().is_some_and(is_template) {
            let why = "a template fills it in".to_owned();
            self.flaw(node.place(), FlawKind::Untold { path: path.to_owned(), why });
            return;
        }
        if node.is_null() && shape.form != Form::Any {
            // A text that is cut off has lost what stood there.
            if !shape.nullable && !self.of_file && !node.is_cut() {
                self.wrong(node, path, shape);
            }
            return;
        }
        let fits = match shape.form {
            Form::Any => true,
            Form::Object | Form::Map => node.is_map(),
            Form::List => node.is_list(),
            Form::String => matches!(node.scalar(), Some(Scalar::Text(_))),
            Form::Boolean => matches!(node.scalar(), Some(Scalar::Bool(_))),
            Form::Number => matches!(node.scalar(), Some(Scalar::Int(_) | Scalar::Float(_))),
            Form::Integer => is_whole(node),
            Form::IntOrString => is_whole(node) || matches!(node.scalar(), Some(Scalar::Text(_))),
        };
        if !fits {
            self.wrong(node, path, shape);
            return;
        }
        match (shape.form, &shape.inner) {
            (Form::Object, _) => self.fields(node, path, shape, anchor, &|_| false),
            (Form::Map, Some(inner)) => {
                for entry in node.entries() {
                    self.value(entry.value(), &below(path, entry.key()), inner, entry.key_place());
                }
            }
            (Form::List, Some(inner)) => {
                for (number, item) in node.items().iter().enumerate() {
                    // A finding about an item shows its first line.
                    let first = item.entries().first().map_or_else(|| item.place(), Placed::place);
                    self.value(item, &format!("{path}[{number}]"), inner, first);
                }
            }
            _ => {}
        }
        let place = if node.scalar().is_some() { node.place() } else { anchor };
        for bound in &shape.bounds {
            if let Some(help) = breaks(bound, node, shape) {
                let is = node.text().map_or_else(|| node.what().to_owned(), |text| format!("`{}`", shorten(text)));
                self.flaw(place, FlawKind::Value { path: path.to_owned(), is, help });
            }
        }
    }

    fn wrong(&mut self, node: &Node, path: &str, shape: &Shape) {
        let is = match node.text() {
            Some(text) => format!("`{}` is {}", shorten(text), node.what()),
            None => format!("{} is there", node.what()),
        };
        let place = if node.scalar().is_some() { node.place() } else { first_line(node) };
        self.flaw(place, FlawKind::Type { path: path.to_owned(), wants: shape.form.to_string(), is });
    }
}

fn first_line(node: &Node) -> Place {
    node.entries()
        .first()
        .map(Placed::place)
        .or_else(|| node.items().first().map(Placed::place))
        .unwrap_or(node.place())
}

/// A number without a fraction, as JSON knows it.
fn is_whole(node: &Node) -> bool {
    match node.scalar() {
        Some(Scalar::Int(_)) => true,
        Some(Scalar::Float(value)) => value.fract() == 0.0,
        _ => false,
    }
}

/// Whether something fills a text in before a cluster sees it.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("${") || text.contains("<<") || (text.starts_with('<') && text.ends_with('>'))
}

fn shorten(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

/// The fields with a name, wherever they are.
fn places(shape: &Shape, key: &str, path: &str, depth: usize, found: &mut Vec<String>) {
    if depth > DEEPEST || found.len() > 50 {
        return;
    }
    for (name, field) in &shape.fields {
        let path = below(path, name);
        if **name == *key {
            found.push(path.clone());
        }
        places(&field.shape, key, &path, depth + 1, found);
    }
    if let Some(inner) = &shape.inner {
        let mark = if shape.form == Form::Map { "{}" } else { "[]" };
        places(inner, key, &format!("{path}{mark}"), depth + 1, found);
    }
}

fn owner(path: &str) -> &str {
    path.rsplit_once('.').map_or("the top level", |(owner, _)| owner)
}

/// What would be right, if a value breaks a bound.
#[expect(clippy::cast_precision_loss, reason = "limits and lengths are far below 2^52")]
fn breaks(bound: &Bound, node: &Node, shape: &Shape) -> Option<String> {
    let number = node.as_float();
    let length = match node.scalar() {
        Some(Scalar::Text(text)) => Some(text.chars().count()),
        Some(_) => None,
        None if node.is_list() => Some(node.items().len()),
        None => Some(node.entries().len()),
    };
    let less = |limit: u64| length.is_some_and(|length| (length as f64) < limit as f64) && !node.is_cut();
    let more = |limit: u64| length.is_some_and(|length| (length as f64) > limit as f64);
    // Of an object of which only a part is among the facts, what isn't named may be what is asked for.
    let untold =
        node.is_cut() || (shape.partial && node.entries().iter().any(|entry| shape.field(entry.key()).is_none()));
    let there = |names: &[String]| names.iter().filter(|name| node.get(name).is_some()).count();
    let list = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match bound {
        Bound::OneOf(words) => {
            let text = node.as_str()?;
            if words.iter().any(|word| word == text) {
                return None;
            }
            let one_of = format!("one of {}", list(words));
            Some(nearest(text, words.iter().map(String::as_str)).map_or(one_of.clone(), |near| {
                if words.len() > 8 {
                    format!("is `{near}` meant?")
                } else {
                    format!("is `{near}` meant? It takes {one_of}")
                }
            }))
        }
        Bound::Minimum(limit) => number.filter(|number| number < limit).map(|_| format!("{limit} or more")),
        Bound::Maximum(limit) => number.filter(|number| number > limit).map(|_| format!("{limit} or less")),
        Bound::MultipleOf(limit) => {
            number.filter(|number| (number / limit).fract() != 0.0).map(|_| format!("a multiple of {limit}"))
        }
        Bound::MinLength(limit) => less(*limit).then(|| format!("{limit} characters or more")),
        Bound::MaxLength(limit) => more(*limit).then(|| format!("{limit} characters at most")),
        Bound::MinItems(limit) => less(*limit).then(|| format!("{limit} items or more")),
        Bound::MaxItems(limit) => more(*limit).then(|| format!("{limit} items at most")),
        Bound::MinProperties(limit) => less(*limit).then(|| format!("{limit} keys or more")),
        Bound::MaxProperties(limit) => more(*limit).then(|| format!("{limit} keys at most")),
        Bound::Pattern(pattern) => {
            let refused = node.as_str().is_some_and(|text| pattern.takes(text) == Some(false));
            refused.then(|| format!("a text that matches `{}`", pattern.text()))
        }
        Bound::Unique => twice(node, &|item| item.text().map(str::to_owned))
            .map(|it| format!("each item once, and `{it}` is there twice")),
        Bound::Keys(names) => {
            let key = |item: &Node| {
                let parts: Vec<&str> = names.iter().filter_map(|name| item.get(name)?.text()).collect();
                (parts.len() == names.len()).then(|| parts.join(" "))
            };
            twice(node, &key).map(|it| format!("items that differ in {}, and `{it}` is there twice", list(names)))
        }
        Bound::AtMostOne(groups) => {
            groups.iter().find(|names| there(names) > 1).map(|names| format!("at most one of {}", list(names)))
        }
        Bound::ExactlyOne(groups) => {
            let wrong = |names: &&Vec<String>| there(names) > 1 || (there(names) == 0 && !untold);
            groups.iter().find(wrong).map(|names| format!("exactly one of {}", list(names)))
        }
    }
}

/// The first item that stands in a list twice.
fn twice(node: &Node, key: &dyn Fn(&Node) -> Option<String>) -> Option<String> {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    node.items().iter().filter_map(key).find(|found| !seen.insert(found.clone()))
}

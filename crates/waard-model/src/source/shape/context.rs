//! What reading has come to: the path, the problems, and what could not be read.
//!
//! A [`Context`] goes along with the reader. It reads the keys of mappings, and reports what is wrong at the place
//! where it stands. [`Broken`] outlives it, so that problems that only follow from another can be left out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Shape, nearest};
use crate::path::{ModelPath, Segment};
use crate::scalar::Excerpt;
use crate::source::node::{Data, Entry, Node};
use crate::source::problem::Problem;
use crate::yaml::plain;

/// The parts of a topology that could not be read.
#[derive(Default)]
pub(crate) struct Broken {
    paths: BTreeSet<ModelPath>,
    /// What they stand in.
    parents: BTreeSet<ModelPath>,
    /// What has entries that are missing from what was read.
    lost_from: BTreeSet<ModelPath>,
    /// The names of those entries, in lower case.
    lost_names: BTreeSet<String>,
}

impl Broken {
    fn add(&mut self, path: ModelPath) {
        self.parents.extend(path.parent());
        self.paths.insert(path);
    }

    /// An entry whose key or value could not be read, so that it isn't there at all.
    pub(super) fn lose(&mut self, path: &ModelPath, name: &str) {
        self.lost_from.extend(path.parent());
        self.lost_names.insert(name.to_ascii_lowercase());
    }

    /// True if it, or what it stands in, could not be read.
    pub(crate) fn is_at_or_above(&self, path: &ModelPath) -> bool {
        !self.paths.is_empty() && path.and_above().any(|path| self.paths.contains(&path))
    }

    /// True if one of its own entries could not be read.
    pub(crate) fn is_entry_of(&self, path: &ModelPath) -> bool {
        self.parents.contains(path)
    }

    /// True if something in it could not be read, however deep.
    pub(crate) fn is_inside(&self, path: &ModelPath) -> bool {
        self.paths.range(path..).next().is_some_and(|next| path.contains(next))
    }

    /// True if one of its own entries isn't there because it could not be read.
    pub(crate) fn lost_entry_of(&self, path: &ModelPath) -> bool {
        self.lost_from.contains(path)
    }

    /// True if something of this name isn't there because it could not be read.
    pub(crate) fn lost_name(&self, name: &str) -> bool {
        !self.lost_names.is_empty() && self.lost_names.contains(&name.to_ascii_lowercase())
    }
}

/// What was found so far while reading, and where the reader is.
#[derive(Default)]
pub struct Context {
    path: Vec<Segment>,
    /// The key of the mapping that is read, to point to for what is missing in it.
    pub(super) owner: Option<Range<usize>>,
    pub(super) problems: Vec<Problem>,
    pub(super) broken: Broken,
}

impl Context {
    pub(in crate::source) fn finish(self) -> (Vec<Problem>, Broken) {
        (self.problems, self.broken)
    }

    pub(super) fn here(&self) -> ModelPath {
        self.path.iter().fold(ModelPath::ROOT, |path, segment| match segment {
            Segment::Key(key) => path.key(key),
            Segment::Index(index) => path.index(*index),
        })
    }

    pub(super) fn within<T>(&mut self, segment: Segment, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(segment);
        let result = read(self);
        self.path.pop();
        result
    }

    /// Reads the value of an entry: what is missing in it is reported at its key.
    pub(super) fn within_entry<T>(&mut self, key: &str, span: &Range<usize>, read: impl FnOnce(&mut Self) -> T) -> T {
        let owner = self.owner.replace(span.clone());
        let result = self.within(Segment::Key(key.into()), read);
        self.owner = owner;
        result
    }

    pub(super) fn report(&mut self, span: &Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.broken.add(self.here());
        self.remark(span, message, help);
    }

    /// Reports a problem after which the value is known all the same.
    pub(super) fn remark(&mut self, span: &Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::new(span.clone(), self.here(), message).with_help(help));
    }

    pub(super) fn mismatch(&mut self, node: &Node, expected: &str, help: impl Into<String>) {
        let found = match &node.data {
            Data::Scalar { text, .. } if !node.is_nothing() => Excerpt(text).to_string(),
            _ => node.what().to_owned(),
        };
        self.report(&node.span, format!("{found} stands here, {expected} is needed"), help);
    }

    /// Reports a plain scalar that is right as a text, but that some reader of YAML takes for something else.
    pub(super) fn trap(&mut self, text: &str, plain_style: bool, span: &Range<usize>) {
        let Some(misread) = plain::misread(text).filter(|_| plain_style) else {
            return;
        };
        self.remark(
            span,
            format!("{} without quotes is {misread} to some readers of YAML", Excerpt(text)),
            format!("write it in quotes: {text:?}"),
        );
    }

    /// The entries of a mapping with the given keys; unknown keys are reported with the nearest known one, and taken
    /// for that if it is not there itself.
    pub(crate) fn fields<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        keys: &[&'n str],
    ) -> Option<BTreeMap<&'n str, &'n Entry>> {
        let Data::Mapping(entries) = &node.data else {
            self.mismatch(
                node,
                &format!("a mapping with the keys of {what}"),
                format!("the keys are {}", keys.join(", ")),
            );
            return None;
        };
        let known = |entry: &&Entry| keys.contains(&entry.key.as_str());
        let mut found: BTreeMap<&str, &Entry> =
            entries.iter().filter(known).map(|entry| (entry.key.as_str(), entry)).collect();
        for entry in entries.iter().filter(|entry| !known(entry)) {
            let help = match nearest(&entry.key, keys) {
                Some(key) => {
                    // `key` lives as long as `keys`; what is found is named by it.
                    if let Some(key) = keys.iter().find(|known| **known == key) {
                        found.entry(key).or_insert(entry);
                    }
                    format!("did you mean `{key}`?")
                }
                None => format!("the keys are {}", keys.join(", ")),
            };
            self.within(Segment::Key(entry.key.as_str().into()), |context| {
                context.remark(&entry.key_span, format!("{} is no key of {what}", Excerpt(&entry.key)), help);
            });
        }
        Some(found)
    }

    /// The value of a key that may be missing. A key that stands there without a value is a problem.
    pub(crate) fn optional<T: Shape>(&mut self, found: &BTreeMap<&str, &Entry>, key: &str) -> Option<T> {
        self.value(found, key, "give it one, or leave the key out")
    }

    fn value<T: Shape>(&mut self, found: &BTreeMap<&str, &Entry>, key: &str, help: &str) -> Option<T> {
        let entry = found.get(key)?;
        self.within_entry(key, &entry.key_span, |context| {
            if entry.value.is_nothing() {
                context.report(&entry.key_span, format!("`{key}` has no value"), help);
                return T::stand_in();
            }
            T::decode(&entry.value, context)
        })
    }

    /// The value of a key that must be there.
    pub(crate) fn required<T: Shape>(
        &mut self,
        node: &Node,
        found: &BTreeMap<&str, &Entry>,
        what: &str,
        key: &str,
    ) -> Option<T> {
        if found.contains_key(key) {
            return self.value(found, key, "give it one").or_else(T::stand_in);
        }
        let span = self.owner.clone().unwrap_or_else(|| first_line(node));
        self.within(Segment::Key(key.into()), |context| {
            context.report(&span, format!("{what} needs the key `{key}`"), format!("add `{key}: …`"));
        });
        T::stand_in()
    }
}

/// Where to point to for something that is missing in a mapping: its first key.
fn first_line(node: &Node) -> Range<usize> {
    match &node.data {
        Data::Mapping(entries) => entries.first().map_or_else(|| node.span.clone(), |entry| entry.key_span.clone()),
        _ => node.span.clone(),
    }
}

//! A value of a YAML document, and how rules walk it.

use super::scalar::{Scalar, resolve};
use crate::place::{Place, Placed};

/// A value and where it stands.
///
/// Look-ups never fail: what isn't there is `None`, or nothing to iterate.
#[derive(Clone, Debug)]
pub struct Node {
    pub(crate) place: Place,
    pub(crate) data: Data,
    /// Something that can't be read was taken out of it.
    pub(crate) cut: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Data {
    Scalar { text: Box<str>, plain: bool },
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>),
}

/// A key of a mapping, with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) key: Box<str>,
    pub(crate) key_place: Place,
    pub(crate) value: Node,
}

impl Entry {
    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Where the key stands; the entry itself is placed there too.
    pub fn key_place(&self) -> Place {
        self.key_place
    }

    /// The value.
    pub fn value(&self) -> &Node {
        &self.value
    }
}

impl Placed for Entry {
    fn place(&self) -> Place {
        self.key_place
    }
}

impl Placed for Node {
    fn place(&self) -> Place {
        self.place
    }
}

impl Node {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// A key with its value.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| &*entry.key == key)
    }

    /// What stands at a path of keys, such as `spec.template.spec`; for keys with dots, use [`get`](Self::get).
    pub fn at(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |node, key| node.get(key))
    }

    /// The nearest thing to `path` that is there: for findings about what is missing.
    pub fn nearest(&self, path: &str) -> Place {
        let (mut node, mut place) = (self, self.place);
        for key in path.split('.') {
            let Some(entry) = node.entry(key) else { break };
            (node, place) = (&entry.value, entry.key_place);
        }
        place
    }

    /// Whether something that can't be read stood in it: what seems to be absent may have been there.
    pub const fn is_cut(&self) -> bool {
        self.cut
    }

    /// Whether what is absent at a path of keys may have been in a part that can't be read.
    ///
    /// Rules that conclude from absence ask this first, and say unknown.
    pub fn may_have_lost(&self, path: &str) -> bool {
        let mut node = self;
        for key in path.split('.') {
            if node.cut {
                return true;
            }
            match node.get(key) {
                Some(inner) => node = inner,
                None => return false,
            }
        }
        node.cut
    }

    /// The keys of a mapping, in the order of the file; empty for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.data {
            Data::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; empty for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.data {
            Data::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The items of the list at `path`; empty if there is none.
    pub fn list(&self, path: &str) -> &[Self] {
        self.at(path).map_or(&[], Self::items)
    }

    /// The entries of the mapping at `path`; empty if there is none.
    pub fn map(&self, path: &str) -> &[Entry] {
        self.at(path).map_or(&[], Self::entries)
    }

    /// Whether it is a mapping.
    pub fn is_map(&self) -> bool {
        matches!(self.data, Data::Mapping(_))
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.data, Data::Sequence(_))
    }

    /// Whether nothing stands there: empty, `~` or `null`.
    pub fn is_null(&self) -> bool {
        self.scalar() == Some(Scalar::Null)
    }

    /// What a single value is, as kubectl reads it.
    pub fn scalar(&self) -> Option<Scalar<'_>> {
        match &self.data {
            Data::Scalar { text, plain: true } => Some(resolve(text)),
            Data::Scalar { text, .. } => Some(Scalar::Text(text)),
            _ => None,
        }
    }

    /// A text; numbers and booleans without quotes are none.
    pub fn as_str(&self) -> Option<&str> {
        match self.scalar() {
            Some(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The text of any single value as it is written, with or without quotes; `None` where nothing stands.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar { text, plain } if !plain || !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// A boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.scalar() {
            Some(Scalar::Bool(value)) => Some(value),
            _ => None,
        }
    }

    /// A whole number.
    pub fn as_int(&self) -> Option<i64> {
        match self.scalar() {
            Some(Scalar::Int(value)) => Some(value),
            _ => None,
        }
    }

    /// Any number.
    #[expect(clippy::cast_precision_loss, reason = "who asks for a float takes one")]
    pub fn as_float(&self) -> Option<f64> {
        match self.scalar() {
            Some(Scalar::Int(value)) => Some(value as f64),
            Some(Scalar::Float(value)) => Some(value),
            _ => None,
        }
    }

    /// The text at a path of keys, as [`as_str`](Self::as_str).
    pub fn str_at(&self, path: &str) -> Option<&str> {
        self.at(path)?.as_str()
    }

    /// The boolean at a path of keys.
    pub fn bool_at(&self, path: &str) -> Option<bool> {
        self.at(path)?.as_bool()
    }

    /// The whole number at a path of keys.
    pub fn int_at(&self, path: &str) -> Option<i64> {
        self.at(path)?.as_int()
    }

    pub(super) fn is_bool(&self) -> bool {
        matches!(self.scalar(), Some(Scalar::Bool(_)))
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self.scalar(), Some(Scalar::Text(_)))
    }

    pub(super) fn is_whole(&self) -> bool {
        matches!(self.scalar(), Some(Scalar::Int(_)))
    }

    /// What it is, with its article, for messages.
    pub fn what(&self) -> &'static str {
        match (&self.data, self.scalar()) {
            (Data::Mapping(_), _) => "a mapping",
            (Data::Sequence(_), _) => "a list",
            (_, Some(Scalar::Null) | None) => "nothing",
            (_, Some(Scalar::Bool(_))) => "a boolean",
            (_, Some(Scalar::Int(_) | Scalar::Float(_))) => "a number",
            (_, Some(Scalar::Text(_))) => "a text",
        }
    }

    /// Calls `visit` for itself and everything inside of it, from the outside in.
    pub fn walk<'n>(&'n self, visit: &mut dyn FnMut(&'n Self)) {
        visit(self);
        for item in self.items() {
            item.walk(visit);
        }
        for entry in self.entries() {
            entry.value.walk(visit);
        }
    }
}

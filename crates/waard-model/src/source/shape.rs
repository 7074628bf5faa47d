//! How a type is read from a file, printed to one, and described by the JSON Schema, declared once.
//!
//! `shape!` declares a mapping with its keys, `choice!` a word out of several. Both make the type itself, with
//! public fields and its documentation, and implement [`Shape`] and `Serialize` for it. Reading goes on after
//! a problem: what can't be read is reported, its path is kept as *broken*, and an example stands in for it, so
//! that everything else is still judged.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::{Value, json};

use super::node::{Data, Entry, Node};
use super::problem::Problem;
use super::schema::Definitions;
use crate::path::{ModelPath, Segment};
use crate::scalar::{Excerpt, Scalar};
use crate::yaml::plain;

/// A type that has a place in a topology file.
pub trait Shape: Sized {
    /// Reads it from a node. `None` means that a problem was reported and nothing can stand in.
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "only the types of this crate are read from topology files")]
    fn decode(node: &Node, context: &mut Context) -> Option<Self>;
    /// Its JSON Schema; named types are put among the definitions and referred to.
    #[doc(hidden)]
    fn schema(definitions: &mut Definitions) -> Value;
    /// What stands in for a value that could not be read, while the rest is still judged.
    #[doc(hidden)]
    fn stand_in() -> Option<Self> {
        None
    }
}

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
    fn lose(&mut self, path: &ModelPath, name: &str) {
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
    owner: Option<Range<usize>>,
    problems: Vec<Problem>,
    broken: Broken,
}

impl Context {
    pub(super) fn finish(self) -> (Vec<Problem>, Broken) {
        (self.problems, self.broken)
    }

    fn here(&self) -> ModelPath {
        self.path.iter().fold(ModelPath::ROOT, |path, segment| match segment {
            Segment::Key(key) => path.key(key),
            Segment::Index(index) => path.index(*index),
        })
    }

    fn within<T>(&mut self, segment: Segment, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(segment);
        let result = read(self);
        self.path.pop();
        result
    }

    /// Reads the value of an entry: what is missing in it is reported at its key.
    fn within_entry<T>(&mut self, key: &str, span: &Range<usize>, read: impl FnOnce(&mut Self) -> T) -> T {
        let owner = self.owner.replace(span.clone());
        let result = self.within(Segment::Key(key.into()), read);
        self.owner = owner;
        result
    }

    fn report(&mut self, span: &Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.broken.add(self.here());
        self.remark(span, message, help);
    }

    /// Reports a problem after which the value is known all the same.
    fn remark(&mut self, span: &Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::new(span.clone(), self.here(), message).with_help(help));
    }

    fn mismatch(&mut self, node: &Node, expected: &str, help: impl Into<String>) {
        let found = match &node.data {
            Data::Scalar { text, .. } if !node.is_nothing() => Excerpt(text).to_string(),
            _ => node.what().to_owned(),
        };
        self.report(&node.span, format!("{found} stands here, {expected} is needed"), help);
    }

    /// Reports a plain scalar that is right as a text, but that some reader of YAML takes for something else.
    fn trap(&mut self, text: &str, plain_style: bool, span: &Range<usize>) {
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

/// The known word that `word` is most likely a slip of. Of more words than anybody reads, none is looked for.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    if word.len() > 64 || known.len() > 400 {
        return None;
    }
    let folded = word.to_ascii_lowercase().replace('-', "_");
    let distance = |key: &&str| strsim::damerau_levenshtein(&folded, &key.to_ascii_lowercase().replace('-', "_"));
    let near = known.iter().filter(|key| key.len().abs_diff(word.len()) <= 3);
    let best = near.min_by_key(|key| (distance(key), key.len(), **key))?;
    let allowed = match best.len() {
        0..=3 => 1,
        4..=7 => 2,
        _ => 3,
    };
    (distance(best) <= allowed).then_some(*best)
}

impl<T: Scalar> Shape for T {
    #[expect(private_interfaces, reason = "only the types of this crate are read from topology files")]
    fn decode(node: &Node, context: &mut Context) -> Option<Self> {
        let Data::Scalar { text, plain } = &node.data else {
            context.mismatch(node, T::WHAT, format!("it is {}, such as `{}`", T::RULE, T::EXAMPLE));
            return T::stand_in();
        };
        if node.is_nothing() {
            context.mismatch(node, T::WHAT, format!("it is {}, such as `{}`", T::RULE, T::EXAMPLE));
            return T::stand_in();
        }
        let number = T::NUMBERS && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        match text.parse() {
            Ok(value) => {
                if !number {
                    context.trap(text, *plain, &node.span);
                }
                Some(value)
            }
            Err(error) => {
                let error: crate::scalar::Invalid = error;
                context.report(&node.span, error.to_string(), error.help());
                if crate::name::secret_like(text).is_some()
                    && let Some(problem) = context.problems.last_mut()
                {
                    problem.secrets.push(node.span.clone());
                }
                T::stand_in()
            }
        }
    }

    fn schema(definitions: &mut Definitions) -> Value {
        definitions.named::<T>(|_| {
            let text = json!({ "type": "string", "pattern": T::PATTERN });
            let mut schema =
                if T::NUMBERS { json!({ "anyOf": [text, { "type": "number", "exclusiveMinimum": 0 }] }) } else { text };
            if let Some(object) = schema.as_object_mut() {
                object.insert("description".to_owned(), format!("{}: {}.", T::WHAT, T::RULE).into());
                object.insert("examples".to_owned(), json!([T::EXAMPLE]));
            }
            schema
        })
    }

    fn stand_in() -> Option<Self> {
        T::EXAMPLE.parse().ok()
    }
}

/// Whole numbers are decimal digits and nothing else: `017`, `0x1F`, `1_000` and `1e3` mean different things to different readers.
macro_rules! whole_number {
    ($($type:ty),*) => {$(
        impl Shape for $type {
            #[expect(private_interfaces, reason = "only the types of this crate are read from topology files")]
            fn decode(node: &Node, context: &mut Context) -> Option<Self> {
                let help = format!("it is a whole number from 0 to {}, such as 3", <$type>::MAX);
                let Data::Scalar { text, plain } = &node.data else {
                    context.mismatch(node, "a whole number", help);
                    return Some(1);
                };
                if node.is_nothing() {
                    context.mismatch(node, "a whole number", help);
                    return Some(1);
                }
                let all_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                let digits = all_digits && (text.len() == 1 || !text.starts_with('0'));
                match text.parse() {
                    Ok(number) if digits && *plain => Some(number),
                    Ok(number) if digits => {
                        context.remark(&node.span, format!("{} in quotes is a text, a whole number is needed", Excerpt(text)), format!("write {text} without quotes"));
                        Some(number)
                    }
                    Ok(_) if all_digits => {
                        context.report(&node.span, format!("{} starts with 0, which makes it an octal number to some readers of YAML", Excerpt(text)), help);
                        Some(1)
                    }
                    Err(_) if digits => {
                        context.report(&node.span, format!("{} is more than {}", Excerpt(text), <$type>::MAX), help);
                        Some(1)
                    }
                    _ => {
                        context.report(&node.span, format!("{} is not a whole number in plain decimal digits", Excerpt(text)), help);
                        Some(1)
                    }
                }
            }

            fn schema(_: &mut Definitions) -> Value {
                json!({ "type": "integer", "minimum": 0, "maximum": <$type>::MAX })
            }

            fn stand_in() -> Option<Self> {
                Some(1)
            }
        }
    )*};
}
whole_number!(u16, u32);

impl Shape for bool {
    #[expect(private_interfaces, reason = "only the types of this crate are read from topology files")]
    fn decode(node: &Node, context: &mut Context) -> Option<Self> {
        match &node.data {
            Data::Scalar { text, plain: true } if text == "true" => Some(true),
            Data::Scalar { text, plain: true } if text == "false" => Some(false),
            Data::Scalar { text, plain: false } if text == "true" || text == "false" => {
                context.remark(
                    &node.span,
                    format!("{} in quotes is a text, `true` or `false` is needed", Excerpt(text)),
                    format!("write {text} without quotes"),
                );
                Some(text == "true")
            }
            Data::Scalar { text, .. } if !node.is_nothing() => {
                context.report(&node.span, format!("{} is neither `true` nor `false`", Excerpt(text)), "write `true` or `false`, without quotes; `yes`, `no`, `on` and `off` mean different things to different readers");
                Some(false)
            }
            _ => {
                context.mismatch(node, "`true` or `false`", "write `true` or `false`");
                Some(false)
            }
        }
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "boolean" })
    }

    fn stand_in() -> Option<Self> {
        Some(false)
    }
}

impl<T: Shape> Shape for Vec<T> {
    #[expect(private_interfaces, reason = "only the types of this crate are read from topology files")]
    fn decode(node: &Node, context: &mut Context) -> Option<Self> {
        let items = match &node.data {
            Data::Sequence(items) => items.as_slice(),
            Data::Scalar { .. } if !node.is_nothing() => {
                context.mismatch(node, "a sequence", "write it in brackets, `[…]`, or on a line of its own after `- `");
                std::slice::from_ref(node)
            }
            _ => {
                context.mismatch(node, "a sequence", "write `[…]`, or one item a line after `- `");
                return Some(Self::new());
            }
        };
        let owner = context.owner.take();
        let read =
            |(index, item): (usize, &Node)| context.within(Segment::Index(index), |context| T::decode(item, context));
        let list = items.iter().enumerate().filter_map(read).collect();
        context.owner = owner;
        Some(list)
    }

    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "type": "array", "items": T::schema(definitions) })
    }

    fn stand_in() -> Option<Self> {
        Some(Self::new())
    }
}

/// What can be the key of a mapping: a name, or a word out of several.
pub trait Key: Sized + Ord {
    /// What it is, with its article.
    const KEY: &'static str;
    /// Reads it; the error is what is wrong and what would be right.
    #[doc(hidden)]
    fn from_key(text: &str) -> Result<Self, (String, String)>;
    /// Its schema.
    #[doc(hidden)]
    fn key_schema(definitions: &mut Definitions) -> Value;
}

impl<T: Scalar + Ord> Key for T {
    const KEY: &'static str = T::WHAT;
    fn from_key(text: &str) -> Result<Self, (String, String)> {
        text.parse().map_err(|error: crate::scalar::Invalid| (error.to_string(), error.help()))
    }
    fn key_schema(definitions: &mut Definitions) -> Value {
        Self::schema(definitions)
    }
}

impl<K: Key, V: Shape> Shape for BTreeMap<K, V> {
    #[expect(private_interfaces, reason = "only the types of this crate are read from topology files")]
    fn decode(node: &Node, context: &mut Context) -> Option<Self> {
        let Data::Mapping(entries) = &node.data else {
            context.mismatch(
                node,
                &format!("a mapping whose keys are each {}", K::KEY),
                "write `name: value`, one a line",
            );
            return Some(Self::new());
        };
        let mut map = Self::new();
        for entry in entries {
            context.within_entry(&entry.key, &entry.key_span, |context| {
                let value = if entry.value.is_nothing() {
                    context.report(
                        &entry.key_span,
                        format!("`{}` has no value", entry.key),
                        "give it one, or leave the key out",
                    );
                    None
                } else {
                    V::decode(&entry.value, context)
                };
                match (K::from_key(&entry.key), value.or_else(V::stand_in)) {
                    (Ok(key), Some(value)) => {
                        context.trap(&entry.key, entry.key_plain, &entry.key_span);
                        map.insert(key, value);
                    }
                    (Ok(_), None) => context.broken.lose(&context.here(), &entry.key),
                    (Err((message, help)), _) => {
                        context.report(&entry.key_span, message, help);
                        context.broken.lose(&context.here(), &entry.key);
                    }
                }
            });
        }
        Some(map)
    }

    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "type": "object", "propertyNames": K::key_schema(definitions), "additionalProperties": V::schema(definitions) })
    }

    fn stand_in() -> Option<Self> {
        Some(Self::new())
    }
}

/// The word of several that `text` is; else what is wrong, and what would be right.
pub(crate) fn choose<T: Copy>(text: &str, what: &str, words: &[(&str, T)]) -> Result<T, (String, String)> {
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(*value);
    }
    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let help = match nearest(text, &known) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("it is one of {}", known.join(", ")),
    };
    Err((format!("{} is not {what}", Excerpt(text)), help))
}

/// Reads a word out of several.
pub(crate) fn decode_word<T: Copy>(node: &Node, context: &mut Context, what: &str, words: &[(&str, T)]) -> Option<T> {
    let first = words.first().map(|(_, value)| *value);
    let Data::Scalar { text, plain } = &node.data else {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        context.mismatch(node, what, format!("it is one of {}", known.join(", ")));
        return first;
    };
    if node.is_nothing() {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        context.mismatch(node, what, format!("it is one of {}", known.join(", ")));
        return first;
    }
    match choose(text, what, words) {
        Ok(value) => {
            context.trap(text, *plain, &node.span);
            Some(value)
        }
        Err((message, help)) => {
            context.report(&node.span, message, help);
            // What was most likely meant stands in, so that less else seems to be wrong.
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let meant = nearest(text, &known);
            words.iter().find(|(word, _)| Some(*word) == meant).map(|(_, value)| *value).or(first)
        }
    }
}

/// Declares a mapping of a topology file.
///
/// Each key is `required`, `optional` (an `Option`), or `default` with the value that a missing key means.
/// A mapping without required keys may be `defaulted`: a missing one is the same as an empty one.
macro_rules! shape {
    (@type required $type:ty) => { $type };
    (@type optional $type:ty) => { Option<$type> };
    (@type default $type:ty) => { $type };

    (@read required $context:ident $node:ident $found:ident $what:literal $key:expr, $type:ty) => {
        $context.required::<$type>($node, &$found, $what, $key)
    };
    (@read optional $context:ident $node:ident $found:ident $what:literal $key:expr, $type:ty) => {
        $context.optional::<$type>(&$found, $key)
    };
    (@read default $context:ident $node:ident $found:ident $what:literal $key:expr, $type:ty) => {
        $context.optional::<$type>(&$found, $key)
    };

    (@take required $field:ident) => { $field? };
    (@take optional $field:ident) => { $field };
    (@take default $field:ident $default:expr) => { $field.unwrap_or_else(|| $default) };

    (@write required $map:ident $value:expr, $key:expr) => { $map.serialize_entry($key, $value)? };
    (@write optional $map:ident $value:expr, $key:expr) => {
        if let Some(value) = $value {
            $map.serialize_entry($key, value)?;
        }
    };
    (@write default $map:ident $value:expr, $key:expr, $default:expr) => {
        let (value, default) = ($value, $default);
        if *value != default {
            $map.serialize_entry($key, value)?;
        }
    };

    (@default $properties:ident $required:ident required $key:expr, $schema:expr) => {
        $required.push($key);
        $properties.insert($key.to_owned(), $schema);
    };
    (@default $properties:ident $required:ident optional $key:expr, $schema:expr) => {
        $properties.insert($key.to_owned(), $schema);
    };
    (@default $properties:ident $required:ident default $key:expr, $schema:expr, $default:expr) => {
        $properties.insert($key.to_owned(), $crate::source::schema::with_default($schema, &$default));
    };

    // The required keys become the parameters of `new`, all others get their defaults.
    (@new $name:ident [$($params:tt)*] [$($fields:tt)*] required $field:ident : $type:ty, $($rest:tt)*) => {
        $crate::source::shape::shape!(@new $name [$($params)* $field: $type,] [$($fields)* $field,] $($rest)*);
    };
    (@new $name:ident [$($params:tt)*] [$($fields:tt)*] optional $field:ident : $type:ty, $($rest:tt)*) => {
        $crate::source::shape::shape!(@new $name [$($params)*] [$($fields)* $field: None,] $($rest)*);
    };
    (@new $name:ident [$($params:tt)*] [$($fields:tt)*] default $field:ident : $type:ty = $default:expr, $($rest:tt)*) => {
        $crate::source::shape::shape!(@new $name [$($params)*] [$($fields)* $field: $default,] $($rest)*);
    };
    (@new $name:ident [] [$($fields:tt)*]) => {};
    (@new $name:ident [$($params:tt)+] [$($fields:tt)*]) => {
        impl $name {
            /// With these keys, which must be given; every other one is as if it had been left out.
            pub fn new($($params)+) -> Self {
                Self { $($fields)* }
            }
        }
    };

    (@initial optional) => { None };
    (@initial default $default:expr) => { $default };

    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident as $what:literal defaulted {
            $( $(#[doc = $field_doc:literal])* $kind:ident $field:ident : $type:ty $(= $default:expr)? ),* $(,)?
        }
    ) => {
        $crate::source::shape::shape! {
            $(#[doc = $doc])*
            pub struct $name as $what {
                $( $(#[doc = $field_doc])* $kind $field : $type $(= $default)? ),*
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $crate::source::shape::shape!(@initial $kind $($default)?), )* }
            }
        }
    };

    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident as $what:literal {
            $( $(#[doc = $field_doc:literal])* $kind:ident $field:ident : $type:ty $(= $default:expr)? ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $( $(#[doc = $field_doc])* pub $field: $crate::source::shape::shape!(@type $kind $type), )*
        }

        $crate::source::shape::shape!(@new $name [] [] $($kind $field: $type $(= $default)?,)*);

        impl $crate::source::shape::Shape for $name {
            #[expect(private_interfaces, reason = "only the types of this crate are read from topology files")]
            fn decode(node: &$crate::source::node::Node, context: &mut $crate::source::shape::Context) -> Option<Self> {
                let found = context.fields(node, $what, &[$(stringify!($field)),*])?;
                $( let $field = $crate::source::shape::shape!(@read $kind context node found $what stringify!($field), $type); )*
                Some(Self { $( $field: $crate::source::shape::shape!(@take $kind $field $($default)?), )* })
            }

            fn schema(definitions: &mut $crate::source::schema::Definitions) -> serde_json::Value {
                definitions.named::<Self>(|definitions| {
                    let mut properties = serde_json::Map::new();
                    #[allow(unused_mut, reason = "not every mapping has a required key")]
                    let mut required: Vec<&str> = Vec::new();
                    $(
                        let schema = $crate::source::schema::with_doc(<$type as $crate::source::shape::Shape>::schema(definitions), &[$($field_doc),*]);
                        $crate::source::shape::shape!(@default properties required $kind stringify!($field), schema $(, { let default: $type = $default; default })?);
                    )*
                    $crate::source::schema::object(&[$($doc),*], properties, &required)
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $( $crate::source::shape::shape!(@write $kind map &self.$field, stringify!($field) $(, { let default: $type = $default; default })?); )*
                map.end()
            }
        }
    };
}
pub(crate) use shape;

/// Declares a word out of several of a topology file.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident as $what:literal {
            $( $(#[doc = $word_doc:literal])* $variant:ident = $word:literal ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[doc = $word_doc])* $variant, )*
        }

        impl $name {
            /// Every one, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word as it stands in a topology.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word, )* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::source::shape::Shape for $name {
            #[expect(private_interfaces, reason = "only the types of this crate are read from topology files")]
            fn decode(node: &$crate::source::node::Node, context: &mut $crate::source::shape::Context) -> Option<Self> {
                $crate::source::shape::decode_word(node, context, $what, &[$(($word, Self::$variant)),*])
            }

            fn schema(definitions: &mut $crate::source::schema::Definitions) -> serde_json::Value {
                definitions.named::<Self>(|_| $crate::source::schema::words(&[$($doc),*], &[$(($word, &[$($word_doc),*])),*]))
            }

            fn stand_in() -> Option<Self> {
                Self::ALL.first().copied()
            }
        }

        impl $crate::source::shape::Key for $name {
            const KEY: &'static str = $what;
            fn from_key(text: &str) -> Result<Self, (String, String)> {
                $crate::source::shape::choose(text, $what, &[$(($word, Self::$variant)),*])
            }
            fn key_schema(definitions: &mut $crate::source::schema::Definitions) -> serde_json::Value {
                <Self as $crate::source::shape::Shape>::schema(definitions)
            }
        }
    };
}
pub(crate) use choice;

//! What a value must be.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use regex::Regex;

/// What a value must be: its type, its bounds, and what is in it.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Its type.
    pub form: Form,
    /// Whether `null` is a value too.
    pub nullable: bool,
    /// Whether an object may have fields that are not named.
    pub open: bool,
    /// Whether an object has fields that are not among the facts: what isn't named is then unknown.
    pub partial: bool,
    /// What else holds of it.
    pub bounds: Vec<Bound>,
    /// The fields of an object, by name.
    pub fields: BTreeMap<Box<str>, Field>,
    /// What a list or a map holds.
    pub inner: Option<Arc<Shape>>,
}

/// A field of an object.
#[derive(Debug, Clone)]
pub struct Field {
    /// Whether it must be there.
    pub required: bool,
    /// What it must be.
    pub shape: Arc<Shape>,
}

/// The types of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A mapping with named fields.
    Object,
    /// A mapping with any keys.
    Map,
    /// A list.
    List,
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A whole number or a text.
    IntOrString,
    /// Anything.
    Any,
}

/// What must hold of a value of the right type.
#[derive(Debug, Clone)]
pub enum Bound {
    /// It is one of these texts.
    OneOf(Vec<String>),
    /// A number is no smaller.
    Minimum(f64),
    /// A number is no larger.
    Maximum(f64),
    /// A number is a multiple of this one.
    MultipleOf(f64),
    /// A text has no fewer characters.
    MinLength(u64),
    /// A text has no more characters.
    MaxLength(u64),
    /// A list has no fewer items.
    MinItems(u64),
    /// A list has no more items.
    MaxItems(u64),
    /// A mapping has no fewer keys.
    MinProperties(u64),
    /// A mapping has no more keys.
    MaxProperties(u64),
    /// A text matches an expression somewhere.
    Pattern(Pattern),
    /// No item of a list stands there twice.
    Unique,
    /// No two items of a list have the same values of these fields.
    Keys(Vec<String>),
    /// Of each group of fields, at most one is there.
    AtMostOne(Vec<Vec<String>>),
    /// Of each group of fields, exactly one is there.
    ExactlyOne(Vec<Vec<String>>),
}

/// A regular expression, compiled when it is first asked.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: Box<str>,
    compiled: OnceLock<Option<Regex>>,
}

/// The largest program that an expression may become: those of definitions take a few kilobytes.
const MOST_PROGRAM: usize = 1 << 20;

impl Pattern {
    /// An expression, in the syntax of RE2.
    pub fn new(text: &str) -> Self {
        Self { text: text.into(), compiled: OnceLock::new() }
    }

    /// The expression.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a text matches; `None` if the expression can't be read or is too large.
    pub fn takes(&self, text: &str) -> Option<bool> {
        let compile = || regex::RegexBuilder::new(&self.text).size_limit(MOST_PROGRAM).build().ok();
        self.compiled.get_or_init(compile).as_ref().map(|regex| regex.is_match(text))
    }
}

impl Shape {
    /// A value of a type, without bounds and fields.
    pub const fn of(form: Form) -> Self {
        Self {
            form,
            nullable: false,
            open: false,
            partial: false,
            bounds: Vec::new(),
            fields: BTreeMap::new(),
            inner: None,
        }
    }

    /// A field of an object by its name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(name)
    }

    /// What stands at a path of fields, `[]` for the items of a list and `{}` for the values of a map:
    /// `spec.listeners[].port`.
    pub fn at(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |shape, segment| {
            let name = segment.trim_end_matches(['[', ']', '{', '}']);
            let inside = (segment.len() - name.len()) / 2;
            let start = &*shape.field(name)?.shape;
            (0..inside).try_fold(start, |shape, _| shape.inner.as_deref())
        })
    }
}

impl Form {
    /// Its name in a file of facts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Map => "map",
            Self::List => "list",
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::IntOrString => "int-or-string",
            Self::Any => "any",
        }
    }

    /// A form by its name in a file of facts.
    pub fn parse(word: &str) -> Option<Self> {
        let all = [
            Self::Object,
            Self::Map,
            Self::List,
            Self::String,
            Self::Integer,
            Self::Number,
            Self::Boolean,
            Self::IntOrString,
            Self::Any,
        ];
        all.into_iter().find(|form| form.word() == word)
    }
}

impl fmt::Display for Form {
    /// As messages say it, with its article.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object | Self::Map => "a mapping",
            Self::List => "a list",
            Self::String => "a text",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::IntOrString => "a whole number or a text",
            Self::Any => "a value",
        })
    }
}

impl fmt::Display for Bound {
    /// As JSON Schema names it, with its limit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneOf(words) => write!(f, "enum {}", words.join(", ")),
            Self::Minimum(limit) => write!(f, "minimum {limit}"),
            Self::Maximum(limit) => write!(f, "maximum {limit}"),
            Self::MultipleOf(limit) => write!(f, "multipleOf {limit}"),
            Self::MinLength(limit) => write!(f, "minLength {limit}"),
            Self::MaxLength(limit) => write!(f, "maxLength {limit}"),
            Self::MinItems(limit) => write!(f, "minItems {limit}"),
            Self::MaxItems(limit) => write!(f, "maxItems {limit}"),
            Self::MinProperties(limit) => write!(f, "minProperties {limit}"),
            Self::MaxProperties(limit) => write!(f, "maxProperties {limit}"),
            Self::Pattern(pattern) => write!(f, "pattern {}", pattern.text()),
            Self::Unique => f.write_str("unique"),
            Self::Keys(names) => write!(f, "keys {}", names.join(", ")),
            Self::AtMostOne(groups) => write!(f, "atMostOne {groups:?}"),
            Self::ExactlyOne(groups) => write!(f, "exactlyOne {groups:?}"),
        }
    }
}

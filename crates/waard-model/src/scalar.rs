//! What every single value of a topology has in common: one written form, one rule, one kind of error.
//!
//! A [`Scalar`] is a newtype over text or a number. It is made from text, fails with an [`Invalid`] that
//! says what is wrong and where, and prints the canonical form, from which it reads back to an equal value.

use std::fmt;
use std::str::FromStr;

/// A value that stands in a topology as one scalar.
pub trait Scalar: Sized + fmt::Display + FromStr<Err = Invalid> {
    /// What it is, with its article: "a region code".
    const WHAT: &'static str;
    /// What is allowed, in a phrase that can follow "it is …".
    const RULE: &'static str;
    /// The same as a regular expression of JSON Schema (ECMA 262), as near as such an expression gets.
    const PATTERN: &'static str;
    /// A valid value.
    const EXAMPLE: &'static str;
    /// True if a plain number without quotes is allowed too, as people write `cpu: 2`.
    const NUMBERS: bool = false;
}

/// Why a text is not a valid value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} {what}: {reason}", Subject(value))]
pub struct Invalid {
    what: &'static str,
    rule: &'static str,
    example: &'static str,
    value: String,
    reason: String,
}

impl Invalid {
    /// The error for a value of type `T`, with the reason in words.
    pub fn new<T: Scalar>(value: &str, reason: impl Into<String>) -> Self {
        Self {
            what: T::WHAT,
            rule: T::RULE,
            example: T::EXAMPLE,
            value: value.to_owned(),
            reason: on_one_line(&reason.into()),
        }
    }

    /// What would be right, with an example.
    pub fn help(&self) -> String {
        format!("it is {}, such as `{}`", self.rule, self.example)
    }

    /// Why, without the text that was refused.
    pub(crate) fn reason(&self) -> &str {
        &self.reason
    }

    /// The text that was refused.
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// `"…" is not`, without the text if that may be a credential: what is refused is told to logs too.
struct Subject<'a>(&'a str);

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match crate::name::secret_like(self.0) {
            Some(_) => f.write_str("this is not"),
            None => write!(f, "{} is not", Excerpt(self.0)),
        }
    }
}

/// A reason may repeat parts of the value: control characters are shown as in Rust, and what is long is cut.
fn on_one_line(reason: &str) -> String {
    const SHOWN: usize = 400;
    let mut line = String::with_capacity(reason.len().min(SHOWN));
    for (count, character) in reason.chars().enumerate() {
        if count == SHOWN {
            line.push('…');
            break;
        }
        if character.is_control() { line.extend(character.escape_debug()) } else { line.push(character) }
    }
    line
}

/// A text in quotes, cut where it would fill the screen.
pub(crate) struct Excerpt<'a>(pub(crate) &'a str);

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 60;
        let mut chars = self.0.chars();
        let head: String = chars.by_ref().take(SHOWN).collect();
        let rest = chars.count();
        if rest == 0 { write!(f, "{head:?}") } else { write!(f, "{head:?} and {rest} characters more") }
    }
}

/// A rule over the characters of a name.
#[derive(Clone, Copy)]
pub(crate) struct Charset {
    /// Most characters that it may have.
    pub(crate) max: usize,
    /// What it may start with, in words and as a test.
    pub(crate) first: (&'static str, fn(char) -> bool),
    /// What may stand in it.
    pub(crate) inner: (&'static str, fn(char) -> bool),
    /// What it may end with.
    pub(crate) last: (&'static str, fn(char) -> bool),
}

impl Charset {
    /// Checks `text`; the error says which character, and where.
    pub(crate) fn check(&self, text: &str) -> Result<(), String> {
        let Some(first) = text.chars().next() else {
            return Err("it is empty".to_owned());
        };
        let length = text.chars().count();
        if length > self.max {
            return Err(format!("it has {length} characters, at most {} are allowed", self.max));
        }
        if !(self.first.1)(first) {
            return Err(format!("it starts with {first:?}, it must start with {}", self.first.0));
        }
        for (position, character) in text.chars().enumerate() {
            if !(self.inner.1)(character) {
                return Err(format!("character {} is {character:?}, allowed are {}", position + 1, self.inner.0));
            }
        }
        match text.chars().next_back() {
            Some(last) if !(self.last.1)(last) => {
                Err(format!("it ends with {last:?}, it must end with {}", self.last.0))
            }
            _ => Ok(()),
        }
    }
}

/// Implements what every [`Scalar`] has beside its reading and printing: `TryFrom<String>` and `Serialize`.
macro_rules! scalar {
    ($type:ty, $what:literal, $rule:literal, $pattern:literal, $example:literal $(, numbers = $numbers:literal)?) => {
        impl $crate::scalar::Scalar for $type {
            $( const NUMBERS: bool = $numbers; )?
            const WHAT: &'static str = $what;
            const RULE: &'static str = $rule;
            const PATTERN: &'static str = $pattern;
            const EXAMPLE: &'static str = $example;
        }

        impl TryFrom<String> for $type {
            type Error = $crate::scalar::Invalid;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl TryFrom<&str> for $type {
            type Error = $crate::scalar::Invalid;
            fn try_from(text: &str) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}
pub(crate) use scalar;

/// Declares a newtype over text whose rule is a function `&str -> Result<(), String>`.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $what:literal, $rule:literal, $pattern:literal, $example:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The value as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::scalar::Invalid;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let check: fn(&str) -> Result<(), String> = $check;
                check(text).map_err(|reason| $crate::scalar::Invalid::new::<Self>(text, reason))?;
                Ok(Self(text.into()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        $crate::scalar::scalar!($name, $what, $rule, $pattern, $example);
    };
}
pub(crate) use text;

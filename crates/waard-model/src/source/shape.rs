//! How a type is read from a file, printed to one, and described by the JSON Schema, declared once.
//!
//! `shape!` declares a mapping with its keys, `choice!` a word out of several. Both make the type itself, with
//! public fields and its documentation, and implement [`Shape`] and `Serialize` for it. Reading goes on after
//! a problem: what can't be read is reported, its path is kept as *broken*, and an example stands in for it, so
//! that everything else is still judged.

mod context;
mod values;

use serde_json::Value;

use super::node::Node;
use super::schema::Definitions;
pub(crate) use context::Broken;
pub use context::Context;
pub(crate) use values::{choose, decode_word, nearest};

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

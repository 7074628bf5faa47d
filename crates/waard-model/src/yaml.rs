//! Writes any `serde::Serialize` value as YAML, straight into text, the way a person writes Kubernetes manifests.
//!
//! Block style, two spaces, sequences indented below their key, literal blocks for text of several lines, nothing folded.
//! A string is quoted exactly where the syntax demands it or where some YAML 1.1 or 1.2 reader would take it for
//! something else ([`plain::misread`]): `no`, `1_000` and `12:30` stay strings for kubectl, `PyYAML` and ruamel alike.
//! There is no tree in between: fields are written as serde hands them over, and a struct whose fields want another
//! order ([`Order::Kubernetes`]) has its finished lines moved at its end.
//!
//! ```
//! use serde::Serialize;
//! use waard_model::yaml;
//!
//! #[derive(Serialize)]
//! struct Port {
//!     #[serde(rename = "containerPort")]
//!     container_port: u16,
//!     name: &'static str,
//! }
//!
//! let ports = [Port { container_port: 8080, name: "no" }];
//! assert_eq!(yaml::to_string(&ports)?, "- containerPort: 8080\n  name: \"no\"\n");
//! assert_eq!(yaml::to_string_with(&ports, yaml::Options::KUBERNETES)?, "- name: \"no\"\n  containerPort: 8080\n");
//! # Ok::<(), yaml::Error>(())
//! ```

mod base64;
mod compound;
mod key;
mod number;
mod order;
pub mod plain;
mod quote;
mod value;
mod writer;

use serde::Serialize;

use self::writer::Writer;

/// How deep a value may nest, counting every sequence, mapping, `Some` and newtype: a bound on the stack, far above
/// any manifest.
pub const MAX_DEPTH: usize = 256;

/// How a document is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// In which order the fields of structs stand.
    pub order: Order,
}

impl Options {
    /// What manifests are written with: [`Order::Kubernetes`].
    pub const KUBERNETES: Self = Self { order: Order::Kubernetes };
}

/// In which order the fields of *structs* stand. Maps always keep the order in which they are serialized.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As the type declares them.
    #[default]
    Declared,
    /// As people write manifests: `apiVersion`, `kind`, `metadata` first, `name` before `image`, `selector` before
    /// `template`, `status` last. Fields that the order doesn't know keep their declared order, in the middle.
    Kubernetes,
}

/// A value that can't be written as YAML.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Problem);

/// What is wrong with the value; private, since no caller branches on it.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("the value nests more than {MAX_DEPTH} levels deep")]
    TooDeep,
    #[error("{0} can't be the key of a mapping; a key is a string, a number, a boolean or null")]
    Key(&'static str),
    #[error("{0}")]
    Custom(String),
}

impl serde::ser::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self(Problem::Custom(message.to_string()))
    }
}

/// One document, fields in declared order: no leading `---`, and exactly one line break at the end.
///
/// # Errors
///
/// When the value nests too deep, has a mapping key that is no scalar, or its `Serialize` fails.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    to_string_with(value, Options::default())
}

/// One document, like [`to_string`], written as the options say.
///
/// # Errors
///
/// As [`to_string`].
pub fn to_string_with<T: Serialize + ?Sized>(value: &T, options: Options) -> Result<String, Error> {
    let mut out = String::with_capacity(2048);
    append_with(&mut out, value, options)?;
    Ok(out)
}

/// Appends one document, fields in declared order; the caller writes `---` between documents.
///
/// # Errors
///
/// As [`to_string`]; then `out` is as it was.
pub fn append<T: Serialize + ?Sized>(out: &mut String, value: &T) -> Result<(), Error> {
    append_with(out, value, Options::default())
}

/// Appends one document, like [`append`], written as the options say.
///
/// # Errors
///
/// As [`to_string`]; then `out` is as it was.
pub fn append_with<T: Serialize + ?Sized>(out: &mut String, value: &T, options: Options) -> Result<(), Error> {
    let start = out.len();
    let mut result = value.serialize(Writer::new(out, options.order, true).root());
    if result.is_ok() && out.ends_with("\n\n") {
        // A block that keeps its trailing line breaks came last. Editors trim the end of a file, which would change
        // the text, so that document is written once more with such strings quoted.
        out.truncate(start);
        result = value.serialize(Writer::new(out, options.order, false).root());
    }
    if result.is_err() {
        out.truncate(start);
    }
    result
}

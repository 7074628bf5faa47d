//! YAML as people write it: many documents in a file, each a tree that knows where every key and value stands.
//!
//! A broken document is a [`Fault`] with its place, and the others are read all the same. What readers disagree about
//! (`yes`, a key that stands twice) is a [`Trap`] beside the tree. Size, depth and what aliases repeat are bounded.

mod demands;
mod node;
mod read;
mod recover;
mod scalar;
mod strict;
mod typed;

pub use demands::Takes;
pub(crate) use node::Data;
pub use node::{Entry, Node};
pub(crate) use read::documents;
pub use scalar::Scalar;
pub use strict::{Misread, MissingKey, Refused, UnknownKey};
pub use typed::ReadError;

use crate::place::Place;

/// What a text is that stands without quotes.
pub(crate) fn plain(text: &str) -> Scalar<'_> {
    scalar::resolve(text)
}

/// One document of a file.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its value.
    pub root: Node,
    /// What readers of YAML disagree about in it.
    pub traps: Vec<Trap>,
}

/// Why a document, or a whole file, can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where reading ended.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: String,
}

/// Something that not every reader of YAML understands the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// Where it stands.
    pub place: Place,
    /// Which one.
    pub kind: TrapKind,
}

/// The traps of YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrapKind {
    /// A key stands twice in a mapping; the other place is the first one. The last one counts.
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it stood first.
        first: Place,
    },
    /// Text without quotes that kubectl reads as a boolean and others as a text: `yes`, `off`, `n`.
    Boolean {
        /// The text.
        text: String,
    },
    /// A number that kubectl reads in another base or with its `_` left out: `0644`, `0b1`, `1_000`.
    Number {
        /// The text.
        text: String,
    },
    /// A key that is no single value.
    CompoundKey,
}

//! The topology domain of waard: one typed, valid description of a multi-region platform.
//!
//! A topology is read from a file by [`source::read`], or made in Rust: fill a [`spec::Spec`], give it to
//! [`Topology::new`]. Either way a [`Topology`] that exists is valid. Emitters turn it into
//! [`artifact::Artifact`]s; nothing here reads files, the environment or the clock.

pub mod artifact;
pub mod name;
pub mod path;
pub mod quantity;
pub mod scalar;
pub mod source;
pub mod spec;
#[cfg(feature = "proptest1")]
pub mod strategy;
pub mod topology;
pub mod yaml;

pub use topology::Topology;

//! The promises of `tree`, each held by a test: see the module's documentation.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test of xtask reads and writes files, and fails by panicking, in its helpers too"
)]

mod compare;
mod conflicts;
mod faults;
mod links;
mod random;
mod support;
mod update;

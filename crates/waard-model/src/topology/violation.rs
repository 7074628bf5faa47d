//! What is wrong with a spec as a whole.

use std::fmt;

use crate::path::ModelPath;
use crate::source::shape::Broken;

/// An invariant that a spec breaks: where, what, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    path: ModelPath,
    message: String,
    help: Option<String>,
    related: Vec<(ModelPath, String)>,
    about_key: bool,
    secret: bool,
    depends: Vec<ModelPath>,
    counts: Vec<ModelPath>,
}

impl Violation {
    /// What is wrong at `path`, and what would be right.
    pub fn new(path: ModelPath, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            path,
            message: message.into(),
            help: Some(help.into()),
            related: Vec::new(),
            about_key: false,
            secret: false,
            depends: Vec::new(),
            counts: Vec::new(),
        }
    }

    /// The same, with another part of the topology that belongs to it.
    #[must_use]
    pub fn with(mut self, path: ModelPath, remark: impl Into<String>) -> Self {
        self.related.push((path, remark.into()));
        self
    }

    /// The same, about the key at the end of its path rather than the value.
    #[must_use]
    pub(super) fn about_key(mut self) -> Self {
        self.about_key = true;
        self
    }

    /// The same, about a value that may be a credential and must not be shown.
    #[must_use]
    pub(super) fn about_secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// True if the value at its path may be a credential.
    pub(crate) const fn is_secret(&self) -> bool {
        self.secret
    }

    /// The same, judged by `path` too: without it, or anything in it, nothing can be said.
    #[must_use]
    pub(super) fn judged_by(mut self, path: ModelPath) -> Self {
        self.depends.push(path);
        self
    }

    /// The same, because something isn't among the entries of `path`.
    #[must_use]
    pub(super) fn not_among(mut self, path: ModelPath) -> Self {
        self.counts.push(path);
        self
    }

    /// The same of another place, where it holds because of what stands at its own.
    #[must_use]
    pub(super) fn moved(mut self, path: ModelPath, message: String) -> Self {
        self.message = message;
        let own = std::mem::replace(&mut self.path, path);
        self.judged_by(own)
    }

    /// True if it speaks of the key at the end of its path rather than of the value.
    pub(crate) const fn is_about_key(&self) -> bool {
        self.about_key
    }

    /// The part of the topology that it speaks of.
    pub const fn path(&self) -> &ModelPath {
        &self.path
    }

    /// What would be right.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Other parts that belong to it, each with a remark.
    pub fn related(&self) -> &[(ModelPath, String)] {
        &self.related
    }

    /// True if it may only be there because of something that could not be read.
    pub(crate) fn follows_from(&self, broken: &Broken) -> bool {
        let related = self.related.iter().map(|(path, _)| path);
        std::iter::once(&self.path).chain(related).any(|path| broken.is_at_or_above(path) || broken.is_entry_of(path))
            || self.depends.iter().any(|path| broken.is_at_or_above(path) || broken.is_inside(path))
            || self.counts.iter().any(|path| broken.is_at_or_above(path) || broken.lost_entry_of(path))
            // What is said about a name that was there, but could not be read.
            || self.message.split('`').skip(1).step_by(2).any(|name| broken.lost_name(name))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Violation {}

/// Violations as they are found.
#[derive(Default)]
pub(super) struct Violations(Vec<Violation>);

impl Violations {
    pub(super) fn push(&mut self, violation: Violation) {
        self.0.push(violation);
    }

    pub(super) fn add(&mut self, path: ModelPath, message: impl Into<String>, help: impl Into<String>) {
        self.push(Violation::new(path, message, help));
    }

    pub(super) fn finish(mut self) -> Vec<Violation> {
        self.0.sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
        self.0.dedup();
        self.0
    }
}

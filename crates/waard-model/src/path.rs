//! Where something stands in a topology, independent of the file it was read from.

use std::fmt;

/// A path into a topology, such as `environments.production.regions.us-east-1.traffic`.
///
/// Sequence items are numbered from 0: `edge.behaviours[2].ttl`. Keys that hold anything but
/// letters, digits, `_` and `-` are shown quoted: `edge["a.b"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelPath(Vec<Segment>);

/// One step of a [`ModelPath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// Into a mapping, by key.
    Key(Box<str>),
    /// Into a sequence, by position from 0.
    Index(usize),
}

impl ModelPath {
    /// The whole topology.
    pub const ROOT: Self = Self(Vec::new());

    /// A path of keys.
    ///
    /// ```
    /// use waard_model::path::ModelPath;
    /// assert_eq!(ModelPath::of(["edge", "behaviours"]).index(2).key("ttl").to_string(), "edge.behaviours[2].ttl");
    /// ```
    pub fn of<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        Self(keys.into_iter().map(|key| Segment::Key(key.into())).collect())
    }

    /// This path and one more key.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(Segment::Key(key.into()))
    }

    /// This path and a position in a sequence.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Segment::Index(index))
    }

    /// This path and one more step.
    pub(crate) fn then(&self, segment: &Segment) -> Self {
        self.with(segment.clone())
    }

    fn with(&self, segment: Segment) -> Self {
        let mut segments = Vec::with_capacity(self.0.len() + 1);
        segments.extend_from_slice(&self.0);
        segments.push(segment);
        Self(segments)
    }

    /// The steps, from the outside in.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The path without its last step; `None` for the whole topology.
    pub fn parent(&self) -> Option<Self> {
        self.0.split_last().map(|(_, head)| Self(head.to_vec()))
    }

    /// The path itself and everything above it.
    pub(crate) fn and_above(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), Self::parent)
    }

    /// True if `self` is `other` or stands above it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl fmt::Display for ModelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("(the whole file)");
        }
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key)
                    if !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) =>
                {
                    if position > 0 {
                        f.write_str(".")?;
                    }
                    f.write_str(key)?;
                }
                Segment::Key(key) => write!(f, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}

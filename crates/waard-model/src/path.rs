//! Where something stands in a topology, independent of the file it was read from.

use std::fmt;
use std::str::FromStr;

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

/// Why a text is no [`ModelPath`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no path into a topology")]
pub struct PathError;

impl FromStr for ModelPath {
    type Err = PathError;

    /// Reads what `Display` writes; an empty text is the whole topology.
    fn from_str(text: &str) -> Result<Self, PathError> {
        let mut path = Vec::new();
        if text == Self::ROOT.to_string() {
            return Ok(Self(path));
        }
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                if inner.starts_with('"') {
                    let mut keys = serde_json::Deserializer::from_str(inner).into_iter::<String>();
                    let key = keys.next().and_then(Result::ok).ok_or(PathError)?;
                    rest = inner.get(keys.byte_offset()..).and_then(|rest| rest.strip_prefix(']')).ok_or(PathError)?;
                    path.push(Segment::Key(key.into()));
                } else {
                    let (index, after) = inner.split_once(']').ok_or(PathError)?;
                    path.push(Segment::Index(index.parse().map_err(|_| PathError)?));
                    rest = after;
                }
            } else {
                let name = if path.is_empty() { rest } else { rest.strip_prefix('.').ok_or(PathError)? };
                let end = name.find(['.', '[']).unwrap_or(name.len());
                let (key, after) = name.split_at(end);
                if key.is_empty() {
                    return Err(PathError);
                }
                path.push(Segment::Key(key.into()));
                rest = after;
            }
        }
        Ok(Self(path))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_reads_back() {
        let paths = [
            ModelPath::ROOT,
            ModelPath::of(["edge", "behaviours"]).index(2).key("ttl"),
            ModelPath::of(["a.b"]).key("\"").key("c"),
        ];
        for path in paths {
            assert_eq!(path.to_string().parse(), Ok(path));
        }
        for text in [".", "a.", "a[", "a[x]", "a[\"b\"", "a..b", "[0]b"] {
            assert_eq!(text.parse::<ModelPath>(), Err(PathError), "{text}");
        }
    }
}

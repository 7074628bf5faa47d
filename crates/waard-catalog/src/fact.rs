//! What every fact carries: where it was read, when, and how sure that is.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// How sure a fact is, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Read in the data or code of the party that decides it.
    Verified,
    /// Read at a third party.
    Secondary,
    /// Well known, not read again: confirm before relying on it.
    Recalled,
    /// Sources disagree; the row's note or source says how.
    Conflict,
    /// Looked for and not found: the row says so instead of guessing.
    NotFound,
}

impl Confidence {
    /// Whether a decision may rest on the fact without asking a person.
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Verified | Self::Secondary)
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Verified => "verified",
            Self::Secondary => "secondary",
            Self::Recalled => "recalled",
            Self::Conflict => "conflict",
            Self::NotFound => "not-found",
        })
    }
}

impl FromStr for Confidence {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "verified" => Ok(Self::Verified),
            "secondary" => Ok(Self::Secondary),
            "recalled" => Ok(Self::Recalled),
            "conflict" => Ok(Self::Conflict),
            "not-found" => Ok(Self::NotFound),
            _ => Err(()),
        }
    }
}

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// What was read: a repository and file, a package and version, a page.
    pub name: String,
    /// The day the source stood so: of its release or commit, not of the reading.
    pub as_of: Date,
    /// How sure the fact is.
    pub confidence: Confidence,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.name, self.as_of, self.confidence)
    }
}

/// A value with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact<T> {
    /// The value.
    pub value: T,
    /// Where it comes from. A value made of several rows carries the least sure of them.
    pub source: Source,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_reads_what_it_prints_and_nothing_else() {
        for confidence in [
            Confidence::Verified,
            Confidence::Secondary,
            Confidence::Recalled,
            Confidence::Conflict,
            Confidence::NotFound,
        ] {
            assert_eq!(confidence.to_string().parse(), Ok(confidence));
        }
        assert_eq!("Verified".parse::<Confidence>(), Err(()));
        assert_eq!("not found".parse::<Confidence>(), Err(()));
    }
}

//! The Kubernetes minor version a cluster runs.

use std::fmt;
use std::str::FromStr;

/// A Kubernetes minor version, such as `1.36`, ordered by number: `1.9 < 1.10`.
///
/// Written as <https://kubernetes.io/releases/version-skew-policy/> writes it: no `v`, no patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minor {
    major: u16,
    minor: u16,
}

/// Why a text is not a Kubernetes minor version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a Kubernetes minor version: write two numbers and a dot, such as `1.36`")]
pub struct MinorError {
    text: String,
}

impl Minor {
    /// The version `major.minor`.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// The first number: 1 for every Kubernetes so far.
    pub const fn major(self) -> u16 {
        self.major
    }

    /// The second number.
    pub const fn minor(self) -> u16 {
        self.minor
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Minor {
    type Err = MinorError;

    fn from_str(text: &str) -> Result<Self, MinorError> {
        let error = || MinorError { text: text.to_owned() };
        let (major, minor) = text.split_once('.').ok_or_else(error)?;
        Ok(Self { major: number(major).ok_or_else(error)?, minor: number(minor).ok_or_else(error)? })
    }
}

/// Digits only (`u16::from_str` would take `+1`) and no leading zero.
fn number(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_prints_and_orders_by_number() {
        let minor: Minor = "1.36".parse().unwrap();
        assert_eq!((minor.major(), minor.minor(), minor.to_string().as_str()), (1, 36, "1.36"));
        assert!("1.9".parse::<Minor>().unwrap() < "1.10".parse().unwrap());
    }

    #[test]
    fn refuses_what_is_not_a_minor() {
        for text in ["", "1", "1.", ".36", "v1.36", "1.36.1", "1.+36", "1.036", " 1.36", "1.99999", "1.3é"] {
            assert!(text.parse::<Minor>().is_err(), "{text:?}");
        }
    }
}

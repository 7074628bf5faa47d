//! Container images that can't change under a running platform.

use std::fmt;
use std::str::FromStr;

use super::lower_or_digit;
use crate::scalar::{Charset, Invalid, scalar};

/// Tags that are moved by habit; an image under one of them is a different image tomorrow.
const MOVING_TAGS: [&str; 14] = [
    "latest",
    "main",
    "master",
    "develop",
    "dev",
    "stable",
    "edge",
    "nightly",
    "canary",
    "prod",
    "production",
    "staging",
    "current",
    "release",
];

/// An image: registry, repository, and either a digest or a tag that names a release.
///
/// Grammar: the OCI distribution reference. A bare `name` without a registry (Docker Hub by accident) is refused,
/// and so are tags that are known to move.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageRef {
    text: Box<str>,
    repository: usize,
}

impl ImageRef {
    /// The whole reference.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Registry and repository, without tag or digest.
    pub fn repository(&self) -> &str {
        self.text.get(..self.repository).unwrap_or_default()
    }

    /// The digest or tag, without the `@sha256:` or `:` before it.
    pub fn release(&self) -> &str {
        let rest = self.text.get(self.repository..).unwrap_or_default();
        rest.rsplit(':').next().unwrap_or_default()
    }

    /// The tag, where there is one: what a person would call the version.
    pub fn tag(&self) -> Option<&str> {
        let rest = self.text.get(self.repository..).unwrap_or_default();
        let rest = rest.split('@').next().unwrap_or_default();
        rest.strip_prefix(':')
    }

    /// What the release is called where a label has room for it: the tag, or the head of the digest.
    pub fn version(&self) -> String {
        match self.tag().filter(|tag| super::LabelValue::try_from(*tag).is_ok()) {
            Some(tag) => tag.to_owned(),
            None => self.release().chars().take(12).filter(char::is_ascii_alphanumeric).collect(),
        }
    }

    /// True if the reference holds a digest, so that no registry can give another image for it.
    pub fn is_pinned(&self) -> bool {
        self.text.contains("@sha256:")
    }
}

/// A host of lower-case labels, and maybe a port.
fn registry_check(registry: &str) -> Result<(), String> {
    let (host, port) = registry.split_once(':').map_or((registry, None), |(host, port)| (host, Some(port)));
    for label in host.split('.') {
        Charset {
            max: 63,
            first: ("a lower-case letter or a digit", lower_or_digit),
            inner: ("lower-case letters, digits, `-` and `.`, then `:` and a port", |c| lower_or_digit(c) || c == '-'),
            last: ("a lower-case letter or a digit", lower_or_digit),
        }
        .check(label)
        .map_err(|reason| format!("the part `{label}`: {reason}"))?;
    }
    match port {
        Some(port)
            if port.starts_with('0') || !port.bytes().all(|b| b.is_ascii_digit()) || port.parse::<u16>().is_err() =>
        {
            Err(format!("`{port}` is no port"))
        }
        _ => Ok(()),
    }
}

/// Between letters and digits there may be `.`, `_`, `__` or any number of `-`, as the grammar of references says.
fn separators_check(part: &str) -> Result<(), String> {
    let between = part.split(lower_or_digit).filter(|separator| !separator.is_empty());
    match between
        .into_iter()
        .find(|separator| !matches!(*separator, "." | "_" | "__") && separator.chars().any(|c| c != '-'))
    {
        Some(separator) => {
            Err(format!("`{separator}` can't stand between its letters and digits; `.`, `_`, `__` and `-` can"))
        }
        None => Ok(()),
    }
}

fn tag_check(tag: &str) -> Result<(), String> {
    Charset {
        max: 128,
        first: ("a letter, a digit or `_`", |c| c.is_ascii_alphanumeric() || c == '_'),
        inner: ("letters, digits, `_`, `.` and `-`", |c| c.is_ascii_alphanumeric() || "_.-".contains(c)),
        last: ("anything", |_| true),
    }
    .check(tag)
    .map_err(|reason| format!("the tag: {reason}"))?;
    if MOVING_TAGS.contains(&tag.to_ascii_lowercase().as_str()) || !tag.bytes().any(|b| b.is_ascii_digit()) {
        return Err(format!("the tag `{tag}` names no release and may be moved to another image"));
    }
    Ok(())
}

impl FromStr for ImageRef {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        if text.len() > 512 {
            return Err(fail("it has more than 512 characters".to_owned()));
        }
        let (head, digest) = match text.split_once('@') {
            Some((head, digest)) => (head, Some(digest)),
            None => (text, None),
        };
        let slash = head.rfind('/').ok_or_else(|| fail("the registry is missing before the first `/`".to_owned()))?;
        let name_end = head.get(slash..).and_then(|last| last.find(':')).map_or(head.len(), |colon| slash + colon);
        let (name, tag) = head.split_at(name_end);
        let (registry, path) = name.split_once('/').unwrap_or((name, ""));
        if !registry.contains(['.', ':']) {
            return Err(fail(format!("`{registry}` is no registry host; write the whole address")));
        }
        registry_check(registry).map_err(|reason| fail(format!("the registry: {reason}")))?;
        if name.len() > 255 {
            return Err(fail(format!(
                "registry and repository have {} characters, at most 255 are allowed",
                name.len()
            )));
        }
        for part in path.split('/') {
            Charset {
                max: 128,
                first: ("a lower-case letter or a digit", lower_or_digit),
                inner: ("lower-case letters, digits, `.`, `_` and `-`", |c| lower_or_digit(c) || "._-".contains(c)),
                last: ("a lower-case letter or a digit", lower_or_digit),
            }
            .check(part)
            .and_then(|()| separators_check(part))
            .map_err(|reason| fail(format!("the repository: {reason}")))?;
        }
        match (tag.strip_prefix(':'), digest) {
            (None, None) => return Err(fail("there is neither a digest nor a tag".to_owned())),
            (Some(tag), None) => tag_check(tag).map_err(fail)?,
            (tag, Some(digest)) => {
                if let Some(tag) = tag {
                    // Beside a digest the tag is a remark for people: any tag will do.
                    if tag.is_empty() {
                        return Err(fail("the tag is empty".to_owned()));
                    }
                    let plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
                    if tag.len() > 128 || !tag.chars().all(plain) {
                        return Err(fail("the tag may hold letters, digits, `_`, `.` and `-`".to_owned()));
                    }
                }
                let hex = digest.strip_prefix("sha256:").filter(|hex| {
                    hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
                });
                if hex.is_none() {
                    return Err(fail("the digest must be `sha256:` and 64 lower-case hexadecimal digits".to_owned()));
                }
            }
        }
        Ok(Self { text: text.into(), repository: name.len() })
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

scalar!(
    ImageRef,
    "an image",
    "a registry host, a repository, and a digest or a tag that names a release",
    r"^[a-z0-9][a-z0-9.:-]*[.:][a-z0-9.:-]*(/[a-z0-9][a-z0-9._-]*)+(:(?=[^@]*[0-9])[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|(:[A-Za-z0-9_.-]{1,128})?@sha256:[0-9a-f]{64})$",
    "registry.example.com/shop/api:v1.0.0"
);

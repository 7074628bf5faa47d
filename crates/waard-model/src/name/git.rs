//! Where a Git repository is, and what of it is meant.
//!
//! Sources: gitprotocol-ssh and `git clone` (URLs), `git check-ref-format` (names of branches and tags).

use super::plain::host_name;
use crate::scalar::{Charset, text};

/// Characters that need no escaping in an address, a shell, YAML or a template.
fn plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._-".contains(c)
}

/// Parts joined with `/`, none of them empty, `.` or `..`, or the beginning of an option.
fn parts(text: &str, of: &str) -> Result<(), String> {
    for part in text.split('/') {
        if matches!(part, "" | "." | "..") {
            return Err(format!("{of}: a part is empty, `.` or `..`"));
        }
        if let Some(c) = part.chars().find(|c| !plain(*c)) {
            return Err(format!("{of}: it has {c:?}, allowed are letters, digits, `.`, `_`, `-`"));
        }
        if part.starts_with('-') {
            return Err(format!("{of}: the part `{part}` starts with `-`"));
        }
    }
    Ok(())
}

fn repository(text: &str) -> Result<(), String> {
    if text.len() > 300 {
        return Err(format!("it has {} characters, at most 300 are allowed", text.len()));
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err("it starts with neither `https://` nor `ssh://`".to_owned());
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = match (scheme, authority.rsplit_once('@')) {
        ("https", None) => authority,
        ("https", Some(_)) => {
            return Err("there is a user before the host: Argo CD gets credentials from a secret".to_owned());
        }
        ("ssh", None) => return Err("the user before the host is missing, as in `ssh://git@…`".to_owned()),
        ("ssh", Some((user, _))) if user.contains(':') => {
            return Err("there is a password before the host: Argo CD gets credentials from a secret".to_owned());
        }
        ("ssh", Some((user, host))) => {
            parts(user, "before the `@`")?;
            host
        }
        _ => return Err("it starts with neither `https://` nor `ssh://`".to_owned()),
    };
    let (host, port) = host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port)));
    host_name(host).map_err(|reason| format!("the host: {reason}"))?;
    if let Some(port) = port
        && (port.starts_with('0') || port.parse::<u16>().is_err())
    {
        return Err(format!("`{port}` is no port"));
    }
    parts(path, "after the host")
}

text! {
    /// The address of a Git repository, without credentials.
    GitRepository, "the address of a Git repository", "`https://<host>/<path>` or `ssh://<user>@<host>/<path>`, without credentials",
    r"^(?!.*/\.\.?(/|$))(https://|ssh://[A-Za-z0-9._][A-Za-z0-9._-]*@)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]*[a-z-][a-z0-9-]*(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._][A-Za-z0-9._-]*)+$",
    "https://git.example.com/platform/topology.git", repository
}

/// True for names that Git keeps for its own files.
fn locked(part: &str) -> bool {
    part.rsplit_once('.').is_some_and(|(_, end)| end == "lock")
}

text! {
    /// A branch, a tag, or a commit.
    GitRevision, "a Git revision", "a branch, a tag or a commit: letters, digits, `.`, `_`, `-` and `/`",
    r"^(?!.*(/\.|\.\.|\.lock(/|$)))[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_-])?(/[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_-])?)*$",
    "main", |t| {
        Charset {
            max: 100,
            first: ("a letter, a digit or `_`", |c| c.is_ascii_alphanumeric() || c == '_'),
            inner: ("letters, digits, `.`, `_`, `-` and `/`", |c| plain(c) || c == '/'),
            last: ("a letter, a digit, `_` or `-`", |c| c != '.' && c != '/'),
        }.check(t)?;
        for part in t.split('/') {
            if part.is_empty() || part.starts_with(['.', '-']) || part.ends_with('.') || locked(part) {
                return Err(format!("Git takes no revision with the part `{part}`"));
            }
        }
        if t.contains("..") { Err("`..` stands for a range of commits".to_owned()) } else { Ok(()) }
    }
}

impl GitRevision {
    /// `main`
    pub fn main() -> Self {
        Self("main".into())
    }
}

text! {
    /// A folder of a Git repository.
    GitPath, "a folder of a repository", "parts of letters, digits, `.`, `_`, `-`, joined with `/`, without `/` at either end",
    r"^(?!(.*/)?\.\.?(/|$))[A-Za-z0-9._][A-Za-z0-9._-]*(/[A-Za-z0-9._][A-Za-z0-9._-]*)*$", "dist/shop", |t| {
        if t.len() > 200 {
            return Err(format!("it has {} characters, at most 200 are allowed", t.len()));
        }
        parts(t, "the folder")
    }
}

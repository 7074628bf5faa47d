//! Hosts, paths and texts.

use super::{lower_digit_dash, lower_or_digit};
use crate::scalar::{Charset, text};

pub(super) fn host_name(text: &str) -> Result<(), String> {
    if text.len() > 253 {
        return Err(format!("it has {} characters, at most 253 are allowed", text.len()));
    }
    let labels: Vec<&str> = text.split('.').collect();
    if labels.len() < 2 {
        return Err("it has no `.`: a full name is needed".to_owned());
    }
    for label in &labels {
        Charset {
            max: 63,
            first: ("a lower-case letter or a digit", lower_or_digit),
            inner: ("lower-case letters, digits and `-`", lower_digit_dash),
            last: ("a lower-case letter or a digit", lower_or_digit),
        }
        .check(label)
        .map_err(|reason| format!("the part `{label}`: {reason}"))?;
    }
    if labels.last().is_some_and(|top| top.bytes().all(|b| b.is_ascii_digit())) {
        return Err("its last part is a number: that is an address, not a name".to_owned());
    }
    Ok(())
}

text! {
    /// A full domain name in lower case.
    HostName, "a host name", "a full domain name in lower case",
    r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]*[a-z-][a-z0-9-]*$", "api.example.com", host_name
}

impl HostName {
    /// True if this is `domain` or stands below it.
    pub fn is_within(&self, domain: &Self) -> bool {
        self == domain || self.as_str().strip_suffix(domain.as_str()).is_some_and(|head| head.ends_with('.'))
    }
}

fn single_line(text: &str, max: usize) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.trim_end_matches('\n').contains('\n') {
        return Err("it has several lines".to_owned());
    }
    if text.trim() != text {
        return Err("it starts or ends with white space".to_owned());
    }
    let length = text.chars().count();
    if length > max {
        return Err(format!("it has {length} characters, at most {max} are allowed"));
    }
    match text.chars().position(char::is_control) {
        Some(position) => Err(format!("character {} is a control character", position + 1)),
        None => Ok(()),
    }
}

text! {
    /// A remark or reason for people: one line.
    Text, "a line of text", "one line of 1 to 300 characters",
    r"^[^\s\x00-\x1f]([^\x00-\x1f]{0,298}[^\s\x00-\x1f])?$", "North American operations", |t| single_line(t, 300)
}

text! {
    /// Who answers for the platform: a mail address.
    Owner, "an owner", "a mail address",
    r"^[A-Za-z0-9._+-]+@[a-z0-9.-]+\.[a-z0-9-]+$", "platform@example.com", |t| {
        let Some((local, host)) = t.split_once('@') else {
            return Err("the `@` is missing".to_owned());
        };
        Charset {
            max: 64,
            first: ("a letter or a digit", |c| c.is_ascii_alphanumeric()),
            inner: ("letters, digits, `.`, `_`, `+` and `-`", |c| c.is_ascii_alphanumeric() || "._+-".contains(c)),
            last: ("a letter, a digit or `_`", |c| c.is_ascii_alphanumeric() || c == '_'),
        }.check(local).map_err(|reason| format!("before the `@`: {reason}"))?;
        host_name(host).map_err(|reason| format!("after the `@`: {reason}"))
    }
}

fn url_path(text: &str, more: &str) -> Result<(), String> {
    if text.len() > 200 {
        return Err(format!("it has {} characters, at most 200 are allowed", text.len()));
    }
    if !text.starts_with('/') {
        return Err("it must start with `/`".to_owned());
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/._~-".contains(c) || more.contains(c);
    match text.chars().enumerate().find(|(_, c)| !allowed(*c)) {
        Some((position, c)) => {
            Err(format!("character {} is {c:?}, allowed are letters, digits and `/._~-{more}`", position + 1))
        }
        None if text.contains("//") || text.split('/').any(|part| part == "." || part == "..") => {
            Err("`//`, `.` and `..` are not allowed".to_owned())
        }
        None => Ok(()),
    }
}

text! {
    /// A path of HTTP requests, matched as a prefix by whole segments.
    UrlPath, "a path", "a path that starts with `/`, without query",
    r"^(?!.*(//|/\.\.?(/|$)))/[A-Za-z0-9/._~-]*$", "/ready", |t| url_path(t, "")
}

text! {
    /// A path pattern of the CDN: a path with `*` and `?`.
    PathPattern, "a path pattern", "a path that starts with `/`, `*` for any characters, `?` for one",
    r"^(?!.*(//|/\.\.?(/|$)))/[A-Za-z0-9/._~*?-]*$", "/static/*", |t| url_path(t, "*?")
}

text! {
    /// A Kafka topic. In lower case, so that the Kubernetes object can have the same name.
    TopicName, "a topic name", "1 to 200 lower-case letters, digits, `-` and `.`",
    r"^[a-z0-9]([a-z0-9.-]{0,198}[a-z0-9])?$", "market-data-stream", |t| Charset {
        max: 200,
        first: ("a lower-case letter or a digit", lower_or_digit),
        inner: ("lower-case letters, digits, `-` and `.`", |c| lower_digit_dash(c) || c == '.'),
        last: ("a lower-case letter or a digit", lower_or_digit),
    }.check(t)
}

text! {
    /// An argument of a command. What looks like a secret can't be said.
    Argument, "an argument", "one line of at most 1,000 characters that holds no credentials",
    r"^(?!.*(-----BEGIN|A[KS]IA[A-Za-z0-9_-]{16}|(gh[pos]_|github_pat_|glpat-|xox[bp]-|sk_live_|eyJhbGciOi)[A-Za-z0-9_-]{10}|://[^/?#@]*:[^/?#@]+@))[^\x00-\x1f\x7f]{1,1000}$", "--verbose", no_secret
}

text! {
    /// The name of an HTTP header, in lower case.
    HeaderName, "a header name", "lower-case letters, digits and `-`",
    r"^[a-z][a-z0-9-]{0,62}$", "accept-language", |t| Charset {
        max: 63,
        first: ("a lower-case letter", |c| c.is_ascii_lowercase()),
        inner: ("lower-case letters, digits and `-`", lower_digit_dash),
        last: ("a lower-case letter or a digit", lower_or_digit),
    }.check(t)
}

impl HeaderName {
    /// The headers that say who asks.
    pub fn credentials() -> Vec<Self> {
        vec![Self("authorization".into()), Self("cookie".into())]
    }
}

impl UrlPath {
    /// `/`
    pub fn root() -> Self {
        Self("/".into())
    }

    /// `/metrics`
    pub fn metrics() -> Self {
        Self("/metrics".into())
    }

    /// The path without a slash at its end, which means no other path: nothing for `/`.
    pub fn stem(&self) -> &str {
        self.as_str().trim_end_matches('/')
    }

    /// How many segments it has. A path that stands below another has more.
    pub fn depth(&self) -> usize {
        self.stem().matches('/').count()
    }
}

text! {
    /// The value of an environment variable. What looks like a secret can't be said: `secrets` refers to it.
    EnvValue, "the value of a variable", "one line of at most 1,000 characters that holds no credentials; for those there is `secrets`",
    r"^(?!.*(-----BEGIN|A[KS]IA[A-Za-z0-9_-]{16}|(gh[pos]_|github_pat_|glpat-|xox[bp]-|sk_live_|eyJhbGciOi)[A-Za-z0-9_-]{10}|://[^/?#@]*:[^/?#@]+@))[^\x00-\x1f\x7f]{1,1000}$", "info", no_secret
}

fn no_secret(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("it is empty; leave it out".to_owned());
    }
    if text.chars().count() > 1000 {
        return Err("it has more than 1,000 characters".to_owned());
    }
    if let Some(position) = text.chars().position(char::is_control) {
        return Err(format!("character {} is a control character", position + 1));
    }
    match secret_like(text) {
        Some(kind) => Err(format!("it looks like {kind}; name the secret that holds it under `secrets`")),
        None => Ok(()),
    }
}

/// What kind of credential a text looks like.
pub(crate) fn secret_like(text: &str) -> Option<&'static str> {
    let long_token = |prefix: &str, least: usize| {
        text.match_indices(prefix).any(|(at, _)| {
            let rest = text.get(at + prefix.len()..).unwrap_or_default();
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-').count() >= least
        })
    };
    if text.contains("-----BEGIN") {
        return Some("a private key or certificate");
    }
    if long_token("AKIA", 16) || long_token("ASIA", 16) {
        return Some("an AWS access key");
    }
    if ["ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "sk_live_", "eyJhbGciOi"]
        .iter()
        .any(|p| long_token(p, 10))
    {
        return Some("an access token");
    }
    let with_password = |rest: &str| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let user = authority.split_once('@').map(|(user, _)| user);
        user.and_then(|user| user.split_once(':')).is_some_and(|(_, password)| !password.is_empty())
    };
    if text.split("://").skip(1).any(with_password) {
        return Some("an address with a password");
    }
    None
}

impl super::EnvVarName {
    /// True if the name says that its value is a secret: `DB_PASSWORD`, `API_TOKEN`, `SECRET_KEY`.
    pub fn names_a_secret(&self) -> bool {
        let upper = self.as_str().to_ascii_uppercase();
        let words: Vec<&str> = upper.split('_').collect();
        let secret = |w: &&str| {
            matches!(
                *w,
                "PASSWORD"
                    | "PASSWD"
                    | "PASSPHRASE"
                    | "SECRET"
                    | "SECRETS"
                    | "TOKEN"
                    | "CREDENTIAL"
                    | "CREDENTIALS"
                    | "PRIVATE"
                    | "APIKEY"
            )
        };
        words.iter().any(secret)
            || (words.contains(&"KEY")
                && words.iter().any(|w| matches!(*w, "API" | "ACCESS" | "SIGNING" | "ENCRYPTION")))
    }
}

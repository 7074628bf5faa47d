//! Names and references that Kubernetes has rules for.
//!
//! Source of the rules: Kubernetes, "Object Names and IDs", "Labels and Selectors", `k8s.io/apimachinery` `pkg/util/validation`.

use std::fmt;
use std::str::FromStr;

use super::{dns_label, lower_digit_dash, lower_or_digit};
use crate::scalar::{Charset, Invalid, scalar, text};

text! {
    /// A namespace: a DNS label of at most 63 characters. `kube-*` and `default` belong to the cluster.
    Namespace, "a namespace", "1 to 63 lower-case letters, digits and `-`, starting with a letter, not `default` and not `kube-…`",
    r"^(?!kube-)(?!default$)[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", "production", |t| {
        dns_label(63).check(t)?;
        if t == "default" || t.starts_with("kube-") {
            return Err("that namespace belongs to the cluster itself".to_owned());
        }
        Ok(())
    }
}

impl Namespace {
    /// `monitoring`
    pub fn monitoring() -> Self {
        Self("monitoring".into())
    }
}

impl PortName {
    /// `http`
    pub fn http() -> Self {
        Self("http".into())
    }
}

text! {
    /// A container's name: a DNS label of at most 63 characters.
    ContainerName, "a container name", "1 to 63 lower-case letters, digits and `-`, starting with a letter",
    r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", "api", |t| dns_label(63).check(t)
}

text! {
    /// The name of a port: at most 15 characters, at least one letter, no `--` (IANA service name, RFC 6335).
    PortName, "a port name", "1 to 15 lower-case letters, digits and single `-`, with at least one letter",
    r"^(?!.*--)[a-z]([a-z0-9-]{0,13}[a-z0-9])?$", "http", |t| {
        dns_label(15).check(t)?;
        if t.contains("--") { Err("`--` is not allowed".to_owned()) } else { Ok(()) }
    }
}

text! {
    /// The name of an environment variable as a shell takes it.
    EnvVarName, "an environment variable", "letters, digits and `_`, not starting with a digit",
    r"^[A-Za-z_][A-Za-z0-9_]{0,127}$", "LOG_LEVEL", |t| {
        Charset {
            max: 128,
            first: ("a letter or `_`", |c| c.is_ascii_alphabetic() || c == '_'),
            inner: ("letters, digits and `_`", |c| c.is_ascii_alphanumeric() || c == '_'),
            last: ("a letter, a digit or `_`", |_| true),
        }.check(t)
    }
}

fn label_name(text: &str) -> Result<(), String> {
    Charset {
        max: 63,
        first: ("a letter or a digit", |c| c.is_ascii_alphanumeric()),
        inner: ("letters, digits, `-`, `_` and `.`", |c| c.is_ascii_alphanumeric() || "-_.".contains(c)),
        last: ("a letter or a digit", |c| c.is_ascii_alphanumeric()),
    }
    .check(text)
}

text! {
    /// A label or taint key: an optional DNS prefix and `/`, then at most 63 characters.
    LabelKey, "a label key", "an optional DNS prefix with `/`, then 1 to 63 letters, digits, `-`, `_`, `.`",
    r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$", "node-class", |t| {
        let name = match t.split_once('/') {
            None => t,
            Some((prefix, name)) => {
                Charset {
                    max: 253,
                    first: ("a lower-case letter or a digit", lower_or_digit),
                    inner: ("lower-case letters, digits, `-` and `.`", |c| lower_digit_dash(c) || c == '.'),
                    last: ("a lower-case letter or a digit", lower_or_digit),
                }.check(prefix).map_err(|reason| format!("before the `/`: {reason}"))?;
                if prefix.split('.').any(|part| part.is_empty() || part.starts_with('-') || part.ends_with('-')) {
                    return Err("before the `/`: each part between dots must start and end with a letter or a digit".to_owned());
                }
                name
            }
        };
        label_name(name)
    }
}

text! {
    /// A label or taint value: at most 63 characters.
    LabelValue, "a label value", "1 to 63 letters, digits, `-`, `_`, `.`, starting and ending with a letter or digit",
    r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$", "compute-optimized", label_name
}

text! {
    /// Where a volume is mounted: an absolute path below `/`, without `..`.
    MountPath, "a mount path", "an absolute path without `..`, `//` or `:`, not `/` itself",
    r"^(?!.*(/\.\.?(/|$)|//))/[A-Za-z0-9._/-]{0,253}[A-Za-z0-9._-]$", "/tmp", |t| {
        Charset {
            max: 255,
            first: ("`/`", |c| c == '/'),
            inner: ("letters, digits, `.`, `_`, `-` and `/`", |c| c.is_ascii_alphanumeric() || "._-/".contains(c)),
            last: ("a letter, a digit, `.`, `_` or `-`", |c| c != '/'),
        }.check(t)?;
        let mut parts = t.split('/').skip(1);
        if parts.any(|part| part.is_empty() || part == "." || part == "..") {
            return Err("`//`, `.` and `..` are not allowed".to_owned());
        }
        Ok(())
    }
}

/// A Kubernetes minor version of EKS, such as `1.36`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterVersion(u16);

impl ClusterVersion {
    /// The oldest version that is generated for: pods rely on sleeping hooks and native sidecars, which it has without
    /// a switch, and no older one is supported by EKS in any way.
    pub const OLDEST: Self = Self(31);

    /// The version `1.<minor>`, for minors of two or three digits: EKS began with 1.10.
    pub const fn minor(minor: u16) -> Option<Self> {
        if minor >= 10 && minor <= 999 { Some(Self(minor)) } else { None }
    }

    /// The number after `1.`.
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl FromStr for ClusterVersion {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let minor = text
            .strip_prefix("1.")
            .filter(|m| (2..=3).contains(&m.len()) && m.bytes().all(|b| b.is_ascii_digit()) && !m.starts_with('0'));
        minor.and_then(|m| m.parse().ok()).map(Self).ok_or_else(|| {
            Invalid::new::<Self>(text, "it must be `1.` and a minor of two or three digits, without a patch")
        })
    }
}

impl fmt::Display for ClusterVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.0)
    }
}

scalar!(
    ClusterVersion,
    "a cluster version",
    "a Kubernetes minor in quotes, as EKS names it",
    r"^1\.[1-9][0-9]{1,2}$",
    "1.36"
);

/// A key of a secret, `<secret>/<key>`: the only way to speak of a secret value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretKeyRef {
    secret: Box<str>,
    key: Box<str>,
}

impl SecretKeyRef {
    /// The name of the Secret.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The key in it.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl FromStr for SecretKeyRef {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        let (secret, key) = text
            .split_once('/')
            .ok_or_else(|| fail("there is no `/` between the secret's name and its key".to_owned()))?;
        dns_label(63).check(secret).map_err(|reason| fail(format!("the secret's name: {reason}")))?;
        Charset {
            max: 253,
            first: ("a letter, a digit or `_`", |c| c.is_ascii_alphanumeric() || c == '_'),
            inner: ("letters, digits, `-`, `_` and `.`", |c| c.is_ascii_alphanumeric() || "-_.".contains(c)),
            last: ("anything", |_| true),
        }
        .check(key)
        .map_err(|reason| fail(format!("the key: {reason}")))?;
        Ok(Self { secret: secret.into(), key: key.into() })
    }
}

impl fmt::Display for SecretKeyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.secret, self.key)
    }
}

scalar!(
    SecretKeyRef,
    "a secret reference",
    "the secret's name, `/` and a key in it; never the value itself",
    r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?/[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$",
    "database-secrets/url"
);

/// A taint, `<key>=<value>:<effect>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaintSpec {
    key: LabelKey,
    value: LabelValue,
    effect: TaintEffect,
}

/// What a taint does to pods that don't tolerate it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaintEffect {
    /// They aren't scheduled.
    NoSchedule,
    /// They are scheduled elsewhere if that is possible.
    PreferNoSchedule,
    /// They aren't scheduled, and running ones are evicted.
    NoExecute,
}

impl TaintEffect {
    /// The effect as Kubernetes writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSchedule => "NoSchedule",
            Self::PreferNoSchedule => "PreferNoSchedule",
            Self::NoExecute => "NoExecute",
        }
    }
}

impl TaintSpec {
    /// The taint `key=value:effect`.
    pub const fn new(key: LabelKey, value: LabelValue, effect: TaintEffect) -> Self {
        Self { key, value, effect }
    }

    /// Its key.
    pub const fn key(&self) -> &LabelKey {
        &self.key
    }

    /// Its value.
    pub const fn value(&self) -> &LabelValue {
        &self.value
    }

    /// Its effect.
    pub const fn effect(&self) -> TaintEffect {
        self.effect
    }
}

impl FromStr for TaintSpec {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: &str| Invalid::new::<Self>(text, reason);
        let (head, effect) = text.rsplit_once(':').ok_or_else(|| fail("the `:` and the effect are missing"))?;
        let (key, value) = head.split_once('=').ok_or_else(|| fail("the `=` and the value are missing"))?;
        let effect = match effect {
            "NoSchedule" => TaintEffect::NoSchedule,
            "PreferNoSchedule" => TaintEffect::PreferNoSchedule,
            "NoExecute" => TaintEffect::NoExecute,
            _ => return Err(fail("the effect is NoSchedule, PreferNoSchedule or NoExecute")),
        };
        let key = key.parse().map_err(|error: Invalid| fail(&error.to_string()))?;
        let value = value.parse().map_err(|error: Invalid| fail(&error.to_string()))?;
        Ok(Self { key, value, effect })
    }
}

impl fmt::Display for TaintSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}:{}", self.key, self.value, self.effect.as_str())
    }
}

scalar!(
    TaintSpec,
    "a taint",
    "`key=value:effect`",
    r"^[A-Za-z0-9][A-Za-z0-9./_-]*=[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?:(NoSchedule|PreferNoSchedule|NoExecute)$",
    "nvidia.com/gpu=true:NoSchedule"
);

//! What a rule is.

use std::fmt;
use std::str::FromStr;

use crate::cluster::{Cluster, Container, Object, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::terraform::Root;

/// A rule: one static, one function, one page.
///
/// ```
/// use waard_policy::{Check, Rule, Severity};
///
/// static RULE: Rule = Rule {
///     id: "house/named-owner",
///     severity: Severity::Warning,
///     since: "0.1.0",
///     looks_at: "workloads",
///     page: "# Workloads name their owner\n",
///     check: Check::Workload(|_, workload, findings| {
///         findings.looked_at_one();
///         if workload.object.label("owner").is_none() {
///             findings.report(&workload, "it has no label `owner`").help("name the team that runs it");
///         }
///     }),
///     ..Rule::BASE
/// };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// `group/name`; never renamed or reused.
    pub id: &'static str,
    /// How bad a finding is, unless the configuration says otherwise.
    pub severity: Severity,
    /// The release of waard that brought it.
    pub since: &'static str,
    /// What it looks at, in the plural: "horizontal pod autoscalers".
    pub looks_at: &'static str,
    /// Its page: what, why, what to do, examples.
    pub page: &'static str,
    /// Whether a waiver may excuse its findings.
    pub waivable: bool,
    /// Whether it mends some of what it finds, with [`Draft::fix`](crate::Draft::fix).
    pub fixable: bool,
    /// What can be set in the configuration.
    pub parameters: &'static [Parameter],
    /// The check itself.
    pub check: Check,
}

/// A number that the configuration can set for a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its key below `[rules."<id>"]`.
    pub name: &'static str,
    /// Its value if nothing is set.
    pub default: i64,
    /// What it means.
    pub help: &'static str,
}

/// What a rule is shown: the least it needs.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Everything, once.
    Platform(fn(&Context<'_>, &mut Findings<'_>)),
    /// Each cluster.
    Cluster(fn(&Context<'_>, &Cluster, &mut Findings<'_>)),
    /// Each object of each cluster.
    Object(fn(&Context<'_>, &Cluster, &Object, &mut Findings<'_>)),
    /// Each workload of each cluster.
    Workload(fn(&Context<'_>, Workload<'_>, &mut Findings<'_>)),
    /// Each container of each workload.
    Container(fn(&Context<'_>, Container<'_>, &mut Findings<'_>)),
    /// Each root module.
    Root(fn(&Context<'_>, &Root, &mut Findings<'_>)),
    /// Nothing: its findings come from reading the configuration and its waivers.
    Engine,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Likely wrong, or wrong later.
    Warning,
    /// It won't apply, won't run, or isn't safe.
    Error,
}

impl Rule {
    /// What most rules have in common.
    pub const BASE: Self = Self {
        id: "",
        severity: Severity::Warning,
        since: "0.1.0",
        looks_at: "",
        page: "",
        waivable: true,
        fixable: false,
        parameters: &[],
        check: Check::Engine,
    };

    /// The part of its id before the `/`.
    pub fn group(&self) -> &'static str {
        self.id.split_once('/').map_or("", |(group, _)| group)
    }

    /// The heading of its page.
    pub fn title(&self) -> &'static str {
        self.page.lines().next().unwrap_or_default().trim_start_matches('#').trim()
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Why a text is no [`Severity`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no severity: write `error`, `warning` or `info`")]
pub struct SeverityError(String);

impl FromStr for Severity {
    type Err = SeverityError;

    fn from_str(text: &str) -> Result<Self, SeverityError> {
        match text {
            "info" => Ok(Self::Info),
            "warning" => Ok(Self::Warning),
            "error" => Ok(Self::Error),
            _ => Err(SeverityError(text.to_owned())),
        }
    }
}

//! Pod Security Standards: which level a namespace enforces, and which version of the standards its pods are held against.
//!
//! Source: kubernetes/pod-security-admission `policy/check_*.go` and `api/helpers.go`, as of 2026-07-01.

use super::workload::Workload;
use super::{Cluster, Container};
use crate::findings::{Draft, Findings};
use crate::place::Placed;
use crate::rule::Severity;
use crate::yaml::Node;

/// A level of the standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Everything is allowed.
    Privileged,
    /// No known way to gain privileges.
    Baseline,
    /// Hardened pods.
    Restricted,
}

/// The pods of a workload, and what they are held against.
#[derive(Clone, Copy, Debug)]
pub struct Pods<'p> {
    /// The workload.
    pub workload: Workload<'p>,
    /// Their spec.
    pub spec: &'p Node,
    /// What their namespace enforces, if it says so.
    pub enforced: Option<Level>,
    /// The minor version of the standards: that of the namespace's label, or of the cluster.
    pub minor: Option<u16>,
}

impl Level {
    /// Its name in labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }

    /// A level by its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Privileged, Self::Baseline, Self::Restricted].into_iter().find(|level| level.name() == text)
    }
}

impl Cluster {
    /// The pods of all workloads, and what they are held against.
    pub fn pods(&self) -> impl Iterator<Item = Pods<'_>> {
        self.workloads().filter_map(|workload| {
            let spec = workload.pod_spec()?;
            let namespace = self.find("Namespace", "", workload.object.ns());
            let label = |key: &str| namespace.and_then(|namespace| namespace.label(key));
            let pinned = label("pod-security.kubernetes.io/enforce-version")
                .and_then(|version| version.strip_prefix("v1.").and_then(|minor| minor.parse().ok()));
            // A version that the API server doesn't know yet is its own, the newest that it knows.
            let own = self.version().map(|version| version.minor.minor());
            let minor = pinned.into_iter().chain(own).min();
            // A level that is none stands for the strictest one.
            let enforced = label("pod-security.kubernetes.io/enforce")
                .map(|level| Level::parse(level).unwrap_or(Level::Restricted));
            Some(Pods { workload, spec, enforced, minor })
        })
    }
}

impl<'p> Pods<'p> {
    /// Reports what a level refuses: an error where the namespace enforces it, worth knowing where the namespace says
    /// that it needs less, and as severe as the rule says where nothing is decided.
    pub fn report<'f>(
        self,
        findings: &'f mut Findings<'_>,
        level: Level,
        at: impl Placed,
        message: String,
    ) -> &'f mut Draft {
        let draft = findings.report(at, message);
        match self.enforced {
            Some(enforced) if enforced >= level => {
                let namespace = self.workload.object.ns();
                draft.severity(Severity::Error).counterexample(format!(
                    "a pod of {} is refused: namespace `{namespace}` enforces `{}`",
                    self.workload.object.title(),
                    enforced.name()
                ));
            }
            Some(_) => {
                draft.severity(Severity::Info);
            }
            None => {}
        }
        draft
    }

    /// The security contexts that are written, each with whose it is.
    pub fn contexts(self) -> Vec<(String, &'p Node)> {
        let of_pod = self.spec.get("securityContext").map(|context| ("the pod".to_owned(), context));
        let own = self.workload.containers().filter_map(|container| {
            Some((format!("container `{}`", container.name()), container.at("securityContext")?))
        });
        of_pod.into_iter().chain(own).collect()
    }

    /// Its containers.
    pub fn containers(self) -> impl Iterator<Item = Container<'p>> {
        self.workload.containers()
    }

    /// Whether what the level asks of Linux isn't asked of these pods: from 1.25 on, of those for Windows.
    /// `None` if that depends on a version that nothing says.
    pub fn are_windows(self) -> Option<bool> {
        self.since(25, self.spec.str_at("os.name") == Some("windows"))
    }

    /// Whether root in these pods is nobody on the node, which the standards honour from 1.35 on.
    /// `None` if that depends on a version that nothing says.
    pub fn own_users(self) -> Option<bool> {
        self.since(35, self.spec.bool_at("hostUsers") == Some(false))
    }

    fn since(self, minor: u16, is: bool) -> Option<bool> {
        if is { self.minor.map(|found| found >= minor) } else { Some(false) }
    }

    /// Whether a table, whose rows say the first minor that allows a word, allows it. `None` if that depends on a version
    /// that nothing says.
    pub fn allows(self, table: &[(&str, u16)], word: &str) -> Option<bool> {
        match table.iter().find(|(allowed, _)| *allowed == word) {
            None => Some(false),
            Some((_, 0)) => Some(true),
            Some((_, from)) => self.minor.map(|minor| minor >= *from),
        }
    }
}

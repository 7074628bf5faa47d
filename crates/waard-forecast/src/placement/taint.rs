//! Taints and what tolerates them.
//!
//! Sources: kubernetes/api v0.36.3 `core/v1/toleration.go`, `ToleratesTaint`; kubernetes/kubernetes
//! `pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go`; Kubernetes documentation, "Taints and Tolerations".

use std::fmt;

/// What a taint does to pods that don't tolerate it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// They aren't scheduled.
    NoSchedule,
    /// They are scheduled elsewhere if that is possible.
    PreferNoSchedule,
    /// They aren't scheduled, and running ones are evicted.
    NoExecute,
}

impl Effect {
    /// The effect as Kubernetes writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSchedule => "NoSchedule",
            Self::PreferNoSchedule => "PreferNoSchedule",
            Self::NoExecute => "NoExecute",
        }
    }
}

/// A taint of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taint {
    /// Its key.
    pub key: String,
    /// Its value; empty if it has none.
    pub value: String,
    /// What it does.
    pub effect: Effect,
}

impl Taint {
    /// True if it keeps pods away, and doesn't only make the node a worse one.
    pub fn keeps_away(&self) -> bool {
        self.effect != Effect::PreferNoSchedule
    }
}

impl fmt::Display for Taint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        if !self.value.is_empty() {
            write!(f, "={}", self.value)?;
        }
        write!(f, ":{}", self.effect.as_str())
    }
}

/// How a toleration compares values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compare {
    /// The taint has the same value. What a toleration that says nothing does.
    #[default]
    Equal,
    /// The taint may have any value.
    Exists,
    /// The taint's value is an integer below the toleration's.
    Lt,
    /// The taint's value is an integer above the toleration's.
    Gt,
}

/// What a pod tolerates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Toleration {
    /// The key; empty for all of them.
    pub key: String,
    /// How values are compared.
    pub compare: Compare,
    /// The value; empty if none.
    pub value: String,
    /// The effect; `None` for all of them.
    pub effect: Option<Effect>,
}

impl Toleration {
    /// Whether it tolerates a taint. `comparisons` says whether `Lt` and `Gt` are known to the cluster:
    /// see [`Rules`](super::Rules).
    pub fn tolerates(&self, taint: &Taint, comparisons: bool) -> bool {
        self.effect.is_none_or(|effect| effect == taint.effect)
            && (self.key.is_empty() || self.key == taint.key)
            && match self.compare {
                Compare::Equal => self.value == taint.value,
                Compare::Exists => true,
                Compare::Lt | Compare::Gt if !comparisons => false,
                Compare::Lt => compares(&taint.value, &self.value).is_some_and(std::cmp::Ordering::is_lt),
                Compare::Gt => compares(&taint.value, &self.value).is_some_and(std::cmp::Ordering::is_gt),
            }
    }
}

/// Two integers, each written in the only way that is accepted: no plus, no leading zero.
fn compares(left: &str, right: &str) -> Option<std::cmp::Ordering> {
    let integer = |text: &str| text.parse::<i64>().ok().filter(|number| number.to_string() == text);
    Some(integer(left)?.cmp(&integer(right)?))
}

/// The first taint that keeps away a pod with these tolerations.
pub(super) fn untolerated<'t>(taints: &'t [Taint], tolerations: &[Toleration], comparisons: bool) -> Option<&'t Taint> {
    taints.iter().filter(|taint| taint.keeps_away()).find(|taint| !is_tolerated(taint, tolerations, comparisons))
}

/// True if one of the tolerations tolerates a taint.
pub(super) fn is_tolerated(taint: &Taint, tolerations: &[Toleration], comparisons: bool) -> bool {
    tolerations.iter().any(|toleration| toleration.tolerates(taint, comparisons))
}

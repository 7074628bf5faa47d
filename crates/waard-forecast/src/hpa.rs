//! The Horizontal Pod Autoscaler, as kube-controller-manager computes it.
//!
//! Every rule here is that of Kubernetes' own controller: `pkg/controller/podautoscaler/horizontal.go`,
//! `replica_calculator.go` and `metrics/utilization.go`, and `pkg/apis/autoscaling/v2/defaults.go` for what is filled in.
//! They were read in a fork of kubernetes/kubernetes that follows it (commit a769d588, 2026, which has what 1.36 has) and
//! in an older copy with configurable tolerances, which reckons alike; utilization.go in a copy of its functions. Beside
//! them stands the documentation, kubernetes/website `content/en/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale.md`.
//! `tests/hpa` holds cases that were derived by hand from both.
//!
//! - [`replicas`]: from the samples of pods, or a value, to how many replicas one metric asks for.
//! - [`behaviour`]: stabilization windows, policies, and the limits that hold without either.
//! - [`Autoscaler`]: what one look of the controller does with all metrics, and what it remembers between two.
//!
//! Left out: samples of pods that no longer exist, selectors that are wrong or match the pods of two autoscalers, and
//! failures to read or write the scale.

mod autoscaler;
pub mod behaviour;
pub mod replicas;
mod resources;

pub use autoscaler::{Autoscaler, Decision, Metric, Reason, Seen, Source, Spec, State, Target};
pub use behaviour::{Behaviour, Limit, Policy, PolicyKind, Rules, Select};
pub use replicas::{MetricError, Phase, Pod, Ready, Sample, Tolerances};
pub use resources::{Container, Missing, Resource, request, usage};

use waard_catalog::{Minor, catalog};

use crate::assumption::{Reader, key};
use crate::quantity::Span;

/// Milliseconds since the start of whatever is looked at.
pub type Time = u64;

/// What is set for a whole cluster, by flags of kube-controller-manager and by feature gates. EKS lets nobody change it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// `--horizontal-pod-autoscaler-tolerance`: how far from 1 a ratio may be without consequence.
    pub tolerance: f64,
    /// `--horizontal-pod-autoscaler-downscale-stabilization`.
    pub downscale_stabilization: Span,
    /// `--horizontal-pod-autoscaler-cpu-initialization-period`.
    pub cpu_initialization: Span,
    /// `--horizontal-pod-autoscaler-initial-readiness-delay`.
    pub initial_readiness_delay: Span,
    /// The gate `HPAConfigurableTolerance`: whether a behaviour's own tolerance counts.
    pub configurable_tolerance: bool,
    /// The gate `HPAScaleToZero`: whether the fewest replicas may be 0.
    pub scale_to_zero: bool,
}

impl Settings {
    /// Those of a Kubernetes minor.
    pub fn of(kubernetes: Minor, assumptions: &Reader<'_>) -> Self {
        let on = |gate| catalog().gate(gate, kubernetes).is_some_and(|gate| gate.enabled);
        Self {
            tolerance: assumptions.number(key::HPA_TOLERANCE),
            downscale_stabilization: assumptions.span(key::HPA_DOWNSCALE_STABILIZATION),
            cpu_initialization: assumptions.span(key::HPA_CPU_INITIALIZATION),
            initial_readiness_delay: assumptions.span(key::HPA_INITIAL_READINESS_DELAY),
            configurable_tolerance: on("HPAConfigurableTolerance"),
            scale_to_zero: on("HPAScaleToZero"),
        }
    }

    /// The tolerances that hold for an autoscaler with this behaviour.
    pub fn tolerances(&self, behaviour: Option<&Behaviour>) -> Tolerances {
        let own = |rules: fn(&Behaviour) -> Option<f64>| {
            behaviour.filter(|_| self.configurable_tolerance).and_then(rules).unwrap_or(self.tolerance)
        };
        Tolerances { down: own(|behaviour| behaviour.down.tolerance), up: own(|behaviour| behaviour.up.tolerance) }
    }
}

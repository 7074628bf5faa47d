//! One look of the controller at an autoscaler.
//!
//! Source: kubernetes/kubernetes `pkg/controller/podautoscaler/horizontal.go`, `reconcileAutoscaler` and
//! `computeReplicasForMetrics`.

use super::behaviour::{self, Behaviour, Limit, Memory};
use super::replicas::{self, MetricError, Pod};
use super::resources::Resource;
use super::{Settings, Time};

/// What a metric is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A resource, of whole pods or of one of their containers: [`Pod::sample`] and [`Pod::request`] are of the same.
    Resource(Resource),
    /// A metric that every pod has.
    Pods,
    /// A metric of one object.
    Object,
    /// A metric from outside; several series are added up.
    External,
}

/// What a metric is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Percent of what is requested, on average.
    Utilization(i64),
    /// In thousandths, on average over pods.
    AverageValue(i64),
    /// In thousandths.
    Value(i64),
}

/// A metric of an autoscaler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// What it is of.
    pub source: Source,
    /// What it is compared with.
    pub target: Target,
}

/// What an autoscaler is told to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Fewest replicas.
    pub min: i32,
    /// Most replicas.
    pub max: i32,
    /// What it looks at.
    pub metrics: Vec<Metric>,
    /// How fast it may change.
    pub behaviour: Option<Behaviour>,
}

/// What one look sees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State<'a> {
    /// The time.
    pub now: Time,
    /// `spec.replicas` of the workload: what was asked for last.
    pub replicas: i32,
    /// `status.replicas` of the workload: pods that exist.
    pub existing: i32,
    /// What it sees of each metric, in the order of the spec.
    pub metrics: &'a [Seen<'a>],
}

/// What one look sees of one metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen<'a> {
    /// The pods, as this metric sees them.
    pub pods: &'a [Pod],
    /// For an object or something from outside its values, in thousandths; for anything an error if it can't be had.
    pub values: Result<&'a [i64], MetricError>,
}

/// Why a number was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The metrics ask for it, within this limit.
    Metrics(Limit),
    /// There were more than the most.
    AboveMost,
    /// There were fewer than the fewest.
    BelowFewest,
    /// There are none, and that means hands off.
    Disabled,
    /// No metric could be used, or one couldn't and the others would shrink: nothing changes.
    Failed(MetricError),
}

/// What comes of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// `spec.replicas` from now on.
    pub replicas: i32,
    /// What the metrics ask for; `None` if they weren't looked at or couldn't be.
    pub asked: Option<i32>,
    /// Why.
    pub reason: Reason,
}

/// An autoscaler with what the controller remembers of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Autoscaler {
    memory: Memory,
    /// The condition `ScaledToZero`: that it was the autoscaler who took the last replica.
    scaled_to_zero: bool,
}

impl Autoscaler {
    /// One look: what is there, what the metrics ask for, what is allowed; and what of it is remembered.
    pub fn look(&mut self, spec: &Spec, settings: &Settings, state: &State<'_>) -> Decision {
        let State { now, replicas: current, .. } = *state;
        self.memory.begin(now, current);
        let by_itself = settings.scale_to_zero && self.scaled_to_zero;
        let from_outside = spec.metrics.iter().any(|metric| matches!(metric.source, Source::Object | Source::External));
        let decision = if current == 0 && !(by_itself && (spec.min != 0 || from_outside)) {
            return Decision { replicas: 0, asked: None, reason: Reason::Disabled };
        } else if current > spec.max {
            Decision { replicas: spec.max, asked: None, reason: Reason::AboveMost }
        } else if current != 0 && current < spec.min {
            Decision { replicas: spec.min, asked: None, reason: Reason::BelowFewest }
        } else {
            match asked(spec, settings, state) {
                Err(error) => return Decision { replicas: current, asked: None, reason: Reason::Failed(error) },
                Ok(asked) => {
                    let (mut replicas, limit) = self.allowed(spec, settings, now, current, asked.max(0));
                    if current == 0 && replicas < spec.min {
                        replicas = spec.min;
                    }
                    Decision { replicas, asked: Some(asked), reason: Reason::Metrics(limit) }
                }
            }
        };
        if decision.replicas != current {
            if let Some(behaviour) = &spec.behaviour {
                self.memory.changed(now, current, decision.replicas, behaviour);
            }
            self.scaled_to_zero = decision.replicas == 0 && spec.min == 0 && from_outside && settings.scale_to_zero;
        }
        decision
    }

    /// What is allowed of what the metrics ask for; it remembers what they asked for.
    fn allowed(&mut self, spec: &Spec, settings: &Settings, now: Time, current: i32, asked: i32) -> (i32, Limit) {
        let bounds = (spec.min, spec.max);
        let (steady, (replicas, limit)) = if let Some(behaviour) = &spec.behaviour {
            let up = behaviour.up.window.unwrap_or_default();
            let down = behaviour.down.window.unwrap_or(settings.downscale_stabilization);
            let steady = self.memory.stabilize_with(now, current, asked, up, down);
            (steady, self.memory.limit_with(now, current, steady, bounds, behaviour))
        } else {
            let steady = self.memory.stabilize(now, asked, settings.downscale_stabilization);
            (steady, behaviour::limit(current, steady, bounds))
        };
        (replicas, if limit == Limit::None && steady != asked { Limit::Stabilized } else { limit })
    }
}

/// The most that any metric asks for; an error if none can be used, or one can't and the others would shrink.
fn asked(spec: &Spec, settings: &Settings, state: &State<'_>) -> Result<i32, MetricError> {
    let tolerances = settings.tolerances(spec.behaviour.as_ref());
    let (mut most, mut first_error): (Option<i32>, Option<MetricError>) = (None, None);
    for (metric, Seen { pods, values }) in spec.metrics.iter().zip(state.metrics) {
        let (now, current) = (state.now, state.replicas);
        let sum = || values.clone().map(|values| values.iter().fold(0_i64, |sum, value| sum.saturating_add(*value)));
        let proposal = sum().and_then(|value| match (metric.source, metric.target) {
            (Source::Resource(resource), Target::Utilization(target)) => {
                replicas::by_utilization(pods, resource, target, current, now, settings, tolerances)
            }
            (Source::Resource(resource), Target::AverageValue(target)) => {
                replicas::by_average(pods, Some(resource), target, current, now, settings, tolerances)
            }
            (Source::Pods, Target::AverageValue(target)) => {
                replicas::by_average(pods, None, target, current, now, settings, tolerances)
            }
            (Source::Object | Source::External, Target::Value(target)) => {
                replicas::by_value(value, target, current, pods, tolerances)
            }
            (Source::Object | Source::External, Target::AverageValue(target)) => {
                replicas::by_value_per_pod(value, target, state.existing, tolerances)
            }
            _ => Err(MetricError::Target),
        });
        match proposal {
            Ok(replicas) => most = Some(most.map_or(replicas, |most| most.max(replicas))),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    match (most, first_error) {
        (Some(most), None) => Ok(most),
        (Some(most), Some(_)) if most >= state.replicas => Ok(most),
        (_, Some(error)) => Err(error),
        // Without metrics there is nothing to go by; Kubernetes fills one in.
        (None, None) => Err(MetricError::NoValue),
    }
}

//! How many replicas one metric asks for.
//!
//! Source: kubernetes/kubernetes `pkg/controller/podautoscaler/replica_calculator.go` and `metrics/utilization.go`.

use super::resources::{Missing, Resource};
use super::{Settings, Time};
use crate::quantity::Span;

/// How far a ratio may be from 1 without consequence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerances {
    /// Below 1.
    pub down: f64,
    /// Above 1.
    pub up: f64,
}

impl Tolerances {
    fn hold(self, ratio: f64) -> bool {
        (1.0 - self.down) <= ratio && ratio <= (1.0 + self.up)
    }
}

/// Where a pod is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not all its containers have started: it waits for a node, an image, an init container.
    Pending,
    /// It runs.
    Running,
    /// It ended, and not well.
    Failed,
}

/// Whether a pod can take requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// Whether it can.
    pub is: bool,
    /// Since when.
    pub since: Time,
}

/// A measured value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// The value, in thousandths.
    pub value: i64,
    /// When it was taken.
    pub at: Time,
    /// Over how long a time before that.
    pub window: Span,
}

/// A pod, as one metric sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pod {
    /// Where it is in its life.
    pub phase: Phase,
    /// True once it is told to stop.
    pub terminating: bool,
    /// Its condition `Ready`, once there is one.
    pub ready: Option<Ready>,
    /// When the kubelet took it, once it has.
    pub started: Option<Time>,
    /// What it uses.
    pub sample: Option<Sample>,
    /// What it requests, in thousandths; only a metric of utilization looks at it.
    pub request: i64,
}

/// Why a metric asks for no number at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetricError {
    /// There are no pods.
    #[error("there are no pods")]
    NoPods,
    /// No pod that counts has a sample.
    #[error("no pod that counts has a sample")]
    NoSamples,
    /// What has samples requests nothing.
    #[error("what has samples requests nothing")]
    NoRequests,
    /// There is no value of an object or from outside.
    #[error("there is no value")]
    NoValue,
    /// A request or a container is missing.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// The target is of a kind that the source can't have, or zero.
    #[error("the target doesn't go with the source")]
    Target,
}

/// What is compared with its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    /// Percent of what is requested.
    Utilization(i64),
    /// An average per pod, in thousandths.
    Average(i64),
}

/// Whole percent of the requests that are used, on average, cut off; and that as a ratio of the target.
/// `GetResourceUtilizationRatio`: the controller divides whole numbers, so 69.9 % are 69 %.
fn utilization(counted: impl Iterator<Item = (i64, i64)>, target: i64) -> Result<f64, MetricError> {
    let (used, requested) = counted.fold((0_i128, 0_i128), |(used, requested), (value, request)| {
        (used + i128::from(value), requested + i128::from(request))
    });
    if requested == 0 {
        return Err(MetricError::NoRequests);
    }
    Ok(ratio(used * 100 / requested, target))
}

/// The average, cut off, as a ratio of the target. `GetMetricUsageRatio`.
fn average(counted: impl Iterator<Item = i64>, target: i64) -> Result<f64, MetricError> {
    let (sum, count) = counted.fold((0_i128, 0_i128), |(sum, count), value| (sum + i128::from(value), count + 1));
    if count == 0 { Err(MetricError::NoSamples) } else { Ok(ratio(sum / count, target)) }
}

#[allow(clippy::cast_precision_loss, reason = "the controller divides doubles too")]
fn ratio(value: i128, target: i64) -> f64 {
    value as f64 / target as f64
}

/// Rounded up, as far as a number of replicas goes.
#[allow(clippy::cast_possible_truncation, reason = "`as` saturates, and that is meant")]
fn ceil(replicas: f64) -> i32 {
    replicas.ceil() as i32
}

/// How a pod counts. `groupPods`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    /// It stops or has failed: as if it weren't there.
    Ignored,
    /// It isn't ready to be counted.
    Unready,
    /// It has no sample.
    Missing,
    /// It counts.
    Counted(Sample),
}

fn group(pod: &Pod, cpu: bool, now: Time, settings: &Settings) -> Group {
    if pod.terminating || pod.phase == Phase::Failed {
        return Group::Ignored;
    }
    if pod.phase == Phase::Pending {
        return Group::Unready;
    }
    let Some(sample) = pod.sample else {
        return Group::Missing;
    };
    if cpu && is_unready(pod, sample, now, settings) { Group::Unready } else { Group::Counted(sample) }
}

/// Whether what a pod used of processor time must not count, because it may be what starting takes.
fn is_unready(pod: &Pod, sample: Sample, now: Time, settings: &Settings) -> bool {
    let (Some(ready), Some(started)) = (pod.ready, pod.started) else {
        return true;
    };
    if started + settings.cpu_initialization.as_millis() > now {
        !ready.is || sample.at < ready.since + sample.window.as_millis()
    } else {
        !ready.is && started + settings.initial_readiness_delay.as_millis() > ready.since
    }
}

/// What a resource's utilization asks for: `GetResourceReplicas`. `target` is in percent.
///
/// # Errors
///
/// When nothing can be said.
pub fn by_utilization(
    pods: &[Pod],
    resource: Resource,
    target: i64,
    current: i32,
    now: Time,
    settings: &Settings,
    tolerances: Tolerances,
) -> Result<i32, MetricError> {
    by_pods(pods, resource == Resource::Cpu, Measure::Utilization(target), current, now, settings, tolerances)
}

/// What the average of a resource or of a metric of pods asks for: `calcPlainMetricReplicas`. `target` is in thousandths;
/// `resource` is `None` for a metric of pods.
///
/// # Errors
///
/// When nothing can be said.
pub fn by_average(
    pods: &[Pod],
    resource: Option<Resource>,
    target: i64,
    current: i32,
    now: Time,
    settings: &Settings,
    tolerances: Tolerances,
) -> Result<i32, MetricError> {
    by_pods(pods, resource == Some(Resource::Cpu), Measure::Average(target), current, now, settings, tolerances)
}

fn by_pods(
    pods: &[Pod],
    cpu: bool,
    measure: Measure,
    current: i32,
    now: Time,
    settings: &Settings,
    tolerances: Tolerances,
) -> Result<i32, MetricError> {
    let (Measure::Utilization(target) | Measure::Average(target)) = measure;
    if target <= 0 {
        return Err(MetricError::Target);
    }
    if pods.is_empty() {
        return Err(MetricError::NoPods);
    }
    let grouped = || pods.iter().map(|pod| (pod, group(pod, cpu, now, settings)));
    let (mut counted, mut unready, mut missing) = (0_u32, 0_u32, 0_u32);
    for (_, group) in grouped() {
        match group {
            Group::Counted(_) => counted += 1,
            Group::Unready => unready += 1,
            Group::Missing => missing += 1,
            Group::Ignored => {}
        }
    }
    if counted == 0 {
        return Err(MetricError::NoSamples);
    }
    // The value that each kind of pod counts with, if it counts.
    let over = |value: &dyn Fn(&Pod, Group) -> Option<i64>| {
        let values = grouped().filter_map(|(pod, group)| value(pod, group).map(|value| (value, pod.request)));
        match measure {
            Measure::Utilization(target) => utilization(values, target),
            Measure::Average(target) => average(values.map(|(value, _)| value), target),
        }
    };
    let first = over(&|_, group| match group {
        Group::Counted(sample) => Some(sample.value),
        _ => None,
    })?;
    let up = first > 1.0;
    let with_unready = unready > 0 && up;
    if !with_unready && missing == 0 {
        return Ok(if tolerances.hold(first) { current } else { ceil(first * f64::from(counted)) });
    }
    // Carefully: who has no sample uses all that it may when shrinking, and nothing when growing; who isn't ready, nothing.
    let down = first < 1.0;
    let second = over(&|pod, group| match group {
        Group::Counted(sample) => Some(sample.value),
        Group::Missing if down => Some(match measure {
            Measure::Utilization(target) => pod.request.saturating_mul(target.max(100)) / 100,
            Measure::Average(target) => target,
        }),
        Group::Missing if up => Some(0),
        Group::Unready if with_unready => Some(0),
        _ => None,
    })?;
    if tolerances.hold(second) || (down && second > 1.0) || (up && second < 1.0) {
        return Ok(current);
    }
    let all = counted + if up || down { missing } else { 0 } + if with_unready { unready } else { 0 };
    let replicas = ceil(second * f64::from(all));
    let turns = (second < 1.0 && replicas > current) || (second > 1.0 && replicas < current);
    Ok(if turns { current } else { replicas })
}

/// What a value of an object or from outside asks for, compared as a whole: `getUsageRatioReplicaCount`.
/// All in thousandths; the pods only tell how many are ready.
///
/// # Errors
///
/// When nothing can be said.
pub fn by_value(
    value: i64,
    target: i64,
    current: i32,
    pods: &[Pod],
    tolerances: Tolerances,
) -> Result<i32, MetricError> {
    if target <= 0 {
        return Err(MetricError::Target);
    }
    let ratio = ratio(value.into(), target);
    if current == 0 {
        return Ok(ceil(ratio));
    }
    if tolerances.hold(ratio) {
        return Ok(current);
    }
    if pods.is_empty() {
        return Err(MetricError::NoPods);
    }
    let ready =
        pods.iter().filter(|pod| pod.phase == Phase::Running && pod.ready.is_some_and(|ready| ready.is)).count();
    Ok(ceil(ratio * f64::from(u32::try_from(ready).unwrap_or(u32::MAX))))
}

/// What a value of an object or from outside asks for, divided by the replicas that there are:
/// `GetObjectPerPodMetricReplicas`, `GetExternalPerPodMetricReplicas`. All in thousandths.
///
/// # Errors
///
/// When the target is zero.
pub fn by_value_per_pod(value: i64, target: i64, existing: i32, tolerances: Tolerances) -> Result<i32, MetricError> {
    if target <= 0 {
        return Err(MetricError::Target);
    }
    let whole = ratio(value.into(), target);
    // Without replicas this is infinite or no number at all, which no tolerance holds.
    let per_pod = whole / f64::from(existing);
    Ok(if tolerances.hold(per_pod) { existing } else { ceil(whole) })
}

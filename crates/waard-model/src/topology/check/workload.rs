//! Workloads.

mod container;
mod routes;
mod traffic;

use super::View;
use crate::name::WorkloadName;
use crate::path::ModelPath;
use crate::quantity::{Duration, Percent};
use crate::spec::{VerticalMode, WorkloadKind, WorkloadSpec};
use crate::topology::violation::{Violation, Violations};
use crate::topology::{Disruption, Scale, Workload};

pub(super) use container::{containers, probes, resources, secrets, volumes};
pub(super) use routes::{releases, routes};
pub(super) use traffic::{calls, labels, ports, uses};

/// Every workload as it is written.
fn written<'v>(view: &View<'v>) -> impl Iterator<Item = (ModelPath, &'v WorkloadName, &'v WorkloadSpec)> {
    view.spec.workloads.iter().map(|(name, spec)| (ModelPath::of(["workloads", name.as_str()]), name, spec))
}

/// Every workload as some environment has it, at most once per environment.
fn resolved<'v>(view: &View<'v>) -> impl Iterator<Item = (&'v crate::topology::Environment, &'v Workload)> {
    view.environments.values().flat_map(|environment| {
        let all: std::collections::BTreeMap<_, _> =
            environment.regions().values().flat_map(super::super::region::Region::workloads).collect();
        all.into_values().map(move |workload| (environment, &**workload))
    })
}

/// Keys that a kind of workload has no use for, and those that it needs.
pub(super) fn kinds(view: &View<'_>, violations: &mut Violations) {
    for (path, name, own) in written(view) {
        let base = own.like.as_ref().and_then(|like| view.spec.workloads.get(like));
        let spec = base.map_or_else(|| own.clone(), |base| own.clone().taking_from(base));
        let kind = spec.kind.unwrap_or(WorkloadKind::Service);
        if kind != WorkloadKind::Service {
            for (environment, sizes) in &view.spec.environments {
                let Some(size) = sizes.workloads.get(name) else { continue };
                let path = ModelPath::of(["environments", environment.as_str(), "workloads", name.as_str()]);
                for (key, present) in [("replicas", size.replicas.is_some()), ("headroom", size.headroom.is_some())] {
                    if present {
                        let message = format!("`{key}` is no size of a workload that is {}", what(kind));
                        violations.push(Violation::new(path.key(key), message, "leave it out").about_key());
                    }
                }
            }
        }
        let mut unused = |key: &str, present: bool| {
            if present {
                let kinds = [path.key("kind"), path.key("like")];
                let violation = Violation::new(
                    path.key(key),
                    format!("`{key}` is no key of a workload that is {}", what(kind)),
                    "leave it out, or change `kind`",
                )
                .about_key();
                violations.push(kinds.into_iter().fold(violation, Violation::judged_by));
            }
        };
        match kind {
            WorkloadKind::Service => {
                unused("schedule", own.schedule.is_some());
                unused("job", own.job.is_some());
            }
            WorkloadKind::Scheduled | WorkloadKind::Job => {
                unused("scale", own.scale.is_some());
                unused("exposed", !own.exposed.is_empty());
                unused("disruption", own.disruption.is_some());
                unused("rollout", own.rollout.is_some());
                unused("headroom", own.headroom.is_some());
                unused("vertical", own.vertical.is_some());
                unused("migration", own.migration.is_some());
            }
        }
        match (kind, spec.schedule.is_some()) {
            (WorkloadKind::Scheduled, false) => violations.add(
                path.clone(),
                format!("nothing says when `{name}` runs"),
                "add `schedule: { cron: \"0 3 * * *\", zone: UTC }`",
            ),
            (WorkloadKind::Job, true) => violations.add(
                path.key("schedule"),
                "a job runs once per release",
                "set `kind: scheduled`, or leave `schedule` out",
            ),
            _ => {}
        }
        if let Some(job) = &spec.job {
            for (key, count) in [("parallel", job.parallel), ("completions", job.completions)] {
                if count == 0 && kind != WorkloadKind::Service {
                    violations.add(path.key("job").key(key), "a job without a pod does nothing", "at least 1");
                }
            }
        }
    }
}

const fn what(kind: WorkloadKind) -> &'static str {
    match kind {
        WorkloadKind::Service => "a service",
        WorkloadKind::Scheduled => "scheduled",
        WorkloadKind::Job => "a job",
    }
}

/// Scaling that an HPA accepts, and recommendations that can't fight it.
/// Source: Kubernetes API reference, autoscaling/v2: HPAScalingRules (window at most 3600 s), MetricTarget (above 0).
pub(super) fn scale(view: &View<'_>, violations: &mut Violations) {
    for (environment, workload) in resolved(view) {
        let own = environment.path().key("workloads").key(workload.name().as_str()).key("replicas");
        let sized = view
            .spec
            .environments
            .get(environment.name())
            .and_then(|e| e.workloads.get(workload.name()))
            .is_some_and(|size| size.replicas.is_some());
        let path = if sized { own } else { workload.path().key("scale").key("replicas") };
        match workload.scale() {
            Scale::Fixed(0) if workload.kind() == WorkloadKind::Service => violations.add(
                path,
                "a workload without pods does nothing",
                "leave it out of `runs` where it isn't wanted",
            ),
            Scale::Auto { replicas, .. } if replicas.min() == 0 => {
                violations.add(path, "an autoscaler can't start from no pods", "at least 1");
            }
            Scale::Auto { .. } => vertical_beside_horizontal(workload, path, violations),
            Scale::Fixed(_) => {}
        }
    }
    for (path, _, spec) in written(view) {
        if let Some(scale) = &spec.scale {
            let path = path.key("scale");
            for (key, share) in [("cpu", scale.cpu), ("memory", scale.memory)] {
                if let Some(share) = share.filter(|share| *share < Percent::whole(10) || share.as_whole().is_none()) {
                    violations.add(
                        path.key(key),
                        format!("an autoscaler can't aim at {share}"),
                        "whole percent, at least 10%; 60% to 80% is usual",
                    );
                }
            }
            for (key, behaviour) in [("up", &scale.up), ("down", &scale.down)] {
                let Some(behaviour) = behaviour else { continue };
                if behaviour.at_most.is_empty() {
                    violations.add(
                        path.key(key).key("at_most"),
                        "without a rate nothing changes",
                        "name one, such as `100%/15s`",
                    );
                }
                if let Some(after) =
                    behaviour.after.filter(|after| *after > Duration::seconds(3600) || !after.is_whole_seconds())
                {
                    violations.add(
                        path.key(key).key("after"),
                        format!("an autoscaler can't wait for {after}"),
                        "whole seconds, at most 1h",
                    );
                }
            }
            if scale.replicas.min() == scale.replicas.max()
                && (scale.cpu.is_some() || scale.memory.is_some() || scale.up.is_some() || scale.down.is_some())
            {
                violations.add(
                    path.key("replicas"),
                    format!("{} leaves nothing to scale", scale.replicas),
                    "give it room, or leave the other keys out",
                );
            }
        }
        if let Some(vertical) = &spec.vertical {
            let path = path.key("vertical");
            if vertical.min.cpu > vertical.max.cpu || vertical.min.memory > vertical.max.memory {
                let (key, least, most) = if vertical.min.cpu > vertical.max.cpu {
                    ("cpu", vertical.min.cpu.to_string(), vertical.max.cpu.to_string())
                } else {
                    ("memory", vertical.min.memory.to_string(), vertical.max.memory.to_string())
                };
                let violation = Violation::new(
                    path.key("min").key(key),
                    format!("the least, {least}, is more than the most, {most}"),
                    "min <= max, for `cpu` and for `memory`",
                );
                violations.push(violation.with(path.key("max").key(key), "the most"));
            }
        }
    }
}

/// Requests that a vertical autoscaler moves are what a horizontal one, which has `room`, measures by. Off moves nothing.
/// Source: kubernetes/autoscaler `vertical-pod-autoscaler/docs/known-limitations.md`.
fn vertical_beside_horizontal(workload: &Workload, room: ModelPath, violations: &mut Violations) {
    if workload.spec().vertical.as_ref().is_none_or(|vertical| vertical.mode != VerticalMode::Initial) {
        return;
    }
    violations.push(
        Violation::new(
            workload.path().key("vertical").key("mode"),
            "the horizontal autoscaler acts on what is used of the requests, which this would move",
            "set `mode: \"off\"`, which only recommends",
        )
        .with(room, "gives it room to move"),
    );
}

/// A drain can always take at least one pod away, also when as few run as may.
pub(super) fn disruption(view: &View<'_>, violations: &mut Violations) {
    for (path, _, spec) in written(view) {
        if let Some(disruption) = &spec.disruption
            && disruption.unavailable.is_some() == disruption.available.is_some()
        {
            violations.add(
                path.key("disruption"),
                "a disruption budget has exactly one of `unavailable` and `available`",
                "such as `disruption: { unavailable: 1 }`",
            );
        }
    }
    for (environment, workload) in resolved(view) {
        let path = workload.path().key("disruption");
        let least = workload.scale().min();
        let blocks = match workload.disruption() {
            Disruption::Unavailable(count) => count.is_none(),
            // Kubernetes rounds the share that must stay up. Source: k8s.io/kubernetes pkg/controller/disruption.
            Disruption::Available(share) => {
                (u64::from(least) * u64::from(share.millionths())).div_ceil(1_000_000) >= u64::from(least)
            }
        };
        if blocks && least > 0 && workload.kind() == WorkloadKind::Service {
            let message = match workload.disruption() {
                Disruption::Unavailable(_) => {
                    format!("with no pod to take away in `{}`, no node could ever be drained", environment.name())
                }
                Disruption::Available(share) => format!(
                    "{share} of {least} pods in `{}` leave none to take away, so no node could ever be drained",
                    environment.name()
                ),
            };
            let violation =
                Violation::new(path, message, "leave at least one pod to take away, such as `unavailable: 1`");
            violations
                .push(violation.judged_by(workload.path().key("scale")).judged_by(environment.path().key("workloads")));
        }
    }
}

/// A pod that stops outlasts its load balancer's memory of it, and stops within what Kubernetes and nodes allow.
pub(super) fn shutdown(view: &View<'_>, violations: &mut Violations) {
    let needed = view.spec.ingress.deregistration;
    for (path, _, spec) in written(view) {
        let path = path.key("shutdown");
        if let Some(shutdown) = &spec.shutdown {
            if let Some(drain) = shutdown.drain.filter(|drain| *drain < needed && !spec.exposed.is_empty()) {
                let message =
                    format!("the pod takes requests for {drain}, but the load balancer still sends some for {needed}");
                violations.push(
                    Violation::new(
                        path.key("drain"),
                        message,
                        format!("at least {needed}, the time that `ingress.deregistration` says"),
                    )
                    .with(ModelPath::of(["ingress", "deregistration"]), "says this"),
                );
            }
            for (key, span) in [("drain", shutdown.drain), ("finish", shutdown.finish)] {
                if let Some(span) = span.filter(|span| !span.is_whole_seconds() || *span > Duration::seconds(3600)) {
                    violations.add(
                        path.key(key),
                        format!("a pod can't take {span} to stop"),
                        "whole seconds, at most 1h",
                    );
                }
            }
        }
        if let Some(rollout) = &spec.rollout {
            let path = path.parent().unwrap_or_default().key("rollout");
            if rollout.surge.is_none() && rollout.unavailable.is_none() {
                let violation = Violation::new(
                    path.key("surge"),
                    "with no pod more and none less, no release can ever start",
                    "let `surge` or `unavailable` be above 0",
                );
                violations.push(violation.judged_by(path.key("unavailable")));
            }
        }
    }
}

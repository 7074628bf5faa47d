//! See its page.

use crate::cluster::{Cluster, Fit, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::quantity::Quantity;
use crate::rule::{Check, Parameter, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/memory-overcommitted",
    looks_at: "containers with a limit of memory above their request",
    page: include_str!("memory_overcommitted.md"),
    parameters: &[Parameter {
        name: "times",
        default: 2,
        help: "how many times a node's memory the limits of the pods that fit on it may be",
    }],
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    const MIB: i128 = 1 << 20;
    let most = i128::from(context.parameter("times"));
    for workload in cluster.workloads() {
        let limits: Option<Quantity> = workload
            .running()
            .map(|container| container.limit("memory"))
            .try_fold(Quantity::ZERO, |sum, limit| Some(sum.plus(limit?)));
        let (Some(limit), request) = (limits, workload.requests("memory")) else { continue };
        if limit <= request || request == Quantity::ZERO || workload.kind == WorkloadKind::DaemonSet {
            continue;
        }
        // How many there are at most; a few pods are never all on one node.
        let pods = match cluster.autoscaler_of(workload) {
            Some(scaler) => scaler.int_at("spec.maxReplicas"),
            None => workload.replicas(),
        };
        let Some(pods) = pods.map(i128::from) else { continue };
        let homes = cluster
            .nodes()
            .groups
            .iter()
            .filter(|group| group.takes(workload, context.catalog(), cluster.region()) == Fit::Yes);
        let mut judged = false;
        for group in homes {
            let types: Option<Vec<_>> = group.instances.iter().map(|name| context.catalog().instance(name)).collect();
            for instance in types.unwrap_or_default() {
                let has = instance.allocatable(instance.max_pods_managed());
                let memory = i128::from(has.memory_mib);
                let by_memory = memory / (request.ceil() / MIB).max(1);
                let cpu = workload.requests("cpu").millis();
                let by_cpu = if cpu > 0 { i128::from(has.cpu_millis) / cpu } else { i128::MAX };
                let fit = by_memory.min(by_cpu).min(i128::from(instance.max_pods_managed())).min(pods);
                let wanted = limit.ceil() / MIB * fit;
                if !judged {
                    findings.looked_at_one();
                    judged = true;
                }
                if wanted <= memory * most {
                    continue;
                }
                let message = format!(
                    "{fit} pods of {} fit on a {}, and may use {wanted}Mi of its {memory}Mi of memory",
                    workload.object.title(),
                    instance.name
                );
                let at = workload.running().find_map(|container| container.at("resources.limits.memory"));
                let draft = findings.report(at.map_or_else(|| workload.place(), Placed::place), message);
                draft.related(group.place, "the node group").help("bring the limit close to the request: when a node runs out of memory, it ends pods of its own choice, others' too");
                break;
            }
            if judged {
                break;
            }
        }
    }
}

//! See its page.

use waard_catalog::Instance;

use crate::cluster::{Cluster, Fit, GroupKind, Workload, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/maximum-beyond-nodes",
    severity: Severity::Error,
    looks_at: "workloads whose largest number of pods and nodes are known",
    page: include_str!("maximum_beyond_nodes.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Whether all pods of one workload, at their largest number and while they are replaced, fit on all nodes that they may
/// use, empty and at their largest number. What other pods take is left out, so a finding is certain.
///
/// Sources: Kubernetes, "Deployments": `maxSurge` is 25 % where it isn't written, rounded up; Amazon EKS, reserved
/// resources, as of the catalog.
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let nodes = cluster.nodes();
    if nodes.groups.is_empty() {
        return;
    }
    for workload in cluster.workloads() {
        if !matches!(workload.kind, WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::ReplicaSet)
            || nodes.on_fargate(workload)
        {
            continue;
        }
        let scaler = cluster.autoscaler_of(workload);
        let most = scaler.map_or_else(|| workload.replicas(), |scaler| scaler.int_at("spec.maxReplicas"));
        let asks = (workload.requests("cpu").millis(), mebibytes(workload), workload.requests("nvidia.com/gpu").ceil());
        if asks == (0, 0, 0) || most.is_none_or(|most| most < 1) {
            continue;
        }
        let most = i128::from(most.unwrap_or_default());
        let Some(room) = room(context, cluster, workload, asks, findings) else { continue };
        let surge = i128::from(surge(workload, most));
        if most > room {
            let draft = findings.report(
                scaler.map_or_else(|| workload.place(), |scaler| scaler.at("spec.maxReplicas").map_or(scaler.place(), Placed::place)),
                format!("{} may have {most} pods, and the nodes that take them have room for {room} at their largest number", workload.object.title()),
            );
            draft.help("raise the largest size of the node groups, or lower the largest number of pods");
            draft.related(workload, format!("each asks for {}m cpu and {}Mi memory", asks.0, asks.1));
        } else if most.saturating_add(surge) > room {
            findings
                .report(
                    workload,
                    format!(
                        "{} can't be rolled out at {most} pods: {surge} more start first, and there is room for {room}",
                        workload.object.title()
                    ),
                )
                .severity(Severity::Warning)
                .help("raise the largest size of the node groups, or set `maxSurge: 0` with `maxUnavailable: 1`");
        }
    }
}

fn mebibytes(workload: Workload<'_>) -> i128 {
    const MIB: i128 = 1 << 20;
    workload.requests("memory").ceil().div_euclid(MIB)
}

/// How many of the pods fit on all nodes that take them; `None` if that isn't known, which is said.
fn room(
    context: &Context<'_>,
    cluster: &Cluster,
    workload: Workload<'_>,
    (cpu, memory, gpus): (i128, i128, i128),
    findings: &mut Findings<'_>,
) -> Option<i128> {
    let mut room = 0_i128;
    let mut takes = false;
    for group in &cluster.nodes().groups {
        match group.takes(workload, context.catalog(), cluster.region()) {
            Fit::No(_) => continue,
            Fit::Unknown(why) => {
                findings.looked_at_one();
                findings.unknown(workload, why);
                return None;
            }
            Fit::Yes => takes = true,
        }
        let known: Option<Vec<&Instance>> =
            group.instances.iter().map(|name| context.catalog().instance(name)).collect();
        let largest = known.unwrap_or_default().into_iter().map(|instance| {
            let has = instance.allocatable(instance.max_pods_managed());
            let of = |has: i128, asks: i128| if asks > 0 { has.div_euclid(asks) } else { i128::MAX };
            of(i128::from(has.cpu_millis), cpu)
                .min(of(i128::from(has.memory_mib), memory))
                .min(of(i128::from(instance.gpus), gpus))
                // A node may be set up for more pods than its interfaces have addresses.
                .min(i128::from(instance.max_pods_prefix().unwrap_or_else(|| instance.max_pods())))
        });
        // A pool of Karpenter has no number of nodes.
        let (Some(each), Some(most)) = (largest.max(), group.max) else {
            if group.kind != GroupKind::Karpenter {
                findings.looked_at_one();
                findings.unknown(workload, format!("how large group `{}` can be is not known", group.name));
            }
            return None;
        };
        room = room.saturating_add(each.saturating_mul(i128::from(most)));
    }
    // That no group takes it is the finding of another rule.
    if !takes {
        return None;
    }
    findings.looked_at_one();
    if let Some(why) = &cluster.nodes().unknown {
        findings.unknown(workload, why.clone());
        return None;
    }
    Some(room)
}

fn surge(workload: Workload<'_>, pods: i128) -> i64 {
    if workload.kind != WorkloadKind::Deployment || workload.object.str_at("spec.strategy.type") == Some("Recreate") {
        return 0;
    }
    // Where some pods may be missing, the rollout goes on without room for more.
    let number = |key: &str, up: bool| {
        let text = workload
            .object
            .at("spec.strategy.rollingUpdate")
            .and_then(|update| update.get(key))
            .and_then(Node::text)
            .unwrap_or("25%");
        let pods = i64::try_from(pods).unwrap_or(i64::MAX);
        match text.strip_suffix('%') {
            Some(percent) => {
                let hundredths = percent.parse::<i64>().unwrap_or(0).saturating_mul(pods);
                hundredths.div_euclid(100) + i64::from(up && hundredths.rem_euclid(100) != 0)
            }
            None => text.parse().unwrap_or(0),
        }
    };
    if number("maxUnavailable", false) > 0 { 0 } else { number("maxSurge", true) }
}

//! See its page.

use crate::autoscaler::Autoscaler;
use crate::cluster::{Cluster, Fit, GroupKind, NodeGroup, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/two-node-autoscalers",
    looks_at: "Cluster Autoscalers beside others that add nodes",
    page: include_str!("two_node_autoscalers.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Sources: kubernetes/autoscaler `cluster-autoscaler/FAQ.md`: one autoscaler for a node group; Karpenter, "Migrating from
/// Cluster Autoscaler": both act on the same pending pods, so one is scaled to zero.
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let all = Autoscaler::of(cluster);
    let runs = |autoscaler: &&Autoscaler<'_>| autoscaler.container.workload.replicas() != Some(0);
    let running: Vec<&Autoscaler<'_>> = all.iter().filter(runs).collect();
    let pools: Vec<&NodeGroup> =
        cluster.nodes().groups.iter().filter(|group| group.kind == GroupKind::Karpenter).collect();
    if running.is_empty() || (running.len() < 2 && pools.is_empty()) {
        return;
    }
    findings.looked_at_one();
    for (at, one) in running.iter().enumerate() {
        let tags = |autoscaler: &Autoscaler<'_>| -> Vec<Vec<(String, Option<String>)>> {
            let sets = autoscaler.discovery().into_iter().map(|(_, set)| {
                let mut set: Vec<_> =
                    set.iter().map(|(key, value)| ((*key).to_owned(), value.map(str::to_owned))).collect();
                set.sort();
                set
            });
            sets.collect()
        };
        let mine = tags(one);
        if let Some(other) = running.iter().skip(at + 1).find(|other| tags(other).iter().any(|set| mine.contains(set)))
        {
            findings
                .report(one.container, "two Cluster Autoscalers discover the same node groups")
                .related(other.container, "the other one")
                .help("keep one of them in a cluster");
        }
    }
    let Some(autoscaler) = running.first() else { return };
    let groups: Vec<&NodeGroup> = cluster
        .nodes()
        .groups
        .iter()
        .filter(|group| group.kind != GroupKind::Karpenter && (group.max.is_none() || group.max != group.min))
        .collect();
    let takes = |group: &&&NodeGroup, workload| group.takes(workload, context.catalog(), cluster.region()) == Fit::Yes;
    let own = autoscaler.container.workload.object.place();
    let found =
        cluster.workloads().filter(|workload| workload.place() != own && workload.kind != WorkloadKind::DaemonSet);
    let both = found.into_iter().find_map(|workload| {
        let group = groups.iter().find(|group| takes(group, workload))?;
        let pool = pools.iter().find(|pool| takes(pool, workload))?;
        Some((workload, *group, *pool))
    });
    if let Some((workload, group, pool)) = both {
        findings
            .report(autoscaler.container, "the Cluster Autoscaler and Karpenter both add nodes for the same pods")
            .counterexample(format!(
                "a waiting pod of {} makes group `{}` and pool `{}` grow",
                workload.object.title(),
                group.name,
                pool.name
            ))
            .related(group.place, "grows by the Cluster Autoscaler")
            .related(pool.place, "grows by Karpenter")
            .help("keep one of them, or give the pool and the groups taints that part their pods");
    }
}

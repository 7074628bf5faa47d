//! See its page.

use crate::cluster::{Cluster, NodeGroup, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/daemonset-misses-nodes",
    looks_at: "daemonsets for all nodes, in clusters with tainted groups",
    page: include_str!("daemonset_misses_nodes.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: Kubernetes, "DaemonSet", "Taints and tolerations": those that are added by themselves are for conditions of
/// nodes (not ready, pressure), none for taints of groups.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let groups = &cluster.nodes().groups;
    let hard = |group: &NodeGroup| -> Vec<String> {
        group
            .taints
            .iter()
            .filter(|taint| matches!(&*taint.effect, "NoSchedule" | "NoExecute"))
            .map(ToString::to_string)
            .collect()
    };
    if !groups.iter().any(|group| !hard(group).is_empty()) {
        return;
    }
    for workload in cluster.workloads().filter(|workload| workload.kind == WorkloadKind::DaemonSet) {
        // Who selects nodes has chosen them.
        let chosen = ["nodeSelector", "affinity.nodeAffinity"].iter().any(|path| workload.pod_at(path).is_some());
        if chosen {
            continue;
        }
        findings.looked_at_one();
        // Who tolerates some taints leaves out the others on purpose.
        if !workload.pod_list("tolerations").is_empty() {
            continue;
        }
        let missed: Vec<&NodeGroup> = groups.iter().filter(|group| !hard(group).is_empty()).collect();
        let names: Vec<String> =
            missed.iter().map(|group| format!("`{}` ({})", group.name, hard(group).join(", "))).collect();
        let draft = findings.report(
            workload,
            format!(
                "{} runs on no node of {} of {} groups: {}",
                workload.object.title(),
                missed.len(),
                groups.len(),
                names.join(", ")
            ),
        );
        draft.help("tolerate the taints (`operator: Exists` takes all), or select the nodes that are meant");
        for group in missed.iter().take(3) {
            draft.related(group.place, format!("node group `{}`", group.name));
        }
    }
}

//! See its page.

use crate::cluster::{Cluster, Fit, GroupKind, NodeGroup, Workload, WorkloadKind, tolerates};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/idle-group",
    looks_at: "tainted or labelled node groups that keep nodes",
    page: include_str!("idle_group.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// A group that only pods with its toleration can use, and none has it, runs daemonsets only.
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    // Without any workload among the files, nothing is said about what runs.
    if cluster.workloads().next().is_none() {
        return;
    }
    for group in cluster.nodes().groups.iter().filter(|group| group.kind != GroupKind::Karpenter) {
        let hard = group.taints.iter().filter(|taint| matches!(&*taint.effect, "NoSchedule" | "NoExecute"));
        let hard: Vec<String> = hard.map(ToString::to_string).collect();
        let keeps = group.min.max(group.desired).unwrap_or(0);
        if hard.is_empty() || keeps < 1 {
            continue;
        }
        findings.looked_at_one();
        if group.open {
            findings.unknown(group.place, "its labels and taints are not all known");
            continue;
        }
        let runs =
            |workload: Workload<'_>| !matches!(group.takes(workload, context.catalog(), cluster.region()), Fit::No(_));
        let mut workloads = cluster.workloads().filter(|workload| workload.kind != WorkloadKind::DaemonSet);
        if workloads.any(runs) {
            continue;
        }
        // Charts and operators make pods that aren't among the files; so do custom resources with tolerations.
        let foreign = cluster.objects().iter().find(|object| !object.is_builtin() && tolerated(object.node(), group));
        if foreign.is_some() {
            continue;
        }
        // A document that can't be read may be just what runs there.
        let broken = context
            .platform()
            .files()
            .iter()
            .find(|file| !file.faults().is_empty() && file.text().contains("tolerations"));
        if let Some(broken) = broken {
            findings.unknown(group.place, format!("`{}` can't be read to its end, and has tolerations", broken.path()));
            continue;
        }
        if cluster.tolerant_pods_may_be_made().is_some() {
            findings.unknown(group.place, "a chart may bring the pods that it is for");
            continue;
        }
        let size = group.instances.first().map_or_else(String::new, |name| format!(" of type {name}"));
        findings
            .report(
                group.place,
                format!(
                    "node group `{}` keeps {keeps} nodes{size}, and no pod tolerates {}",
                    group.name,
                    hard.join(" and ")
                ),
            )
            .help("set its smallest and desired size to 0, or remove it until something runs there");
    }
}

/// Whether somewhere in it stands a toleration for one of the group's taints.
fn tolerated(node: &Node, group: &NodeGroup) -> bool {
    let mut found = false;
    node.walk(&mut |node| {
        let tolerations = node.list("tolerations");
        found |= !tolerations.is_empty() && group.taints.iter().all(|taint| tolerates(tolerations, taint));
    });
    found
}

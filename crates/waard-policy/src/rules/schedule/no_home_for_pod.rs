//! See its page.

use std::collections::BTreeMap;

use crate::cluster::{Cluster, Fit, Workload, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/no-home-for-pod",
    severity: Severity::Error,
    looks_at: "workloads in clusters whose nodes are known",
    page: include_str!("no_home_for_pod.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let nodes = cluster.nodes();
    // Where nothing is said about nodes, there is nothing to hold a pod against.
    if nodes.groups.is_empty() && nodes.fargate.is_empty() {
        return;
    }
    for workload in cluster.workloads() {
        if workload.kind == WorkloadKind::DaemonSet || workload.pod_at("nodeName").is_some() {
            continue;
        }
        findings.looked_at_one();
        judge(context, cluster, workload, findings);
    }
}

fn judge(context: &Context<'_>, cluster: &Cluster, workload: Workload<'_>, findings: &mut Findings<'_>) {
    let nodes = cluster.nodes();
    if nodes.on_fargate(workload) {
        return;
    }
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut unknown = nodes.unknown.clone();
    for group in &nodes.groups {
        match group.takes(workload, context.catalog(), cluster.region()) {
            Fit::Yes => return,
            Fit::Unknown(why) => unknown = Some(why),
            Fit::No(reason) => *reasons.entry(reason).or_default() += 1,
        }
    }
    if let Some(why) = unknown {
        return findings.unknown(workload, why);
    }
    let all = nodes.groups.len();
    let mut listed: Vec<(&String, &usize)> = reasons.iter().collect();
    listed.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let shown: Vec<String> =
        listed.iter().map(|(reason, count)| format!("{reason} blocks {count} of {all} node groups")).collect();
    let title = workload.object.title();
    let message = format!("no node group of {} takes the pods of {title}", cluster.title());
    let draft = findings.report(workload, message);
    draft.counterexample(format!("{}: {}", workload.object.name(), shown.join("; ")));
    draft.help("add a toleration and a node selector for one of the groups, or a group without taints for what has no place of its own");
    for group in nodes.groups.iter().take(5) {
        draft.related(group.place, format!("node group `{}`", group.name));
    }
}

//! See its page.
//!
//! Source: Kubernetes, "Pod Lifecycle", "Termination of Pods"; EKS best practices guide, "Avoiding errors and timeouts".

use crate::cluster::{Cluster, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/shutdown-before-deregistration",
    looks_at: "workloads whose pods are targets of load balancers",
    page: include_str!("shutdown_before_deregistration.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for target in cluster.targets() {
        let workload = target.workload;
        if matches!(workload.kind, WorkloadKind::Job | WorkloadKind::CronJob) || !seen.insert(workload.object.title()) {
            continue;
        }
        findings.looked_at_one();
        // The sidecar of the mesh holds connections open by itself while the pod ends.
        let waits = cluster.has_sidecar(workload)
            || workload
                .running()
                .any(|container| container.at("lifecycle.preStop").is_some_and(|node| !node.is_null()));
        if waits {
            continue;
        }
        let title = workload.object.title();
        findings
            .report(workload, format!("pods of {title} are told to end at the moment at which the load balancer is told, which goes on sending to them for some seconds"))
            .related(target.place, "the load balancer sends to the pods themselves")
            .counterexample("a rollout ends a pod: requests that the load balancer sends before it has taken it out are refused")
            .help("add `lifecycle.preStop` with a sleep of 15 s or so, and a `terminationGracePeriodSeconds` that covers it and the longest request");
    }
}

//! See its page.

use crate::cluster::{Cluster, Defined, Object, Selector, Workload, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/no-disruption-budget",
    looks_at: "deployments and stateful sets of several pods",
    page: include_str!("no_disruption_budget.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let budgets: Vec<&Object> = cluster.of("PodDisruptionBudget").collect();
    for workload in cluster.workloads() {
        let object = workload.object;
        if !matches!(workload.kind, WorkloadKind::Deployment | WorkloadKind::StatefulSet) {
            continue;
        }
        let least = match cluster.autoscaler_of(workload) {
            Some(scaler) => scaler.int_at("spec.minReplicas").unwrap_or(1),
            None => workload.replicas().unwrap_or(0),
        };
        if least < 2 || gives_way(cluster, workload) {
            continue;
        }
        findings.looked_at_one();
        let covered = budgets.iter().any(|budget| {
            budget.ns() == object.ns()
                && budget
                    .at("spec.selector")
                    .is_some_and(|selector| Selector::of(selector).takes(workload.pod_labels()))
        });
        if covered {
            continue;
        }
        if let Defined::Perhaps(_) = cluster.defines("PodDisruptionBudget", object.ns(), object.name()) {
            findings.unknown(object, "a chart may make its budget");
            continue;
        }
        findings
            .report(
                object,
                format!("nothing says how many of the {least} pods of {} may be gone at once", object.title()),
            )
            .counterexample(format!(
                "the nodes of all {least} pods are drained together, and none is left until new ones run"
            ))
            .help("make a PodDisruptionBudget with `maxUnavailable: 1`, or a share");
    }
}

/// Whether its pods only hold room for others, which take it from them: their priority is below that of every pod that says
/// none.
fn gives_way(cluster: &Cluster, workload: Workload<'_>) -> bool {
    let class = workload.pod_at("priorityClassName").and_then(Node::text);
    let class = class.and_then(|name| cluster.find("PriorityClass", "", name));
    class.and_then(|class| class.int_at("value")).is_some_and(|value| value < 0)
}

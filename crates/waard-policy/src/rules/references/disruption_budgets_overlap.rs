//! See its page.

use crate::cluster::{Cluster, Object, Selecting, Selector};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/disruption-budgets-overlap",
    severity: Severity::Error,
    looks_at: "workloads with a disruption budget",
    page: include_str!("disruption_budgets_overlap.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: kubernetes.io, "Specifying a Disruption Budget for your Application"; the eviction API answers 500 for a pod
/// with more than one: kubernetes `pkg/registry/core/pod/storage/eviction.go`.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let budgets = cluster.of_group("policy", "PodDisruptionBudget");
    let budgets = budgets.filter_map(|budget| Some((budget, Some(Selector::of(budget.at("spec.selector")?)))));
    let selecting = Selecting::of(cluster, budgets);
    for workload in cluster.workloads() {
        let own: Vec<&Object> = selecting.taking(workload);
        if own.is_empty() {
            continue;
        }
        findings.looked_at_one();
        let [first, second, ..] = own[..] else { continue };
        let names: Vec<&str> = own.iter().map(|budget| budget.name()).collect();
        findings
            .report(second, format!("the pods of {} are in {} disruption budgets: {}", workload.object.title(), own.len(), names.join(", ")))
            .related(first, "the first of them")
            .related(workload, "these pods")
            .help("keep one budget for each pod: with more than one, the eviction API refuses every eviction, and no node can be drained");
    }
}

//! See its page.

use std::collections::BTreeSet;

use crate::cluster::{Cluster, Selector, Workload, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/selectors-overlap",
    severity: Severity::Error,
    looks_at: "workloads with a selector",
    page: include_str!("selectors_overlap.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: kubernetes.io, "Deployments", "Selector": controllers with overlapping selectors fight with each other.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for workload in cluster.workloads().filter(has_selector) {
        let Some(node) = workload.object.at("spec.selector") else { continue };
        let selector = Selector::of(node);
        if selector.is_empty() || !selector.takes(workload.pod_labels()) {
            continue;
        }
        // Written again with the same selector, it overlaps with the same.
        if !seen.insert((workload.object.ns(), workload.kind, workload.object.name(), selector.show())) {
            continue;
        }
        findings.looked_at_one();
        let other = cluster.selected(workload.object.ns(), selector).find(|other| {
            let same = (other.kind, other.object.name()) == (workload.kind, workload.object.name());
            // Another kind of controller leaves pods alone that have an owner; two of a kind count each other's.
            !same && other.kind == workload.kind && has_selector(other)
        });
        if let Some(other) = other {
            findings
                .report(
                    node,
                    format!(
                        "{} selects `{}`, which the pods of {} have too",
                        workload.object.title(),
                        selector.show(),
                        other.object.title()
                    ),
                )
                .related(other, "these pods")
                .help("give each workload a label of its own, and select by it");
        }
    }
}

fn has_selector(workload: &Workload<'_>) -> bool {
    matches!(
        workload.kind,
        WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::DaemonSet | WorkloadKind::ReplicaSet
    )
}

//! See its page.

use crate::cluster::{Cluster, Selector, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/selector-mismatch",
    severity: Severity::Error,
    looks_at: "workloads with a selector",
    page: include_str!("selector_mismatch.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for workload in cluster.workloads() {
        let by_selector = matches!(
            workload.kind,
            WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::DaemonSet | WorkloadKind::ReplicaSet
        );
        let Some(node) = workload.object.at("spec.selector").filter(|node| by_selector && !node.is_null()) else {
            continue;
        };
        findings.looked_at_one();
        let selector = Selector::of(node);
        if selector.is_empty() {
            findings
                .report(node, format!("the selector of {} is empty", workload.object.title()))
                .help("select the labels of its pods: the API server refuses an empty selector");
        } else if !selector.takes(workload.pod_labels()) {
            let labels: Vec<String> = workload
                .pod_labels()
                .iter()
                .map(|label| format!("{}={}", label.key(), label.value().text().unwrap_or_default()))
                .collect();
            let labels = if labels.is_empty() { "none".to_owned() } else { labels.join(",") };
            findings
                .report(
                    node,
                    format!(
                        "{} selects `{}`, and the labels of its own pods are: {labels}",
                        workload.object.title(),
                        selector.show()
                    ),
                )
                .help("give the pod template the labels of the selector: the API server refuses the object");
        }
    }
}

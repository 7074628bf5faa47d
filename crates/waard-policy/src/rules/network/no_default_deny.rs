//! See its page.

use std::collections::BTreeMap;

use crate::cluster::{Cluster, Defined, Object, Policies, Selector, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/no-default-deny",
    looks_at: "namespaces with workloads",
    page: include_str!("no_default_deny.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let mut by_namespace: BTreeMap<&str, Vec<Workload<'_>>> = BTreeMap::new();
    for workload in cluster.workloads() {
        let on_node = workload.pod_at("hostNetwork").and_then(Node::as_bool) == Some(true);
        // What is in `kube-system` belongs to Kubernetes and its add-ons, which bring policies of their own.
        if !on_node && workload.object.ns() != "kube-system" {
            by_namespace.entry(workload.object.ns()).or_default().push(workload);
        }
    }
    let other = Policies::of(cluster).other();
    for (namespace, workloads) in by_namespace {
        findings.looked_at_one();
        let own = || cluster.of("NetworkPolicy").filter(|policy| policy.ns() == namespace);
        if own().any(|policy| takes_all(policy) && is_for_ingress(policy)) {
            continue;
        }
        let Some(first) = workloads.first() else { continue };
        if other.is_some() || matches!(cluster.defines("NetworkPolicy", namespace, ""), Defined::Perhaps(_)) {
            findings.unknown(*first, format!("policies of namespace `{namespace}` may be made by something else"));
            continue;
        }
        let selected = |workload: &&Workload<'_>| own().any(|policy| takes(policy, **workload));
        let open = workloads.iter().filter(|workload| !selected(workload)).count();
        let message = format!(
            "namespace `{namespace}` has no policy that denies by default: {} policies, and {open} of {} workloads that none of them selects",
            own().count(),
            workloads.len()
        );
        let at = workloads.iter().find(|workload| !selected(workload)).unwrap_or(first);
        findings.report(*at, message).help(
            "add a NetworkPolicy with `podSelector: {}` and no rules, then one for each connection that is needed",
        );
    }
}

fn takes_all(policy: &Object) -> bool {
    policy.at("spec.podSelector").is_none_or(|selector| Selector::of(selector).is_empty())
}

fn takes(policy: &Object, workload: Workload<'_>) -> bool {
    policy.at("spec.podSelector").is_none_or(|selector| Selector::of(selector).takes(workload.pod_labels()))
}

fn is_for_ingress(policy: &Object) -> bool {
    let types = policy.list("spec.policyTypes");
    types.is_empty() || types.iter().any(|found| found.text() == Some("Ingress"))
}

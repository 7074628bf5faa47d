//! See its page.

use crate::cluster::{Cluster, Defined, Selector};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/policy-selects-nothing",
    looks_at: "network policies that select pods by labels",
    page: include_str!("policy_selects_nothing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for policy in cluster.of("NetworkPolicy") {
        let Some(node) = policy.at("spec.podSelector").filter(|node| !Selector::of(node).is_empty()) else { continue };
        findings.looked_at_one();
        let selector = Selector::of(node);
        if cluster.selected(policy.ns(), selector).next().is_some() {
            continue;
        }
        if policy.ns() == "kube-system" || !matches!(cluster.pods_may_be_made(policy.ns(), selector), Defined::No) {
            findings.unknown(policy, "something that isn't among the files may make the pods of its namespace");
            continue;
        }
        // Pods of runners and jobs come and go; a namespace without any workload has them.
        if cluster.workloads_of(policy.ns()).next().is_none() {
            findings.unknown(policy, "no workload of its namespace is among the files");
            continue;
        }
        findings
            .report(
                node,
                format!(
                    "no pod in namespace `{}` has the labels `{}` that policy `{}` selects",
                    policy.ns(),
                    selector.show(),
                    policy.name()
                ),
            )
            .help("select labels that the pods have: a policy without pods protects and allows nothing");
    }
}

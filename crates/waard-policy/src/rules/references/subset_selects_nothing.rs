//! See its page.

use crate::cluster::{Cluster, Defined, Selector, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/subset-selects-nothing",
    severity: Severity::Error,
    looks_at: "subsets of destination rules",
    page: include_str!("subset_selects_nothing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for rule in cluster.of_group("networking.istio.io", "DestinationRule") {
        let Some(host) = rule.str_at("spec.host").map(|host| cluster.mesh_host(host, rule.ns())) else { continue };
        let Some((name, namespace)) = host.strip_suffix(".svc.cluster.local").and_then(|short| short.split_once('.'))
        else {
            continue;
        };
        let Some(service) = cluster.find("Service", namespace, name) else { continue };
        let Some(selector) = service.at("spec.selector").filter(|node| !node.entries().is_empty()) else { continue };
        let behind: Vec<Workload<'_>> = cluster.selected(namespace, Selector::of_labels(selector)).collect();
        for subset in rule.list("spec.subsets") {
            let Some(labels) = subset.get("labels").filter(|node| !node.entries().is_empty()) else { continue };
            findings.looked_at_one();
            let wanted = Selector::of_labels(labels);
            if behind.iter().any(|workload| wanted.takes(workload.pod_labels())) {
                continue;
            }
            if let Defined::Perhaps(_) | Defined::Made(Some(_)) = cluster.pods_may_be_made(namespace, wanted) {
                findings.unknown(labels, "something that isn't among the files may make the pods of its namespace");
                continue;
            }
            let called = subset.str_at("name").unwrap_or_default();
            let message =
                format!("no pod behind service `{name}` has the labels `{}` of subset `{called}`", wanted.show());
            let draft = findings.report(labels, message);
            draft.help("use labels that the pods have, with the same values; a subset without pods answers 503");
            draft.related(service, "the service");
            if let Some(workload) = behind.first() {
                draft.related(*workload, "its pods");
            }
        }
    }
}

//! See its page.

use crate::cluster::{Cluster, Defined, Selector};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/service-selects-nothing",
    severity: Severity::Error,
    looks_at: "services with a selector",
    page: include_str!("service_selects_nothing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for service in cluster.of("Service") {
        let Some(selector) = service.at("spec.selector").filter(|node| !node.entries().is_empty()) else { continue };
        // What a service of type ExternalName selects is ignored.
        if service.str_at("spec.type") == Some("ExternalName") {
            continue;
        }
        findings.looked_at_one();
        let chosen = Selector::of_labels(selector);
        if cluster.selected(service.ns(), chosen).next().is_some() {
            continue;
        }
        // Pods of operators and of charts are not among the files.
        if let Defined::Perhaps(_) | Defined::Made(Some(_)) = cluster.pods_may_be_made(service.ns(), chosen) {
            findings.unknown(service, "something that isn't among the files may make the pods of its namespace");
            continue;
        }
        let draft = findings.report(
            selector,
            format!(
                "no pod in namespace `{}` has the labels `{}` that service `{}` selects",
                service.ns(),
                chosen.show(),
                service.name()
            ),
        );
        draft.help("give the pods these labels, or select the labels that they have");
        // The workload that lacks the fewest of the labels is what was meant.
        let near = cluster.workloads_of(service.ns()).map(|workload| {
            let missing =
                chosen.labels().iter().filter(|label| workload.pod_label(label.key()) != label.value().text());
            (missing.count(), workload)
        });
        if let Some((missing, workload)) = near.min_by_key(|(missing, _)| *missing)
            && missing < chosen.labels().len()
        {
            draft.related(workload, format!("these pods lack {missing} of {} labels", chosen.labels().len()));
        }
    }
}

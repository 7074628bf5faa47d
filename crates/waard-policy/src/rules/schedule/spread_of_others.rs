//! See its page.

use crate::cluster::{Selector, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/spread-of-others",
    looks_at: "workloads with topology spread constraints",
    page: include_str!("spread_of_others.md"),
    check: Check::Workload(check),
    ..Rule::BASE
};

/// Source: Kubernetes, "Pod Topology Spread Constraints", "Implicit conventions": a pod that its own constraint doesn't
/// select is placed by it and not counted, so that nothing is spread.
fn check(_: &Context<'_>, workload: Workload<'_>, findings: &mut Findings<'_>) {
    let constraints = workload.pod_list("topologySpreadConstraints");
    if constraints.is_empty() {
        return;
    }
    findings.looked_at_one();
    for constraint in constraints {
        let Some(selector) = constraint.at("labelSelector").filter(|selector| !selector.is_null()) else {
            findings
                .report(
                    constraint,
                    format!(
                        "the constraint over `{}` selects no pod, so nothing is spread",
                        constraint.str_at("topologyKey").unwrap_or_default()
                    ),
                )
                .help("add a `labelSelector` with the labels of these pods");
            continue;
        };
        let chosen = Selector::of(selector);
        if !chosen.takes(workload.pod_labels()) {
            findings
                .report(
                    selector,
                    format!(
                        "the constraint counts pods with `{}`, and the pods of {} aren't among them",
                        chosen.show(),
                        workload.object.title()
                    ),
                )
                .counterexample("all of them may be on one node: none is counted")
                .help("select labels that these pods have");
        }
    }
}

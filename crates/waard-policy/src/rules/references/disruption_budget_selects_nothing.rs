//! See its page.

use crate::cluster::{Cluster, Defined, Selector};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/disruption-budget-selects-nothing",
    looks_at: "disruption budgets",
    page: include_str!("disruption_budget_selects_nothing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for budget in cluster.of_group("policy", "PodDisruptionBudget") {
        let Some(node) = budget.at("spec.selector").filter(|node| !Selector::of(node).is_empty()) else { continue };
        findings.looked_at_one();
        let selector = Selector::of(node);
        if cluster.selected(budget.ns(), selector).next().is_some() {
            continue;
        }
        if let Defined::Perhaps(_) | Defined::Made(Some(_)) = cluster.pods_may_be_made(budget.ns(), selector) {
            findings.unknown(budget, "something that isn't among the files may make the pods of its namespace");
            continue;
        }
        let message = format!(
            "no pod in namespace `{}` has the labels `{}` of budget `{}`",
            budget.ns(),
            selector.show(),
            budget.name()
        );
        let draft = findings.report(node, message);
        draft.help("select the labels of the pods that are to be kept; a budget without pods protects nothing");
        if let Some(workload) = cluster.workload("Deployment", budget.ns(), budget.name()) {
            draft.related(workload, "this workload has the budget's name");
        }
    }
}

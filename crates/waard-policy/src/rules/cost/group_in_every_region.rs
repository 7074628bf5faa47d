//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::terraform::Known;
use crate::wish::{is_named, plans};

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/group-in-every-region",
    looks_at: "node groups that a repeated call makes in each region",
    page: include_str!("group_in_every_region.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    let plans = plans(platform);
    for root in platform.roots() {
        for group in root.passed_groups().into_iter().filter(|group| group.module.get("for_each").is_some()) {
            let differs =
                group.module.references().iter().any(|reference| reference.dotted().starts_with("each.value"));
            for plan in &plans {
                let serving: Vec<_> = plan.serving().collect();
                let runs: Vec<_> = serving
                    .iter()
                    .filter(|region| region.services().iter().any(|(_, service)| is_named(group.name, [*service])))
                    .collect();
                let Some(first) = runs.first() else { continue };
                findings.looked_at_one();
                let keeps = ["desired_size", "min_size", "desired_capacity"]
                    .iter()
                    .filter_map(|key| root.known(group.value.get(key)?).as_int())
                    .max();
                if differs || runs.len() == serving.len() || keeps == Some(0) {
                    continue;
                }
                let types: Vec<String> = ["instance_types", "instance_type"]
                    .iter()
                    .filter_map(|key| group.value.get(key))
                    .flat_map(|expr| match root.known(expr) {
                        Known::List(items) => {
                            items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
                        }
                        Known::Text(text) => vec![text],
                        _ => Vec::new(),
                    })
                    .collect();
                let message = format!(
                    "`{}` keeps {} of {} in every region, and what it is for runs in {} of {} regions",
                    group.name,
                    keeps.map_or_else(
                        || "nodes".to_owned(),
                        |keeps| format!("{keeps} node{}", if keeps == 1 { "" } else { "s" })
                    ),
                    types.join(", "),
                    runs.len(),
                    serving.len()
                );
                findings
                    .report(group.place, message)
                    .related(**first, "it runs here")
                    .help("make the group only where something uses it, or let it start with no node");
            }
        }
    }
}

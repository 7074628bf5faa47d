//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::terraform::{Passed, Root};
use crate::wish::plans;

/// The rule.
pub static RULE: Rule = Rule {
    id: "data/independent-databases",
    looks_at: "repeated calls of modules that pass a database",
    page: include_str!("independent_databases.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    // Which service is run by several regions that all serve.
    let plans = plans(platform);
    let shared = plans.iter().find_map(|plan| {
        let serving: Vec<_> = plan.serving().collect();
        let (first, rest) = serving.split_first()?;
        let services = first.services();
        let shared = services
            .iter()
            .find(|(_, name)| rest.iter().any(|region| region.services().iter().any(|(_, other)| other == name)))?;
        Some((
            serving.iter().filter(|region| region.services().iter().any(|(_, name)| *name == shared.1)).count(),
            *shared,
        ))
    });
    let Some((count, (place, service))) = shared else { return };
    for root in platform.roots() {
        for store in root.passed().into_iter().filter(Passed::is_database) {
            let Some(each) = store.module.argument("for_each").or_else(|| store.module.argument("count")) else {
                continue;
            };
            findings.looked_at_one();
            // What differs between the instances may say which one is written.
            let differs =
                store.value.references().iter().any(|reference| matches!(reference.root(), Some("each" | "count")))
                    || store.module.references().iter().any(|reference| reference.dotted().starts_with("each.value"));
            if differs || platform.roots().iter().any(replicates) {
                continue;
            }
            if !platform.calls_nothing(root, store.module) && platform.called(root, store.module).is_none() {
                findings.unknown(store.place, "whether the module makes copies of one database is not known");
                continue;
            }
            findings
                .report(store.place, format!("every `{}` makes a database of its own, and `{service}` is served from {count} regions: what is written in one is not in the others", store.module.address()))
                .related(each, "once for each key")
                .related(place, "served from several regions")
                .counterexample("a user is written in one region, and unknown where the next request is answered")
                .help("name the region that writes and let the others replicate from it, or say that each keeps its own part of the data");
        }
    }
}

fn replicates(root: &Root) -> bool {
    root.resources("aws_rds_global_cluster").next().is_some()
        || root.blocks().iter().any(|block| {
            matches!(block.resource_type(), Some("aws_db_instance" | "aws_rds_cluster")) && root.is_copy(block)
        })
}

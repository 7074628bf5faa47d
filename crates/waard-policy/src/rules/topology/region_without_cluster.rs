//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::wish::{is_left_open, plans};

/// The rule.
pub static RULE: Rule = Rule {
    id: "topology/region-without-cluster",
    looks_at: "regions of plans in which something runs",
    page: include_str!("region_without_cluster.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    let known: Vec<(&str, String)> =
        platform.clusters().iter().filter_map(|cluster| Some((cluster.region()?, cluster.title()))).collect();
    for plan in plans(platform) {
        // Where no region of the plan has a cluster, it is about something else.
        let Some((_, title)) = known.iter().find(|(region, _)| plan.region(region).is_some()) else { continue };
        for region in plan.regions.iter().filter(|region| !region.services().is_empty()) {
            findings.looked_at_one();
            if known.iter().any(|(name, _)| *name == region.name) {
                continue;
            }
            if let Some(module) = is_left_open(platform) {
                findings.unknown(region, format!("`{}` may make its cluster", module.address()));
                continue;
            }
            let regionless = platform
                .clusters()
                .iter()
                .find(|cluster| cluster.region().is_none() && !cluster.nodes().groups.is_empty());
            if let Some(cluster) = regionless {
                findings.unknown(region, format!("in which region {} is, is not known", cluster.title()));
                continue;
            }
            let message = format!(
                "nothing describes a cluster in `{}`: there is {title} for another region of the plan",
                region.name
            );
            findings
                .report(region, message)
                .help("write a cluster for each region, or generate all of them from one description");
        }
    }
}

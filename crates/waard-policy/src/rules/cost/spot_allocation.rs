//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/spot-allocation",
    looks_at: "self-managed node groups with spot settings",
    page: include_str!("spot_allocation.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Sources: Amazon EC2 Auto Scaling, "Allocation strategies for multiple instance types": `lowest-price`, the default of
/// the API, has the highest risk of interruption, `price-capacity-optimized` is recommended; "Capacity Rebalancing".
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for node in cluster.configs().iter().flat_map(|config| config.list("nodeGroups")) {
        let Some(mix) = node.at("instancesDistribution") else { continue };
        let asks = ["maxPrice", "spotInstancePools", "spotAllocationStrategy"].iter().any(|key| mix.get(key).is_some());
        let share = mix.int_at("onDemandPercentageAboveBaseCapacity");
        if !asks && share.is_none_or(|share| share >= 100) {
            continue;
        }
        findings.looked_at_one();
        let name = node.get("name").and_then(Node::text).unwrap_or_default();
        let strategy = mix.get("spotAllocationStrategy");
        match strategy.and_then(Node::text) {
            None | Some("lowest-price") => {
                let at = strategy.map_or(mix.place(), Placed::place);
                let draft = findings.report(at, format!("node group `{name}` takes its spot instances from the cheapest pools, which are interrupted most"));
                draft.help("set `spotAllocationStrategy: price-capacity-optimized` without `spotInstancePools`");
                if mix.bool_at("capacityRebalance") != Some(true) {
                    draft.counterexample(
                        "a pool runs out: its nodes end after two minutes, and nothing replaces them before",
                    );
                }
            }
            Some(other) if other.starts_with("capacity-optimized") && mix.get("spotInstancePools").is_some() => {
                findings
                    .report(
                        mix.get("spotInstancePools").map_or(mix.place(), Placed::place),
                        format!("`spotInstancePools` has no meaning with `{other}`: the group is refused"),
                    )
                    .severity(Severity::Error)
                    .help("remove `spotInstancePools`");
            }
            Some(_) => {}
        }
    }
}

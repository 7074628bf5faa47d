//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/spot-never-used",
    looks_at: "node groups that ask for spot or for a mix",
    page: include_str!("spot_never_used.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Sources: eksctl `pkg/apis/eksctl.io/v1alpha5/types.go`, `NodeGroupInstancesDistribution`:
/// `onDemandPercentageAboveBaseCapacity` is 100 where it isn't written; `spot` is for managed groups. Amazon EC2 Auto
/// Scaling, API `InstancesDistribution`: the same default.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for node in cluster.configs().iter().flat_map(|config| config.list("nodeGroups")) {
        let asks = node.bool_at("spot") == Some(true);
        let mix = node.at("instancesDistribution");
        let max_price = mix.and_then(|mix| mix.get("maxPrice"));
        if !asks && mix.is_none() {
            continue;
        }
        findings.looked_at_one();
        let name = node.get("name").and_then(Node::text).unwrap_or_default();
        let percent = mix.and_then(|mix| mix.get("onDemandPercentageAboveBaseCapacity"));
        let base = mix.and_then(|mix| mix.int_at("onDemandBaseCapacity")).unwrap_or(0);
        let at = percent.or(mix).map_or(node.place(), Placed::place);
        let share = match percent {
            None => 100,
            Some(percent) => {
                let Some(share) = percent.as_int() else {
                    findings.unknown(percent, "its share of on-demand is no number");
                    continue;
                };
                share
            }
        };
        let meant = asks
            || max_price.is_some()
            || mix.is_some_and(|mix| {
                mix.get("spotInstancePools").is_some() || mix.get("spotAllocationStrategy").is_some()
            });
        if share >= 100 && meant {
            let why = if percent.is_some() { "is 100" } else { "isn't written, which means 100" };
            findings
                .report(at, format!("node group `{name}` gets no spot instance: `onDemandPercentageAboveBaseCapacity` {why}"))
                .counterexample(format!("each node after the first {base} is on-demand"))
                .help("write the share of on-demand that is meant, 0 for spot only, or make it a managed node group with `spot: true`");
            continue;
        }
        let most = node.int_at("maxSize").or_else(|| node.int_at("desiredCapacity"));
        if share < 100 && most.is_some_and(|most| base >= most) {
            findings
                .report(
                    at,
                    format!(
                        "node group `{name}` gets no spot instance: the first {base} of at most {} are on-demand",
                        most.unwrap_or_default()
                    ),
                )
                .help("lower `onDemandBaseCapacity`");
        }
    }
}

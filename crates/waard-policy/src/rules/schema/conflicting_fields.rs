//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/conflicting-fields",
    severity: Severity::Error,
    looks_at: "node groups of eksctl",
    page: include_str!("conflicting_fields.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Two fields of a node group that exclude each other, and what eksctl does.
///
/// Source: eksctl `pkg/apis/eksctl.io/v1alpha5/validation.go`, `validateInstancesDistribution`
/// and `ValidateManagedNodeGroup`.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for config in cluster.configs() {
        for (key, managed) in [("managedNodeGroups", true), ("nodeGroups", false)] {
            for group in config.list(key) {
                findings.looked_at_one();
                let name = group.get("name").and_then(Node::text).unwrap_or_default();
                let written = |field: &str| group.entry(field).filter(|entry| !entry.value().is_null());
                let single = written("instanceType").filter(|entry| entry.value().text() != Some("mixed"));
                let several = if managed { written("instanceTypes") } else { written("instancesDistribution") };
                if let (Some(single), Some(several)) = (single, several) {
                    findings
                        .report(
                            single,
                            format!(
                                "node group `{name}` has `instanceType` and `{}`, and eksctl takes one of them only",
                                several.key()
                            ),
                        )
                        .related(several, "the other one")
                        .help(format!("remove `instanceType`: `{}` names the types", several.key()));
                }
                let spread = group.at("instancesDistribution");
                let strategy = spread
                    .and_then(|spread| spread.get("spotAllocationStrategy"))
                    .and_then(Node::text)
                    .unwrap_or_default();
                if let Some(pools) = spread.and_then(|spread| spread.entry("spotInstancePools"))
                    && strategy.starts_with("capacity-optimized")
                {
                    findings
                        .report(pools, format!("node group `{name}` has `spotInstancePools`, which the strategy `{strategy}` doesn't take"))
                        .help("remove it: the strategy chooses the pools");
                }
            }
        }
    }
}

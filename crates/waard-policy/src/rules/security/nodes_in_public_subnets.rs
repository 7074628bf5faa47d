//! See its page.
//!
//! Source: eksctl `pkg/cfn/builder/nodegroup.go`, `AssignSubnets`, and its schema, "privateNetworking: defaults to false".

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/nodes-in-public-subnets",
    severity: Severity::Warning,
    looks_at: "node groups of eksctl",
    page: include_str!("nodes_in_public_subnets.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for config in cluster.configs() {
        if config.bool_at("privateCluster.enabled") == Some(true) {
            continue;
        }
        for group in config.list("nodeGroups").iter().chain(config.list("managedNodeGroups")) {
            findings.looked_at_one();
            let setting = group.get("privateNetworking");
            if setting.and_then(Node::as_bool) == Some(true) {
                continue;
            }
            let name = group.get("name").map_or_else(|| group.place(), Placed::place);
            if !group.list("subnets").is_empty() {
                findings.unknown(name, "it names its subnets, and whether they are public isn't among the files");
                continue;
            }
            let title = group.get("name").and_then(Node::text).unwrap_or_default();
            let message = match setting {
                Some(_) => format!("the nodes of `{title}` are in public subnets: `privateNetworking` is false"),
                None => format!("the nodes of `{title}` are in public subnets: `privateNetworking` isn't set"),
            };
            let draft = findings.report(setting.map_or(name, Placed::place), message);
            draft.help("set `privateNetworking: true`");
            if let Some(private) = config.at("vpc.subnets.private") {
                draft.related(private, "private subnets are there, and nothing uses them");
            }
        }
    }
}

//! See its page.
//!
//! Source: eksctl `pkg/cfn/builder/iam_helper.go`, `makeManagedPolicies`: defaults are added where the list is empty; the policy
//! to pull images always for groups that aren't managed.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/node-policies-dropped",
    severity: Severity::Error,
    looks_at: "self-managed and managed node groups with policies of their own",
    page: include_str!("node_policies_dropped.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for config in cluster.configs() {
        for (key, managed) in [("managedNodeGroups", true), ("nodeGroups", false)] {
            for group in config.list(key) {
                let Some(list) = group.at("iam").and_then(|iam| iam.entry("attachPolicyARNs")) else { continue };
                // A role that is there already brings what it has.
                if list.value().items().is_empty() || group.at("iam.instanceRoleARN").is_some() {
                    continue;
                }
                findings.looked_at_one();
                let names: Vec<&str> = list
                    .value()
                    .items()
                    .iter()
                    .filter_map(Node::text)
                    .filter_map(|arn| arn.rsplit('/').next())
                    .collect();
                let has = |name: &str| names.contains(&name);
                // A policy of the account's own, or one that is written out, may hold anything.
                let own = list
                    .value()
                    .items()
                    .iter()
                    .find(|item| item.text().is_some_and(|arn| !arn.contains(":iam::aws:policy/")));
                let own = own.or_else(|| group.at("iam.attachPolicy"));
                let mut missing = Vec::new();
                if !has("AmazonEKSWorkerNodePolicy") && !has("AmazonEKSWorkerNodeMinimalPolicy") {
                    missing.push(("AmazonEKSWorkerNodePolicy", "nodes can't join the cluster", Severity::Error));
                }
                let images = [
                    "AmazonEC2ContainerRegistryReadOnly",
                    "AmazonEC2ContainerRegistryPullOnly",
                    "AmazonEC2ContainerRegistryPowerUser",
                    "AmazonEC2ContainerRegistryFullAccess",
                ];
                let builder = group.bool_at("iam.withAddonPolicies.imageBuilder") == Some(true);
                if managed && !builder && !images.iter().any(|name| has(name)) {
                    missing.push((
                        "AmazonEC2ContainerRegistryReadOnly",
                        "nodes can't pull images from ECR, those of add-ons included",
                        Severity::Error,
                    ));
                }
                if group.bool_at("ssh.enableSsm") == Some(true) && !has("AmazonSSMManagedInstanceCore") {
                    missing.push((
                        "AmazonSSMManagedInstanceCore",
                        "nobody gets onto the nodes through SSM, which is asked for",
                        Severity::Warning,
                    ));
                }
                let name = group.get("name").and_then(Node::text).unwrap_or_default();
                for (policy, effect, severity) in missing {
                    if let Some(own) = own {
                        findings.unknown(own, format!("whether it holds what `{policy}` does is not known"));
                        continue;
                    }
                    findings
                        .report(list, format!("the list of policies of node group `{name}` replaces the default one and lacks `{policy}`: {effect}"))
                        .severity(severity)
                        .help(format!("add `{policy}` to the list, or use `withAddonPolicies` and leave the list out"));
                }
            }
        }
    }
}

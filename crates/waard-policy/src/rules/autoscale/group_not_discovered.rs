//! See its page.

use crate::autoscaler::{Autoscaler, Tags};
use crate::cluster::{Cluster, GroupKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/group-not-discovered",
    severity: Severity::Error,
    looks_at: "node groups in clusters whose Cluster Autoscaler discovers groups by tags",
    page: include_str!("group_not_discovered.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Sources: kubernetes/autoscaler `cloudprovider/aws/README.md`, "Auto-discovery setup"; eksctl
/// `pkg/cfn/builder/nodegroup.go`, which adds the tags to self-managed groups with `iam.withAddonPolicies.autoScaler`
/// only; Amazon EKS, "Managed node groups": their autoscaling groups get the tags by themselves.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let sets: Vec<(Place, Tags<'_>)> = Autoscaler::of(cluster).iter().flat_map(Autoscaler::discovery).collect();
    if sets.is_empty() {
        return;
    }
    let own = format!("k8s.io/cluster-autoscaler/{}", cluster.name());
    let of_eks = [("k8s.io/cluster-autoscaler/enabled", "true"), (own.as_str(), "owned")];
    for group in cluster.nodes().groups.iter().filter(|group| group.kind != GroupKind::Karpenter) {
        if group.min.is_some() && group.min == group.max {
            continue;
        }
        findings.looked_at_one();
        if cluster.name().is_empty() {
            findings.unknown(group.place, "the cluster's name is not known, and with it the tags of its groups");
            continue;
        }
        let mut tags: Vec<(&str, &str)> = Vec::new();
        let managed = group.kind != GroupKind::EksctlSelfManaged;
        let written = cluster.configs().iter().filter_map(|config| {
            let node = config.list("nodeGroups").iter().find(|node| placed(node) == group.place);
            node.map(|node| (config, node))
        });
        let mut by_policy = false;
        for (config, node) in written {
            by_policy |= node.bool_at("iam.withAddonPolicies.autoScaler") == Some(true);
            for entry in node.map("tags").iter().chain(config.node().map("metadata.tags")) {
                tags.push((entry.key(), entry.value().text().unwrap_or_default()));
            }
        }
        if managed || by_policy {
            tags.extend(of_eks);
        }
        let lacks = |set: &[(&str, Option<&str>)]| -> Vec<String> {
            let has = |key: &str, value: Option<&str>| {
                tags.iter().any(|(its, has)| *its == key && value.is_none_or(|value| value == *has))
            };
            let missing = set.iter().filter(|(key, value)| !has(key, *value));
            missing
                .map(|(key, value)| value.map_or_else(|| (*key).to_owned(), |value| format!("{key}={value}")))
                .collect()
        };
        let found = sets.iter().map(|(place, set)| (lacks(set), place)).min_by_key(|(lacks, _)| lacks.len());
        let Some((lacks, flag)) = found.filter(|(lacks, _)| !lacks.is_empty()) else { continue };
        let message = format!(
            "the Cluster Autoscaler doesn't find node group `{}`, which lacks the tags {}",
            group.name,
            lacks.iter().map(|tag| format!("`{tag}`")).collect::<Vec<_>>().join(" and ")
        );
        let help = if managed {
            format!("discover the groups of this cluster by `k8s.io/cluster-autoscaler/enabled,{own}`")
        } else {
            "set `iam.withAddonPolicies.autoScaler: true` on the group, or write the tags below its `tags`".to_owned()
        };
        findings.report(group.place, message).related(flag, "these tags are looked for").help(help);
    }
}

fn placed(node: &Node) -> Place {
    node.get("name").map_or(node.place(), Placed::place)
}

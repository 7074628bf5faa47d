//! See its page.

use crate::autoscaler::Autoscaler;
use crate::cluster::{Cluster, GroupKind, NodeGroup};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/nothing-to-balance",
    severity: Severity::Info,
    looks_at: "Cluster Autoscalers that balance similar node groups",
    page: include_str!("nothing_to_balance.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// What makes groups similar: allocatable resources and labels, except those of zone, host and group.
/// Source: kubernetes/autoscaler `processors/nodegroupset/{compare_nodegroups,aws_nodegroups}.go`.
const IGNORED: [&str; 8] = [
    "alpha.eksctl.io/nodegroup-name",
    "alpha.eksctl.io/instance-id",
    "eks.amazonaws.com/nodegroup",
    "eks.amazonaws.com/nodegroup-image",
    "eks.amazonaws.com/sourceLaunchTemplateId",
    "topology.kubernetes.io/zone",
    "topology.ebs.csi.aws.com/zone",
    "k8s.amazonaws.com/eniConfig",
];

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for autoscaler in Autoscaler::of(cluster) {
        if autoscaler.is_on("balance-similar-node-groups") != Some(true) {
            continue;
        }
        let Some(flag) = autoscaler.flag("balance-similar-node-groups") else { continue };
        // These change what makes groups similar.
        if autoscaler.flag("balancing-label").is_some() || autoscaler.flag("balancing-ignore-label").is_some() {
            continue;
        }
        let nodes = cluster.nodes();
        let groups: Vec<&NodeGroup> = nodes.groups.iter().filter(|group| group.kind != GroupKind::Karpenter).collect();
        if groups.is_empty() {
            continue;
        }
        findings.looked_at_one();
        if let Some(why) = &nodes.unknown {
            findings.unknown(flag, why.clone());
            continue;
        }
        if let Some(open) = groups.iter().find(|group| group.open || shape(context, group).is_none()) {
            findings.unknown(flag, format!("labels or instance types of group `{}` are not known", open.name));
            continue;
        }
        let key = |group: &NodeGroup| {
            let labels = group.labels.iter().filter(|(key, _)| !IGNORED.contains(&key.as_str()));
            (shape(context, group), labels.map(|(key, value)| (key.clone(), value.clone())).collect::<Vec<_>>())
        };
        let alike =
            groups.iter().enumerate().any(|(at, one)| groups.iter().skip(at + 1).any(|other| key(one) == key(other)));
        if !alike {
            let names: Vec<String> = groups.iter().map(|group| format!("`{}`", group.name)).collect();
            findings
                .report(
                    flag,
                    format!("no two of the node groups {} are similar, so nothing is balanced", names.join(", ")),
                )
                .help("make one group for each zone from the same types and labels, or leave the flag out");
        }
    }
}

fn shape(context: &Context<'_>, group: &NodeGroup) -> Option<(u16, u32, u16)> {
    let instance = context.catalog().instance(group.instances.first()?)?;
    Some((instance.vcpu, instance.memory_mib, instance.gpus))
}

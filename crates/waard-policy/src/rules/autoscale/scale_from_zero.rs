//! See its page.

use crate::autoscaler::Autoscaler;
use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/scale-from-zero",
    looks_at: "self-managed node groups that can have no node, beside a Cluster Autoscaler",
    page: include_str!("scale_from_zero.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Sources: kubernetes/autoscaler `cloudprovider/aws/README.md`, "Scaling a node group to 0", and
/// `aws_manager.go`, `extractTaintsFromAsg`, which takes values `<value>:<effect>` only; eksctl
/// `GenerateClusterAutoscalerTags`, which writes the values of taints without their effects.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let Some(autoscaler) = Autoscaler::of(cluster).into_iter().next() else { return };
    for node in cluster.configs().iter().flat_map(|config| config.list("nodeGroups")) {
        let at = node.get("name").map_or(node.place(), Placed::place);
        let group = cluster.nodes().groups.iter().find(|group| group.place == at);
        let Some(group) = group.filter(|group| group.min == Some(0)) else { continue };
        findings.looked_at_one();
        let tag = |key: &str| {
            let found = node.map("tags").iter().find(|entry| entry.key() == key);
            found.map(|entry| entry.value().text().unwrap_or_default())
        };
        let mut missing = Vec::new();
        for taint in group.taints.iter().filter(|taint| taint.effect != "PreferNoSchedule") {
            let key = format!("k8s.io/cluster-autoscaler/node-template/taint/{}", taint.key);
            let wanted = format!("{}:{}", taint.value, taint.effect);
            if tag(&key) != Some(&wanted) {
                missing.push(format!("{key}: \"{wanted}\""));
            }
        }
        if node.bool_at("propagateASGTags") != Some(true) {
            for entry in node.map("labels") {
                let key = format!("k8s.io/cluster-autoscaler/node-template/label/{}", entry.key());
                let value = entry.value().text().unwrap_or_default();
                if selected(cluster, entry.key(), value) && tag(&key) != Some(value) {
                    missing.push(format!("{key}: \"{value}\""));
                }
            }
        }
        if missing.is_empty() {
            continue;
        }
        let message = format!(
            "while node group `{}` has no node, the Cluster Autoscaler doesn't know {} of its labels and taints",
            group.name,
            missing.len()
        );
        findings
            .report(at, message)
            .counterexample(format!(
                "without the tag `{}` a new node is simulated without it",
                missing.first().map_or("", String::as_str)
            ))
            .related(autoscaler.container, "the Cluster Autoscaler")
            .help(format!("write below its `tags`: {}", missing.join(", ")));
    }
}

/// Whether some pod asks for the label.
fn selected(cluster: &Cluster, key: &str, value: &str) -> bool {
    cluster.workloads().any(|workload| {
        let plain = workload.pod_at("nodeSelector").and_then(|selector| selector.get(key)).and_then(Node::text);
        plain == Some(value)
            || workload
                .pod_list("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms")
                .iter()
                .flat_map(|term| term.list("matchExpressions"))
                .any(|expression| expression.str_at("key") == Some(key))
    })
}

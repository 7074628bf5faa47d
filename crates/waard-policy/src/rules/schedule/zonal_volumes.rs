//! See its page.

use crate::cluster::{Cluster, Fit, GroupKind, Label, NodeGroup, Object, Workload, WorkloadKind, tolerates};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/zonal-volumes",
    looks_at: "node groups that take pods with volumes of one zone",
    page: include_str!("zonal_volumes.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: kubernetes/autoscaler `cloudprovider/aws/README.md`, "Common Notes and Gotchas": a volume of EBS is in one
/// zone, and a group over several zones grows in any of them, so it takes one group for each zone.
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let nodes = cluster.nodes();
    let several = |group: &NodeGroup| match group.zones.len() {
        1 => false,
        0 => zones(cluster) > 1,
        _ => true,
    };
    // One bound to a zone is enough only if there is one in each.
    for group in nodes.groups.iter().filter(|group| group.kind != GroupKind::Karpenter) {
        let stateful = cluster.workloads().filter(|workload| {
            workload.kind == WorkloadKind::StatefulSet
                && is_zonal(cluster, *workload)
                && group.takes(*workload, context.catalog(), cluster.region()) == Fit::Yes
        });
        let places: Vec<(Place, String)> =
            stateful.map(|workload| (workload.place(), workload.object.title())).collect();
        let brokers =
            cluster.of_group("kafka.strimzi.io", "Kafka").chain(cluster.of_group("kafka.strimzi.io", "KafkaNodePool"));
        let brokers = brokers.filter(|kafka| claims(kafka) && meant(context, cluster, kafka, group));
        let places: Vec<(Place, String)> =
            places.into_iter().chain(brokers.map(|kafka| (kafka.place(), kafka.title()))).collect();
        let Some((at, title)) = places.first() else { continue };
        if group.min.is_some() && group.min == group.max {
            continue;
        }
        findings.looked_at_one();
        if !several(group) {
            if group.zones.is_empty() {
                findings.unknown(group.place, "the zones of the group are not known");
            }
            continue;
        }
        let count = if group.zones.is_empty() { zones(cluster) } else { group.zones.len() };
        findings
            .report(
                group.place,
                format!(
                    "node group `{}` grows in any of {count} zones, and {title} needs a node in the zone of its volume",
                    group.name
                ),
            )
            .counterexample(
                "the node of a volume in one zone ends; the group adds one in another zone, and the pod waits",
            )
            .related(*at, "its volumes are in one zone each")
            .help("make one group for each zone, each with room for one more node, or let Karpenter choose the zone");
    }
}

/// How many zones the cluster's subnets are in, as far as eksctl says it.
fn zones(cluster: &Cluster) -> usize {
    let of = |config: &Object| {
        let subnets = config.node().map("vpc.subnets.private").len().max(config.node().map("vpc.subnets.public").len());
        let listed = config.list("availabilityZones").len();
        // eksctl takes three zones where nothing is written, two in us-east-1 at times.
        let default = if config.at("vpc.subnets").is_none() && config.at("vpc.id").is_none() { 2 } else { 0 };
        if subnets > 0 { subnets } else { listed.max(if listed > 0 { 0 } else { default }) }
    };
    cluster.configs().iter().map(of).max().unwrap_or(0)
}

/// Whether its volumes are of EBS: those of a class that another driver makes are not.
fn is_zonal(cluster: &Cluster, workload: Workload<'_>) -> bool {
    workload.object.list("spec.volumeClaimTemplates").iter().any(|claim| {
        let class = claim.str_at("spec.storageClassName").unwrap_or_default();
        match cluster.find("StorageClass", "", class) {
            Some(class) => matches!(class.str_at("provisioner"), Some("ebs.csi.aws.com" | "kubernetes.io/aws-ebs")),
            None => matches!(class, "gp2" | "gp3"),
        }
    })
}

fn claims(kafka: &Object) -> bool {
    let mut found = false;
    kafka.node().walk(&mut |node| found |= node.get("type").and_then(Node::text) == Some("persistent-claim"));
    found
}

/// Whether a group may be meant for it: its tolerations take the group's taints, and no affinity keeps it away.
fn meant(context: &Context<'_>, cluster: &Cluster, kafka: &Object, group: &NodeGroup) -> bool {
    let (mut tolerated, mut kept_away) = (false, false);
    kafka.node().walk(&mut |node| {
        let tolerations = node.list("tolerations");
        tolerated |= !tolerations.is_empty() && group.taints.iter().all(|taint| tolerates(tolerations, taint));
        for expression in node.list("nodeSelectorTerms").iter().flat_map(|term| term.list("matchExpressions")) {
            let key = expression.str_at("key").unwrap_or_default();
            let has = match group.label(key, context.catalog(), cluster.region()) {
                Label::Values(values) => {
                    let wanted = expression.list("values").iter().filter_map(Node::text);
                    values.iter().any(|value| wanted.clone().any(|wanted| wanted == value))
                }
                Label::Absent => false,
                Label::Unknown => continue,
            };
            kept_away |= expression.str_at("operator") == Some("In") && !has;
        }
    });
    // A group that is named like the namespace is meant for it, tolerations or not: that they miss is another finding.
    let named = group.labels.values().flatten().chain([&group.name]).any(|value| value == kafka.ns());
    !kept_away && (group.taints.is_empty() || tolerated || named)
}

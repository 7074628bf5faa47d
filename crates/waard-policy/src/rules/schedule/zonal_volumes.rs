//! See its page.

use crate::cluster::{Cluster, Fit, GroupKind, NodeGroup, Object, Workload, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule};
use crate::strimzi;

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
    for group in nodes.groups.iter().filter(|group| group.kind != GroupKind::Karpenter) {
        let stateful = cluster.workloads().filter(|workload| {
            workload.kind == WorkloadKind::StatefulSet
                && is_zonal(cluster, *workload)
                && group.takes(*workload, context.catalog(), cluster.region()) == Fit::Yes
        });
        let places: Vec<(Place, String)> =
            stateful.map(|workload| (workload.place(), workload.object.title())).collect();
        let brokers = strimzi::with_volumes(cluster).filter(|kafka| strimzi::is_meant(context, cluster, kafka, group));
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

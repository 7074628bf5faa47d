//! See its page.

use crate::cluster::{Cluster, Fit, NodeGroup, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::strimzi;

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/state-on-spot",
    looks_at: "workloads with volumes of their own, in clusters with spot nodes",
    page: include_str!("state_on_spot.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

const HELP: &str = "give it a node affinity for on-demand nodes, or the spot group a taint";
const COUNTEREXAMPLE: &str =
    "the zone's pool runs out: the node ends after two minutes, and its volume waits for a node in the same zone";

/// Source: Amazon EKS best practices, "Use Spot for fault-tolerant workloads": not for stateful or clustered ones.
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let nodes = cluster.nodes();
    if !nodes.groups.iter().any(|group| group.spot == Some(true)) {
        return;
    }
    for workload in cluster.workloads().filter(|workload| workload.kind == WorkloadKind::StatefulSet) {
        let volumes = workload.object.list("spec.volumeClaimTemplates");
        if volumes.is_empty() {
            continue;
        }
        findings.looked_at_one();
        let fits: Vec<(&NodeGroup, Fit)> = nodes
            .groups
            .iter()
            .map(|group| (group, group.takes(workload, context.catalog(), cluster.region())))
            .filter(|(_, fit)| !matches!(fit, Fit::No(_)))
            .collect();
        if let Some((group, Fit::Unknown(why))) =
            fits.iter().find(|(group, fit)| group.spot != Some(false) && matches!(fit, Fit::Unknown(_)))
        {
            findings.unknown(workload, format!("group `{}`: {why}", group.name));
            continue;
        }
        let Some((spot, _)) = fits.iter().find(|(group, _)| group.spot == Some(true)) else { continue };
        let only = fits.iter().all(|(group, _)| group.spot == Some(true)) && nodes.unknown.is_none();
        let message = format!(
            "{} keeps data on {} volumes for each pod and {} run on spot nodes of group `{}`",
            workload.object.title(),
            volumes.len(),
            if only { "can only" } else { "may" },
            spot.name
        );
        findings.report(workload, message).related(spot.place, "spot nodes").counterexample(COUNTEREXAMPLE).help(HELP);
    }
    for kafka in strimzi::with_volumes(cluster) {
        findings.looked_at_one();
        let meant: Vec<&NodeGroup> =
            nodes.groups.iter().filter(|group| strimzi::is_meant(context, cluster, kafka, group)).collect();
        // Where others are meant too, which of them it comes to is not known.
        let Some(spot) = meant.first().filter(|_| meant.iter().all(|group| group.spot == Some(true))) else { continue };
        findings
            .report(
                kafka,
                format!(
                    "{} keeps data on volumes, and its pods run on spot nodes of group `{}`",
                    kafka.title(),
                    spot.name
                ),
            )
            .related(spot.place, "spot nodes")
            .counterexample(COUNTEREXAMPLE)
            .help(HELP);
    }
}

//! See its page.

use crate::autoscaler::Autoscaler;
use crate::cluster::{Cluster, GroupKind, NodeGroup};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::terraform::Root;
use crate::wish::plans;

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/regions-without-autoscaler",
    looks_at: "Cluster Autoscalers that find groups by the name of their cluster",
    page: include_str!("regions_without_autoscaler.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

const BY_CLUSTER: &str = "k8s.io/cluster-autoscaler/";

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    let all: Vec<(&Cluster, Vec<Autoscaler<'_>>)> =
        platform.clusters().iter().map(|cluster| (cluster, Autoscaler::of(cluster))).collect();
    if all.iter().all(|(_, autoscalers)| autoscalers.is_empty()) {
        return;
    }
    // Clusters that are among the files.
    for (cluster, autoscalers) in &all {
        let grows =
            |group: &&NodeGroup| group.kind != GroupKind::Karpenter && group.min < group.max && group.max.is_some();
        let Some(group) = cluster.nodes().groups.iter().find(grows) else { continue };
        if cluster.nodes().unknown.is_some() {
            continue;
        }
        findings.looked_at_one();
        if !autoscalers.is_empty() || cluster.nodes().groups.iter().any(|group| group.kind == GroupKind::Karpenter) {
            continue;
        }
        let charts = cluster.charts(platform);
        if charts.iter().any(|chart| matches!(chart.name.as_str(), "cluster-autoscaler" | "karpenter")) {
            continue;
        }
        if let Some(chart) = cluster.unknown_chart(platform) {
            findings.unknown(group.place, format!("chart `{}` may bring one", chart.name));
            continue;
        }
        findings
            .report(
                group.place,
                format!(
                    "{} has no autoscaler, and other clusters have one: its groups stay as large as they start",
                    cluster.title()
                ),
            )
            .help("install it there too, with that cluster's name");
    }
    // Those that a repeated call of a module makes in other regions.
    for (cluster, autoscalers) in &all {
        let Some((place, name)) = autoscalers.iter().find_map(|autoscaler| {
            let (place, tags) = autoscaler.discovery().into_iter().next()?;
            let tag = tags
                .iter()
                .find_map(|(tag, _)| tag.strip_prefix(BY_CLUSTER).filter(|name| !matches!(*name, "enabled" | "")))?;
            Some((place, tag.to_owned()))
        }) else {
            continue;
        };
        let repeated =
            platform.roots().iter().flat_map(Root::passed_groups).find(|group| group.module.get("for_each").is_some());
        let (Some(group), Some(own)) = (repeated, cluster.region()) else { continue };
        let others: Vec<String> = plans(platform)
            .iter()
            .flat_map(|plan| plan.serving().map(|region| region.name.clone()).collect::<Vec<_>>())
            .filter(|region| {
                region != own && !platform.clusters().iter().any(|cluster| cluster.region() == Some(region.as_str()))
            })
            .map(|region| format!("`{region}`"))
            .collect();
        findings.looked_at_one();
        if others.is_empty() {
            continue;
        }
        findings
            .report(
                place,
                format!(
                    "the only autoscaler looks for groups of cluster `{name}`: those in {} have none",
                    others.join(", ")
                ),
            )
            .related(group.place, "groups are made in each region")
            .help("install one in each cluster, each with the name of its cluster");
    }
}

//! See its page.

use crate::cluster::{Cluster, Fit, NodeGroup, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::wish::{is_named, percent, wishes};
use crate::yaml::Entry;

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/spot-policy",
    looks_at: "shares of spot that a document about cost wants, and spot groups beside it",
    page: include_str!("spot_policy.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// What is wanted is matched by its words with the names of clusters, groups and workloads.
fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    let wanted: Vec<&Entry> = wishes(platform, &["spot"]).into_iter().filter(|wish| percent(wish).is_some()).collect();
    let Some(first) = wanted.first() else { return };
    for wish in &wanted {
        let share = percent(wish).unwrap_or_default();
        if share < 1 {
            continue;
        }
        findings.looked_at_one();
        let groups: Vec<&NodeGroup> =
            platform.clusters().iter().flat_map(|cluster| groups(context, cluster, wish.key())).collect();
        if groups.is_empty() {
            match platform.clusters().iter().find_map(|cluster| cluster.nodes().unknown.as_ref()) {
                Some(why) if platform.clusters().iter().all(|cluster| cluster.nodes().groups.is_empty()) => {
                    findings.unknown(*wish, why.clone());
                }
                _ => {
                    findings
                        .report(*wish, format!("{share} % spot is wanted for `{}`, and no cluster, node group or workload is named like it", wish.key()))
                        .help("name the node group or the workload that it is about, or make it");
                }
            }
        } else if groups.iter().all(|group| group.spot == Some(false)) {
            let names: Vec<String> = groups.iter().map(|group| format!("`{}`", group.name)).collect();
            let draft = findings.report(
                *wish,
                format!(
                    "{share} % spot is wanted for `{}`, and node group {} is on-demand only",
                    wish.key(),
                    names.join(", ")
                ),
            );
            for group in groups.iter().take(3) {
                draft.related(group.place, format!("node group `{}`", group.name));
            }
            draft.help("make a spot group for it, or change what is wanted");
        }
    }
    for cluster in platform.clusters() {
        for group in cluster.nodes().groups.iter().filter(|group| group.spot == Some(true)) {
            findings.looked_at_one();
            let covered = wanted
                .iter()
                .any(|wish| groups(context, cluster, wish.key()).iter().any(|found| found.place == group.place));
            if !covered {
                let names: Vec<String> = wanted.iter().map(|wish| format!("`{}`", wish.key())).collect();
                findings
                    .report(
                        group.place,
                        format!("node group `{}` is spot, which is wanted only for {}", group.name, names.join(", ")),
                    )
                    .related(*first, "what is wanted")
                    .help("make the group on-demand, or name it where spot is wanted");
            }
        }
    }
}

/// The groups that a wish is about: those named like it, those of a cluster named like it, and those that take a
/// workload named like it.
fn groups<'p>(context: &Context<'_>, cluster: &'p Cluster, wish: &str) -> Vec<&'p NodeGroup> {
    let of_cluster = is_named(wish, [cluster.name()]);
    let workloads: Vec<Workload<'_>> =
        cluster.workloads().filter(|workload| is_named(wish, [workload.object.name(), workload.object.ns()])).collect();
    let all = cluster.nodes().groups.iter().filter(|group| {
        let values = group.labels.values().flatten().map(String::as_str);
        of_cluster
            || is_named(wish, values.chain([group.name.as_str()]))
            || workloads.iter().any(|workload| group.takes(*workload, context.catalog(), cluster.region()) == Fit::Yes)
    });
    all.collect()
}

//! See its page.

use crate::cluster::{GroupKind, NodeGroup};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::wish::{is_named, wishes};

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/hours-below-minimum",
    looks_at: "sizes that a schedule in a document about cost names",
    page: include_str!("hours_below_minimum.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    for wish in wishes(platform, &["schedul"]) {
        let sizes = wish.value().entries().iter().filter_map(|entry| {
            let key = entry.key().to_ascii_lowercase();
            let is_size = ["scale", "size", "nodes", "capacity", "weekend", "replicas", "min"]
                .iter()
                .any(|word| key.contains(word));
            Some((entry, entry.value().as_int().filter(|_| is_size)?))
        });
        for (entry, size) in sizes {
            let all: Vec<&NodeGroup> = platform.clusters().iter().flat_map(|cluster| &cluster.nodes().groups).collect();
            let named: Vec<&NodeGroup> = all
                .iter()
                .copied()
                .filter(|group| {
                    is_named(
                        wish.key(),
                        group.labels.values().flatten().map(String::as_str).chain([group.name.as_str()]),
                    )
                })
                .collect();
            let of_cluster: Vec<&NodeGroup> = platform
                .clusters()
                .iter()
                .filter(|cluster| is_named(wish.key(), [cluster.name()]))
                .flat_map(|cluster| &cluster.nodes().groups)
                .collect();
            let single = platform.clusters().iter().filter(|cluster| !cluster.nodes().groups.is_empty()).count() == 1;
            let groups = match (named.is_empty(), of_cluster.is_empty()) {
                (false, _) => named,
                (_, false) => of_cluster,
                _ if single => all,
                _ => continue,
            };
            findings.looked_at_one();
            let above: Vec<&NodeGroup> = groups
                .into_iter()
                .filter(|group| group.kind != GroupKind::Karpenter && group.min > Some(size))
                .collect();
            let Some(first) = above.first() else { continue };
            let groups: Vec<String> = above
                .iter()
                .map(|group| format!("`{}` (at least {})", group.name, group.min.unwrap_or_default()))
                .collect();
            findings
                .report(entry, format!("`{}` of `{}` is {size}, below what node groups keep: {}", entry.key(), wish.key(), groups.join(", ")))
                .related(first.place, "this group never gets that small")
                .counterexample("the schedule asks for less, the group refuses it, or the autoscaler adds nodes for the pods that still want to run")
                .help("let the schedule set the smallest size too, and scale the workloads as well");
        }
    }
}

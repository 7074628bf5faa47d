//! See its page.

use crate::cluster::{Cluster, GroupKind, NodeGroup};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/group-written-twice",
    looks_at: "node groups of clusters that eksctl makes",
    page: include_str!("group_written_twice.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let by_eksctl = |group: &&NodeGroup| matches!(group.kind, GroupKind::EksctlManaged | GroupKind::EksctlSelfManaged);
    for group in cluster.nodes().groups.iter().filter(by_eksctl) {
        findings.looked_at_one();
        let name = plain(&group.name);
        let resource = cluster
            .nodes()
            .groups
            .iter()
            .find(|other| other.kind == GroupKind::Terraform && plain(&other.name) == name);
        let passed = context.platform().roots().iter().find_map(|root| {
            let found = root
                .passed_groups()
                .into_iter()
                .find(|found| plain(found.name) == name && context.platform().is_call_for(root, found.module, cluster));
            found.map(|found| found.place)
        });
        let Some(at) = resource.map(|other| other.place).or(passed) else { continue };
        findings
            .report(
                at,
                format!(
                    "node group `{}` is written for Terraform and for eksctl: there would be two of them",
                    group.name
                ),
            )
            .related(group.place, "the one of eksctl")
            .help("let one tool make it, and remove it from the other");
    }
}

/// A name without what joins its words.
fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace(['-', '_'], "")
}

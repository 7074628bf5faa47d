//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Passed;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/group-without-its-labels",
    severity: Severity::Error,
    looks_at: "node groups that are passed to modules, beside groups of the same name",
    page: include_str!("group_without_its_labels.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for root in context.platform().roots() {
        let own = |passed: &Passed<'_>| context.platform().is_call_for(root, passed.module, cluster);
        for passed in root.passed_groups().into_iter().filter(own) {
            let plain = |name: &str| name.to_ascii_lowercase().replace(['-', '_'], "");
            let Some(group) = cluster.nodes().groups.iter().find(|group| plain(&group.name) == plain(passed.name))
            else {
                continue;
            };
            findings.looked_at_one();
            if passed.value.get("labels").is_some() {
                continue;
            }
            if !context.platform().calls_nothing(root, passed.module) {
                findings.unknown(passed.place, "which labels the module gives to its groups is not known");
                continue;
            }
            let wanted = cluster.workloads().find_map(|workload| {
                let selector = workload.pod_spec()?.map("nodeSelector");
                let entry = selector.iter().find(|entry| {
                    let value = entry.value().text().map(str::to_owned);
                    group
                        .labels
                        .get(entry.key())
                        .is_some_and(|values| value.is_some_and(|value| values.contains(&value)))
                })?;
                Some((workload, entry))
            });
            let Some((workload, entry)) = wanted else { continue };
            let value = entry.value().text().unwrap_or_default();
            findings
                .report(
                    passed.place,
                    format!(
                        "`{}` has no label {}={value}, by which {} selects its nodes",
                        passed.name,
                        entry.key(),
                        workload.object.title()
                    ),
                )
                .related(group.place, "this group of the same name has it")
                .related(entry, "selected here")
                .help("give it the same labels and taints, or let one tool make the group");
        }
    }
}

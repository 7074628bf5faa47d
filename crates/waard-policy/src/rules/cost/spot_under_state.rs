//! See its page.

use crate::cluster::NodeGroup;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::wish::{is_named, percent, wishes, words};

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/spot-under-state",
    looks_at: "shares of spot for names that no node group has",
    page: include_str!("spot_under_state.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    for wish in wishes(platform, &["spot"]) {
        if percent(wish).is_none_or(|share| share < 1) {
            continue;
        }
        for cluster in platform.clusters() {
            let groups = &cluster.nodes().groups;
            let names = |group: &NodeGroup| {
                group.labels.values().flatten().cloned().chain([group.name.clone()]).collect::<Vec<_>>()
            };
            let exact = groups.iter().any(|group| is_named(wish.key(), names(group).iter().map(String::as_str)));
            if exact || is_named(wish.key(), [cluster.name()]) {
                continue;
            }
            // The one group that shares a word with the name is the one in which it would run.
            let near: Vec<&NodeGroup> = groups.iter().filter(|group| shares_word(wish.key(), &names(group))).collect();
            let [group] = near[..] else { continue };
            findings.looked_at_one();
            let kafka =
                cluster.of_group("kafka.strimzi.io", "Kafka").find(|kafka| shares_all(kafka.ns(), &names(group)));
            let stateful = cluster.workloads().map(|workload| workload.object).find(|object| {
                object.kind() == "StatefulSet"
                    && !object.list("spec.volumeClaimTemplates").is_empty()
                    && shares_all(object.ns(), &names(group))
            });
            let Some(state) = kafka.or(stateful) else { continue };
            findings
                .report(
                    wish,
                    format!(
                        "`{}` has no node group of its own; if it is to share `{}`, {} would run on spot with it",
                        wish.key(),
                        group.name,
                        state.title()
                    ),
                )
                .related(group.place, "the only group with such a name")
                .related(state, "keeps state, and is named like the group")
                .help("make a group for what may be interrupted, and keep the brokers and stores on demand");
        }
    }
}

fn shares_word(wish: &str, names: &[String]) -> bool {
    words(wish).any(|word| names.iter().any(|name| words(name).any(|other| other == word)))
}

fn shares_all(namespace: &str, names: &[String]) -> bool {
    is_named(namespace, names.iter().map(String::as_str))
}

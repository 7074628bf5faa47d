//! See its page.

use crate::cluster::{Cluster, NodeGroup};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/system-pods-without-home",
    severity: Severity::Error,
    looks_at: "clusters whose node groups are known",
    page: include_str!("system_pods_without_home.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// What CoreDNS of EKS tolerates. Source: eksctl `pkg/addons/default/assets/coredns-*.json`: `CriticalAddonsOnly` and
/// `node-role.kubernetes.io/{master,control-plane}`; the controllers of EBS CSI and of most charts tolerate no more.
const TOLERATED: [&str; 3] =
    ["CriticalAddonsOnly", "node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let nodes = cluster.nodes();
    let groups: Vec<&NodeGroup> = nodes.groups.iter().filter(|group| group.max != Some(0)).collect();
    let Some(first) = groups.first() else { return };
    findings.looked_at_one();
    let on_fargate = nodes.fargate.iter().any(|profile| matches!(&*profile.namespace, "kube-system" | "*"));
    let blocks = |group: &NodeGroup| {
        let hard = group.taints.iter().filter(|taint| matches!(&*taint.effect, "NoSchedule" | "NoExecute"));
        // What an agent removes once it runs keeps nothing away for long.
        hard.filter(|taint| !TOLERATED.contains(&taint.key.as_str()) && !taint.key.ends_with("/agent-not-ready"))
            .map(ToString::to_string)
            .next()
    };
    let blocked: Vec<(String, &str)> =
        groups.iter().filter_map(|group| Some((blocks(group)?, group.name.as_str()))).collect();
    if on_fargate || blocked.len() < groups.len() {
        return;
    }
    if let Some(why) = &nodes.unknown {
        return findings.unknown(first.place, why.clone());
    }
    let told = cluster.configs().iter().flat_map(|config| config.list("addons")).any(|addon| {
        addon.get("name").and_then(Node::text) == Some("coredns")
            && addon
                .get("configurationValues")
                .and_then(Node::text)
                .is_some_and(|values| values.contains("tolerations"))
    });
    let own = ["coredns", "metrics-server"].iter().find_map(|name| cluster.workload("Deployment", "kube-system", name));
    if told || own.is_some() {
        return findings.unknown(first.place, "the add-on CoreDNS has tolerations of its own");
    }
    let shown: Vec<String> = blocked.iter().map(|(taint, group)| format!("{taint} of `{group}`")).collect();
    let draft = findings.report(
        first.place,
        format!(
            "every node group of {} is tainted: CoreDNS and the controllers of add-ons have nowhere to run",
            cluster.title()
        ),
    );
    draft.counterexample(format!("coredns: {}", shown.join(", ")));
    draft.help("add a group without taints, over at least two zones, for what belongs to the cluster itself");
    for group in groups.iter().skip(1).take(5) {
        draft.related(group.place, format!("node group `{}`", group.name));
    }
}

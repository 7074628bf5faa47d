//! See its page.

use crate::cluster::{Cluster, Defined, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/secret-missing",
    severity: Severity::Warning,
    looks_at: "references of pods to secrets",
    page: include_str!("secret_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for workload in cluster.workloads() {
        let namespace = workload.object.ns();
        for (node, user) in secrets(workload) {
            let Some(name) = node.text() else { continue };
            findings.looked_at_one();
            match cluster.defines("Secret", namespace, name) {
                Defined::Object(_) | Defined::Made(_) => {}
                Defined::Perhaps(_) => {
                    findings
                        .unknown(node, format!("secret `{name}` may come from something that isn't among the files"));
                }
                Defined::No => {
                    let title = workload.object.title();
                    let message = format!(
                        "nothing makes secret `{name}` in namespace `{namespace}`, which {user} of {title} needs"
                    );
                    findings.report(node, message).help(
                        "let an ExternalSecret or another operator make it; without it the pod waits, or its container never starts",
                    );
                }
            }
        }
    }
}

/// Every secret that a pod can't do without, and what needs it.
fn secrets(workload: Workload<'_>) -> Vec<(&Node, String)> {
    let mut found: Vec<(&Node, String)> = Vec::new();
    let needed = |reference: &&Node| reference.bool_at("optional") != Some(true);
    for container in workload.containers() {
        let variables = container.node.list("env").iter().filter_map(|env| env.at("valueFrom.secretKeyRef"));
        let all = container.node.list("envFrom").iter().filter_map(|env| env.get("secretRef"));
        for reference in variables.chain(all).filter(needed) {
            found.extend(reference.get("name").map(|name| (name, format!("container `{}`", container.name()))));
        }
    }
    for volume in workload.pod_list("volumes") {
        let title = volume.str_at("name").unwrap_or_default();
        let direct = volume.get("secret").filter(needed).and_then(|secret| secret.get("secretName"));
        let projected = volume.list("projected.sources").iter().filter_map(|source| source.get("secret"));
        let projected = projected.filter(needed).filter_map(|secret| secret.get("name"));
        found.extend(direct.into_iter().chain(projected).map(|name| (name, format!("volume `{title}`"))));
    }
    found
}

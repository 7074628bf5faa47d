//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_hostNamespaces.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/host-namespaces",
    severity: Severity::Warning,
    looks_at: "pods",
    page: include_str!("host_namespaces.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods() {
        findings.looked_at_one();
        for (key, what) in [
            (
                "hostNetwork",
                "the network of the node: they reach what listens on its loopback, and no network policy holds them",
            ),
            ("hostPID", "the processes of the node: they see and may signal all of them"),
            ("hostIPC", "the shared memory of the node"),
        ] {
            let Some(node) = pods.spec.get(key).filter(|node| node.as_bool() == Some(true)) else { continue };
            let message = format!("`{key}: true`: the pods of {} share {what}", pods.workload.object.title());
            pods.report(findings, Level::Baseline, node, message).help(format!("remove `{key}`"));
        }
    }
}

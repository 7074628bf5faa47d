//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_privileged.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/privileged-container",
    severity: Severity::Error,
    looks_at: "containers",
    page: include_str!("privileged_container.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods() {
        for container in pods.containers() {
            findings.looked_at_one();
            let setting = container.at("securityContext.privileged");
            let Some(node) = setting.filter(|node| node.as_bool() == Some(true)) else { continue };
            let message =
                format!("container `{}` is privileged: it may do what root on the node may", container.name());
            pods.report(findings, Level::Baseline, node, message)
                .help("remove `privileged`, and add the one capability that is needed, if any");
        }
    }
}

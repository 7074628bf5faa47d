//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_procMount.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/proc-mount",
    severity: Severity::Warning,
    looks_at: "containers that set `procMount`",
    page: include_str!("proc_mount.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods() {
        for container in pods.containers() {
            let Some(node) = container.at("securityContext.procMount").filter(|node| !node.is_null()) else { continue };
            findings.looked_at_one();
            let kind = node.text().unwrap_or_default();
            if kind.is_empty() || kind == "Default" {
                continue;
            }
            // From 1.35 on `baseline` leaves it to pods with users of their own, and `restricted` does not.
            let level = match pods.own_users() {
                Some(true) => Level::Restricted,
                Some(false) => Level::Baseline,
                None if pods.enforced == Some(Level::Restricted) => Level::Restricted,
                None => {
                    findings.unknown(node, "with `hostUsers: false` it depends on the Kubernetes version");
                    continue;
                }
            };
            let message = format!("container `{}` mounts /proc as `{kind}`", container.name());
            pods.report(findings, level, node, message).help("remove `procMount`");
        }
    }
}

//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_runAsUser.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/run-as-root",
    severity: Severity::Error,
    looks_at: "security contexts that set a user",
    page: include_str!("run_as_root.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    // `restricted` asks for it from 1.23 on.
    for pods in cluster.pods().filter(|pods| pods.minor.is_none_or(|minor| minor >= 23)) {
        let own_users = pods.own_users();
        if own_users == Some(true) {
            continue;
        }
        for (who, context) in pods.contexts() {
            let Some(node) = context.get("runAsUser").filter(|node| !node.is_null()) else { continue };
            findings.looked_at_one();
            if node.as_int() != Some(0) {
                continue;
            }
            if own_users.is_none() {
                findings.unknown(node, "with `hostUsers: false` it depends on the Kubernetes version");
                continue;
            }
            pods.report(findings, Level::Restricted, node, format!("{who} runs as user 0, which is root"))
                .help("set a user above 0 that the image knows or doesn't need to know");
        }
    }
}

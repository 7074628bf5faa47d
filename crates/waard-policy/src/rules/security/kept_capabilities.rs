//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_capabilities_restricted.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/kept-capabilities",
    severity: Severity::Warning,
    looks_at: "containers",
    page: include_str!("kept_capabilities.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods().filter(|pods| pods.minor.is_none_or(|minor| minor >= 22)) {
        let windows = pods.are_windows();
        if windows == Some(true) {
            continue;
        }
        for container in pods.containers() {
            findings.looked_at_one();
            let dropped = container.at("securityContext.capabilities.drop");
            if dropped.is_some_and(|node| node.items().iter().any(|item| item.text() == Some("ALL"))) {
                continue;
            }
            if windows.is_none() {
                findings.unknown(container, "whether this is asked of Windows pods depends on the Kubernetes version");
                continue;
            }
            let (at, message) = match dropped {
                Some(node) => {
                    (node.place(), format!("container `{}` drops some capabilities, and not `ALL`", container.name()))
                }
                None => (
                    container.place(),
                    format!("container `{}` keeps the capabilities that the runtime gives it", container.name()),
                ),
            };
            pods.report(findings, Level::Restricted, at, message)
                .help("set `securityContext.capabilities.drop: [ALL]`");
        }
    }
}

//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_allowPrivilegeEscalation.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/privilege-escalation",
    severity: Severity::Warning,
    looks_at: "containers",
    page: include_str!("privilege_escalation.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods() {
        // The setting means nothing on Windows, and the standard leaves it out there.
        let windows = pods.are_windows();
        if windows == Some(true) {
            continue;
        }
        for container in pods.containers() {
            findings.looked_at_one();
            let setting = container.at("securityContext.allowPrivilegeEscalation").filter(|node| !node.is_null());
            if setting.and_then(Node::as_bool) == Some(false) {
                continue;
            }
            if windows.is_none() {
                findings.unknown(container, "whether this is asked of Windows pods depends on the Kubernetes version");
                continue;
            }
            let name = container.name();
            let message = match setting {
                Some(_) => format!("container `{name}` may gain more privileges than it starts with"),
                None => format!(
                    "container `{name}` may gain more privileges than it starts with, because `allowPrivilegeEscalation` isn't set"
                ),
            };
            let at = setting.map_or_else(|| container.place(), Placed::place);
            pods.report(findings, Level::Restricted, at, message)
                .help("set `securityContext.allowPrivilegeEscalation: false`");
        }
    }
}

//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_windowsHostProcess.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/windows-host-process",
    severity: Severity::Warning,
    looks_at: "security contexts with Windows options",
    page: include_str!("windows_host_process.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods() {
        for (who, context) in pods.contexts() {
            let Some(options) = context.get("windowsOptions").filter(|node| !node.is_null()) else { continue };
            findings.looked_at_one();
            let Some(node) = options.get("hostProcess").filter(|node| node.as_bool() == Some(true)) else { continue };
            let message = format!("{who} is a process of the Windows host");
            pods.report(findings, Level::Baseline, node, message).help("remove `hostProcess`");
        }
    }
}

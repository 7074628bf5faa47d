//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_capabilities_baseline.go`, as of 2026-07-01.
//! From 1.22 on also `check_capabilities_restricted.go`.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/added-capabilities",
    severity: Severity::Warning,
    looks_at: "containers that add capabilities",
    page: include_str!("added_capabilities.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// What `baseline` lets containers add.
const BASELINE: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods() {
        for container in pods.containers() {
            let added = container.at("securityContext.capabilities").map_or(&[][..], |node| node.list("add"));
            if added.is_empty() {
                continue;
            }
            findings.looked_at_one();
            for node in added {
                let Some(capability) = node.text() else { continue };
                // `restricted` asks for it from 1.22 on, which is before every version that is still to be had.
                let level = match capability {
                    "NET_BIND_SERVICE" => continue,
                    allowed if BASELINE.contains(&allowed) => Level::Restricted,
                    _ => Level::Baseline,
                };
                if level == Level::Restricted {
                    if pods.minor.is_some_and(|minor| minor < 22) || pods.are_windows() == Some(true) {
                        continue;
                    }
                    if pods.are_windows().is_none() {
                        findings.unknown(node, "whether this is asked of Windows pods depends on the version");
                        continue;
                    }
                }
                let message = format!(
                    "container `{}` adds the capability `{capability}`, which `{}` refuses",
                    container.name(),
                    level.name()
                );
                pods.report(findings, level, node, message)
                    .help("remove it; `restricted` allows `NET_BIND_SERVICE` and no other");
            }
        }
    }
}

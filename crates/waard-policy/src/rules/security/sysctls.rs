//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_sysctls.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/sysctls",
    severity: Severity::Warning,
    looks_at: "sysctls of pods",
    page: include_str!("sysctls.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Sysctls that are safe, each with the first minor that allows it.
const SAFE: [(&str, u16); 14] = [
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_notsent_lowat", 37),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.tcp_wmem", 32),
];

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods() {
        for sysctl in pods.spec.list("securityContext.sysctls") {
            let Some(node) = sysctl.get("name") else { continue };
            findings.looked_at_one();
            let name = Node::text(node).unwrap_or_default();
            match pods.allows(&SAFE, name) {
                Some(true) => {}
                None => findings.unknown(
                    node,
                    format!("`{name}` is allowed from a later version on, and nothing says the Kubernetes version"),
                ),
                Some(false) => {
                    let from = SAFE.iter().find(|(safe, _)| *safe == name).map(|(_, from)| *from);
                    let when = from.map_or_else(String::new, |from| format!(" before 1.{from}"));
                    let message = format!("`{name}` is none of the sysctls that pods may set{when}");
                    pods.report(findings, Level::Baseline, node, message)
                        .help("remove it, or set it for all of the node where nodes are made");
                }
            }
        }
    }
}

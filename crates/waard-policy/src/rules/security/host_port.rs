//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_hostPorts.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/host-port",
    severity: Severity::Warning,
    looks_at: "containers",
    page: include_str!("host_port.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods() {
        for container in pods.containers() {
            findings.looked_at_one();
            for port in container.node.list("ports") {
                let Some(node) = port.get("hostPort") else { continue };
                let Some(number) = node.as_int().filter(|number| *number != 0) else { continue };
                let at = port.get("containerPort").and_then(Node::as_int).unwrap_or(number);
                let message = format!(
                    "container `{}` listens on port {number} of every node that it runs on, for its port {at}",
                    container.name()
                );
                pods.report(findings, Level::Baseline, node, message)
                    .help("remove `hostPort` and reach the pods through a Service");
            }
        }
    }
}

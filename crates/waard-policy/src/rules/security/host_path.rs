//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_hostPathVolumes.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/host-path",
    severity: Severity::Warning,
    looks_at: "pods",
    page: include_str!("host_path.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods() {
        findings.looked_at_one();
        for volume in pods.spec.list("volumes") {
            let Some(node) = volume.get("hostPath").filter(|node| !node.is_null()) else { continue };
            let path = node.get("path").and_then(Node::text).unwrap_or_default();
            let message = format!(
                "volume `{}` of {} is the node's `{path}`",
                volume.get("name").and_then(Node::text).unwrap_or_default(),
                pods.workload.object.title()
            );
            pods.report(findings, Level::Baseline, node, message)
                .help("use a volume of Kubernetes: `configMap`, `secret`, `emptyDir`, or a claim");
        }
    }
}

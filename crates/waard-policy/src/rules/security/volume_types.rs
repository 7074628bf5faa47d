//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_restrictedVolumes.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/volume-types",
    severity: Severity::Warning,
    looks_at: "pods with volumes",
    page: include_str!("volume_types.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// The kinds of volumes that `restricted` allows.
const ALLOWED: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods() {
        let volumes = pods.spec.list("volumes");
        if volumes.is_empty() {
            continue;
        }
        findings.looked_at_one();
        for entry in volumes.iter().flat_map(crate::yaml::Node::entries) {
            // `baseline` refuses paths of the node already, and a rule of its own reports them.
            if matches!(entry.key(), "name" | "hostPath") || ALLOWED.contains(&entry.key()) || entry.value().is_null() {
                continue;
            }
            let message = format!(
                "{} has a volume of the kind `{}`, which `restricted` refuses",
                pods.workload.object.title(),
                entry.key()
            );
            pods.report(findings, Level::Restricted, entry, message)
                .help("claim the storage with a PersistentVolumeClaim, whose volume says where it is");
        }
    }
}

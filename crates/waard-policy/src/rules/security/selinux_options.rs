//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_seLinuxOptions.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/selinux-options",
    severity: Severity::Warning,
    looks_at: "security contexts with SELinux options",
    page: include_str!("selinux_options.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// The types that containers may have, each with the first minor that allows it.
const TYPES: [(&str, u16); 5] =
    [("", 0), ("container_t", 0), ("container_init_t", 0), ("container_kvm_t", 0), ("container_engine_t", 31)];

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods() {
        for (who, context) in pods.contexts() {
            let Some(options) = context.get("seLinuxOptions").filter(|node| !node.is_null()) else { continue };
            findings.looked_at_one();
            for key in ["user", "role"] {
                let Some(node) = options.get(key) else { continue };
                let Some(value) = node.text().filter(|value| !value.is_empty()) else { continue };
                let message = format!("{who} sets the SELinux {key} `{value}`");
                pods.report(findings, Level::Baseline, node, message).help("remove it");
            }
            let Some(node) = options.get("type") else { continue };
            let word = Node::text(node).unwrap_or_default();
            match pods.allows(&TYPES, word) {
                Some(true) => {}
                None => findings.unknown(
                    node,
                    format!("`{word}` is allowed from a later version on, and nothing says the Kubernetes version"),
                ),
                Some(false) => {
                    let message = format!("{who} has the SELinux type `{word}`");
                    pods.report(findings, Level::Baseline, node, message)
                        .help("remove it, or use `container_t`, `container_init_t` or `container_kvm_t`");
                }
            }
        }
    }
}

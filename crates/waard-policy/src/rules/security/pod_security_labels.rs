//! See its page.
//!
//! Source: kubernetes/pod-security-admission `api/helpers.go` `ParseLevel`, and `admission/namespace.go`.

use crate::cluster::{Cluster, Level, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Place;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/pod-security-labels",
    severity: Severity::Warning,
    looks_at: "namespaces with pods",
    page: include_str!("pod_security_labels.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: `api/helpers.go` `ParseVersion`.
fn is_version(text: &str) -> bool {
    let is_minor = |minor: &str| {
        !minor.is_empty()
            && minor.bytes().all(|byte| byte.is_ascii_digit())
            && (minor == "0" || !minor.starts_with('0'))
    };
    text == "latest" || text.strip_prefix("v1.").is_some_and(is_minor)
}

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let enforces = |namespace: &Object| namespace.label("pod-security.kubernetes.io/enforce").is_some();
    if !cluster.of("Namespace").any(enforces) {
        for policy in cluster.of("PodSecurityPolicy") {
            findings.looked_at_one();
            let message = format!("{} holds no pod back, and no namespace enforces a standard instead", policy.title());
            findings
                .report(policy, message)
                .help("label the namespaces; Kubernetes has no PodSecurityPolicy since 1.25");
        }
    }
    let mut seen = BTreeSet::new();
    for workload in cluster.workloads() {
        let name = workload.object.ns();
        if !seen.insert(name) {
            continue;
        }
        findings.looked_at_one();
        let Some(namespace) = cluster.find("Namespace", "", name) else {
            // Kubernetes and charts make some, and who makes a namespace elsewhere may label it there.
            findings.unknown(workload, format!("namespace `{name}` is not among the files"));
            continue;
        };
        let labels = namespace.at("metadata.labels");
        let entry = |key: &str| labels.and_then(|labels| labels.entry(&format!("pod-security.kubernetes.io/{key}")));
        for mode in ["enforce", "audit", "warn"] {
            if let Some(entry) = entry(mode) {
                let level = entry.value().text().unwrap_or_default();
                if Level::parse(level).is_none() {
                    let message = format!(
                        "`{level}` is no level of the Pod Security Standards: the API server refuses to make the namespace"
                    );
                    let help = "write `privileged`, `baseline` or `restricted`";
                    findings.report(entry.value(), message).severity(Severity::Error).help(help);
                }
            }
            if let Some(entry) = entry(&format!("{mode}-version")) {
                let version = entry.value().text().unwrap_or_default();
                if !is_version(version) {
                    let message = format!(
                        "`{version}` is no version of the Pod Security Standards: the API server refuses to make the namespace"
                    );
                    let help = "write `latest`, or `v1.` and the minor version, such as `v1.36`";
                    findings.report(entry.value(), message).severity(Severity::Error).help(help);
                }
            }
        }
        if entry("enforce").is_none() {
            let at: Place = labels.map_or_else(|| namespace.place(), Placed::place);
            let message =
                format!("namespace `{name}` enforces no Pod Security Standard: any pod may do anything in it");
            findings
                .report(at, message)
                .help("label it `pod-security.kubernetes.io/enforce: restricted`, and `enforce-version` with the cluster's")
                .related(workload, "pods of this run in it");
        }
    }
}

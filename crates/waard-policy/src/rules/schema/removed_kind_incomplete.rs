//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/removed-kind-incomplete",
    severity: Severity::Error,
    looks_at: "objects of kinds that Kubernetes no longer has",
    page: include_str!("removed_kind_incomplete.md"),
    check: Check::Object(check),
    ..Rule::BASE
};

/// Fields without which an object of a removed kind was refused even while the kind was served.
///
/// Source: kubernetes/api v0.24.0 `policy/v1beta1/types.go`: fields of PodSecurityPolicySpec without `omitempty`.
const REQUIRED: [(&str, &str, &[&str]); 1] =
    [("PodSecurityPolicy", "spec", &["seLinux", "runAsUser", "supplementalGroups", "fsGroup"])];

fn check(_: &Context<'_>, _: &Cluster, object: &Object, findings: &mut Findings<'_>) {
    if !object.is_builtin() {
        return;
    }
    for (kind, path, fields) in REQUIRED {
        if object.kind() != kind {
            continue;
        }
        findings.looked_at_one();
        for field in fields {
            if object.at(path).is_none_or(|node| node.get(field).is_none()) {
                findings
                    .report(
                        object.node().nearest(path),
                        format!("`{path}.{field}` is missing, and a {kind} without it was refused"),
                    )
                    .help("remove the object: the kind is gone; Pod Security Admission took its place");
            }
        }
    }
}

//! See its page.
//!
//! Source: Kubernetes, "Using RBAC Authorization", default roles and discovery roles.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/cluster-admin-binding",
    severity: Severity::Warning,
    looks_at: "bindings of roles",
    page: include_str!("cluster_admin_binding.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for binding in cluster.of("ClusterRoleBinding").chain(cluster.of("RoleBinding")) {
        findings.looked_at_one();
        let role = binding.str_at("roleRef.name").unwrap_or_default();
        let admin = role == "cluster-admin" && binding.str_at("roleRef.kind") == Some("ClusterRole");
        for subject in binding.list("subjects") {
            let name = subject.get("name").and_then(Node::text).unwrap_or_default();
            let kind = subject.str_at("kind").unwrap_or_default();
            let everybody = matches!(
                (kind, name),
                ("User", "system:anonymous") | ("Group", "system:unauthenticated" | "system:authenticated")
            );
            // Kubernetes itself binds its roles of discovery to them.
            if everybody && !role.starts_with("system:") {
                let message = format!(
                    "{} gives `{role}` to `{name}`, which is everybody who reaches the API server",
                    binding.title()
                );
                findings
                    .report(subject, message)
                    .severity(Severity::Error)
                    .help("name the groups or service accounts that need it");
                continue;
            }
            if !admin || (kind == "Group" && name == "system:masters") {
                continue;
            }
            let scope = match binding.namespace() {
                Some(namespace) => format!("all of namespace `{namespace}`"),
                None => "all of the cluster".to_owned(),
            };
            let message = format!("{} makes {kind} `{name}` the administrator of {scope}", binding.title());
            let severity = match (kind, binding.namespace()) {
                ("ServiceAccount", None) => Severity::Error,
                ("ServiceAccount", Some(_)) => Severity::Warning,
                _ => Severity::Info,
            };
            findings.report(subject, message).severity(severity).help("bind a role that names what is needed");
        }
    }
}

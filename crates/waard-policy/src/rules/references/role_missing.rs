//! See its page.

use crate::cluster::{Cluster, Defined, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/role-missing",
    severity: Severity::Error,
    looks_at: "roles and service accounts of bindings",
    page: include_str!("role_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for kind in ["RoleBinding", "ClusterRoleBinding"] {
        for binding in cluster.of_group("rbac.authorization.k8s.io", kind) {
            if let Some(role) = binding.at("roleRef") {
                judge_role(cluster, binding, role, findings);
            }
            for subject in binding.list("subjects") {
                if subject.str_at("kind") == Some("ServiceAccount") {
                    judge_account(cluster, binding, subject, findings);
                }
            }
        }
    }
}

fn judge_role(cluster: &Cluster, binding: &Object, role: &Node, findings: &mut Findings<'_>) {
    let (Some(name), kind) = (role.get("name"), role.str_at("kind").unwrap_or("ClusterRole")) else { return };
    let Some(text) = name.text() else { return };
    findings.looked_at_one();
    // What the API server makes: kubernetes.io, "Using RBAC Authorization", "Default roles and role bindings"; what EKS
    // makes begins with `eks:`.
    let by_system = text.starts_with("system:")
        || text.starts_with("eks:")
        || matches!(text, "admin" | "cluster-admin" | "edit" | "view");
    let in_system = binding.ns() == "kube-system" || binding.ns() == "kube-public";
    if by_system && (kind == "ClusterRole" || in_system) {
        return;
    }
    let namespace = if kind == "ClusterRole" { "" } else { binding.ns() };
    match cluster.defines(kind, namespace, text) {
        Defined::Object(_) | Defined::Made(_) => {}
        Defined::Perhaps(_) => {
            findings.unknown(name, format!("{kind} `{text}` may come from something that isn't among the files"));
        }
        Defined::No => {
            let message = format!("{} grants {kind} `{text}`, which nothing makes", binding.title());
            findings.report(name, message).help(
                "make the role, in the binding's namespace if it is a Role; until then the binding grants nothing",
            );
        }
    }
}

fn judge_account(cluster: &Cluster, binding: &Object, subject: &Node, findings: &mut Findings<'_>) {
    let Some(name) = subject.get("name") else { return };
    let Some(text) = name.text() else { return };
    findings.looked_at_one();
    // Without one, that of the binding counts: Kubernetes `plugin/pkg/auth/authorizer/rbac/rbac.go`, `appliesToUser`; a
    // ClusterRoleBinding has none: `pkg/apis/rbac/validation/validation.go`, `ValidateRoleBindingSubject`.
    let written = subject.get("namespace").and_then(Node::text).filter(|text| !text.is_empty());
    let Some(namespace) = written.or_else(|| binding.namespace()) else {
        findings
            .report(name, format!("subject `{text}` of {} has no namespace", binding.title()))
            .help("name the namespace of the service account: the API server refuses the binding without it");
        return;
    };
    match cluster.defines("ServiceAccount", namespace, text) {
        Defined::Object(_) | Defined::Made(_) => {}
        // Controllers of Kubernetes have accounts that no file makes.
        _ if namespace == "kube-system" => {}
        Defined::Perhaps(_) => findings
            .unknown(name, format!("service account `{text}` may come from something that isn't among the files")),
        Defined::No if has_open_namespace(cluster, text) => {
            findings.unknown(name, format!("service account `{text}` says no namespace: whoever applies it does"));
        }
        Defined::No => {
            let message = format!(
                "{} grants to service account `{text}` of namespace `{namespace}`, which nothing makes",
                binding.title()
            );
            let draft = findings.report(name.place(), message);
            draft.severity(Severity::Warning).help("make the service account, or mend its name or namespace; whoever makes one of that name gets the rights");
            if let Some(account) = cluster.of("ServiceAccount").find(|account| account.name() == text) {
                draft.related(account, format!("this one is in namespace `{}`", account.ns()));
            }
        }
    }
}

/// Whether there is a service account of that name that says no namespace.
fn has_open_namespace(cluster: &Cluster, name: &str) -> bool {
    cluster
        .all_in_group("", "ServiceAccount", "default", name)
        .any(|account| account.at("metadata.namespace").is_none())
}

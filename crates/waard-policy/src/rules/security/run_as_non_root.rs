//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_runAsNonRoot.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Container, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/run-as-non-root",
    severity: Severity::Warning,
    looks_at: "containers",
    page: include_str!("run_as_non_root.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods() {
        let own_users = pods.own_users();
        if own_users == Some(true) {
            continue;
        }
        let of_pod = pods.spec.at("securityContext.runAsNonRoot").filter(|node| !node.is_null());
        let help =
            "set `securityContext.runAsNonRoot: true` in the pod, and a user above 0 in the image or in `runAsUser`";
        let refuses = |node: Option<&Node>| node.and_then(Node::as_bool) == Some(true);
        let set = |container: Container<'_>| refuses(container.at("securityContext.runAsNonRoot"));
        // Then the pod's own word decides nothing, and is refused all the same.
        if let Some(node) = of_pod.filter(|node| node.as_bool() == Some(false))
            && own_users.is_some()
            && pods.enforced == Some(Level::Restricted)
            && pods.containers().all(set)
        {
            let message = "the pod says that it may run as root: `runAsNonRoot` is false".to_owned();
            pods.report(findings, Level::Restricted, node, message).help(help);
        }
        for container in pods.containers() {
            findings.looked_at_one();
            let own = container.at("securityContext.runAsNonRoot").filter(|node| !node.is_null());
            if refuses(own.or(of_pod)) {
                continue;
            }
            if own_users.is_none() {
                findings.unknown(container, "with `hostUsers: false` it depends on the Kubernetes version");
                continue;
            }
            let at = own.map_or_else(|| container.place(), Placed::place);
            let message = match own.or(of_pod) {
                Some(_) => format!("container `{}` may run as root: `runAsNonRoot` is false", container.name()),
                None => format!("container `{}` may run as root: `runAsNonRoot` isn't set", container.name()),
            };
            pods.report(findings, Level::Restricted, at, message).help(help);
        }
    }
}

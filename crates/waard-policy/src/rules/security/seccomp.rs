//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_seccompProfile_restricted.go`, as of 2026-07-01.
//! Also `check_seccompProfile_baseline.go`.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/seccomp",
    severity: Severity::Warning,
    looks_at: "containers",
    page: include_str!("seccomp.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    // Before 1.19 annotations set it.
    for pods in cluster.pods().filter(|pods| pods.minor.is_none_or(|minor| minor >= 19)) {
        let of_pod = pods.spec.at("securityContext.seccompProfile.type");
        if let Some(node) = of_pod.filter(|node| !confines(node)) {
            let message =
                format!("the pods of {} have the seccomp profile `{}`", pods.workload.object.title(), text(node));
            pods.report(findings, Level::Baseline, node, message).help("set `type: RuntimeDefault`");
        }
        for container in pods.containers() {
            findings.looked_at_one();
            let own = container.at("securityContext.seccompProfile.type");
            match (own, of_pod) {
                (Some(node), _) if !confines(node) => {
                    let message = format!("container `{}` has the seccomp profile `{}`", container.name(), text(node));
                    pods.report(findings, Level::Baseline, node, message).help("set `type: RuntimeDefault`");
                }
                (None, None) => match pods.are_windows() {
                    Some(true) => {}
                    None => {
                        findings.unknown(container, "whether this is asked of Windows pods depends on the version");
                    }
                    Some(false) => {
                        let message = format!(
                            "neither container `{}` nor its pod has a seccomp profile: it may make any system call",
                            container.name()
                        );
                        pods.report(findings, Level::Restricted, container.place(), message)
                            .help("set `securityContext.seccompProfile.type: RuntimeDefault` in the pod");
                    }
                },
                _ => {}
            }
        }
    }
}

fn confines(node: &Node) -> bool {
    matches!(node.text(), Some("RuntimeDefault" | "Localhost"))
}

fn text(node: &Node) -> &str {
    node.text().unwrap_or_default()
}

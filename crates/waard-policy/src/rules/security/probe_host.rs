//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_hostProbesAndhostLifecycle.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/probe-host",
    severity: Severity::Warning,
    looks_at: "probes and hooks that connect",
    page: include_str!("probe_host.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods().filter(|pods| pods.minor.is_none_or(|minor| minor >= 34)) {
        for container in pods.containers() {
            for path in ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"]
            {
                let Some(handler) = container.at(path) else { continue };
                let request = handler.get("httpGet").or_else(|| handler.get("tcpSocket"));
                let Some(request) = request.filter(|node| node.is_map()) else { continue };
                findings.looked_at_one();
                let Some(node) = request.get("host") else { continue };
                let Some(host) = node.text().filter(|host| !host.is_empty()) else { continue };
                if pods.minor.is_none() {
                    findings
                        .unknown(node, "`baseline` refuses it from 1.34 on, and nothing says the Kubernetes version");
                    continue;
                }
                let message = format!(
                    "`{path}` of container `{}` makes the kubelet connect to `{host}` instead of the pod",
                    container.name()
                );
                pods.report(findings, Level::Baseline, node, message)
                    .help("remove `host`: without it the kubelet asks the pod itself");
            }
        }
    }
}

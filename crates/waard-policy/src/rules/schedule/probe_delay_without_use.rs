//! See its page.
//!
//! Source: Kubernetes, "Configure Liveness, Readiness and Startup Probes", on startup probes: they disable the others until they succeed.

use crate::cluster::Container;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/probe-delay-without-use",
    severity: Severity::Info,
    looks_at: "containers with a startup probe",
    page: include_str!("probe_delay_without_use.md"),
    check: Check::Container(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, container: Container<'_>, findings: &mut Findings<'_>) {
    if container.at("startupProbe").is_none_or(Node::is_null) {
        return;
    }
    findings.looked_at_one();
    let Some(delay) = container.at("livenessProbe.initialDelaySeconds").filter(|node| node.as_int() > Some(0)) else {
        return;
    };
    findings
        .report(delay, format!("container `{}` waits {} s for its liveness probe, which a startup probe holds back until the container has started", container.name(), delay.as_int().unwrap_or_default()))
        .help("leave it out: the startup probe says when the container has started");
}

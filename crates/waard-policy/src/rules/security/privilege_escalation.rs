//! See its page.

use crate::cluster::Container;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/privilege-escalation",
    severity: Severity::Warning,
    looks_at: "containers",
    page: include_str!("privilege_escalation.md"),
    check: Check::Container(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, container: Container<'_>, findings: &mut Findings<'_>) {
    // The setting means nothing on Windows, and the standard leaves it out there.
    if container.workload.pod_at("os.name").is_some_and(|name| name.as_str() == Some("windows")) {
        return;
    }
    findings.looked_at_one();
    let setting = container.at("securityContext.allowPrivilegeEscalation");
    if setting.and_then(Node::as_bool) == Some(false) {
        return;
    }
    let name = container.name();
    let message = match setting {
        Some(_) => format!("container `{name}` may gain more privileges than it starts with"),
        None => format!(
            "container `{name}` may gain more privileges than it starts with, because `allowPrivilegeEscalation` isn't set"
        ),
    };
    let at = setting.map_or_else(|| container.place(), Placed::place);
    findings.report(at, message).help("set `securityContext.allowPrivilegeEscalation: false`");
}

//! See its page.
//!
//! Source: kubernetes/pod-security-admission `policy/check_appArmorProfile.go`, as of 2026-07-01.

use crate::cluster::{Cluster, Level};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/app-armor",
    severity: Severity::Warning,
    looks_at: "pods that set an AppArmor profile",
    page: include_str!("app_armor.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for pods in cluster.pods() {
        let contexts = pods.contexts();
        let types = contexts.iter().filter_map(|(who, context)| Some((who, context.at("appArmorProfile.type")?)));
        let annotations = pods.workload.template().map("metadata.annotations").iter();
        let annotations: Vec<_> = annotations
            .filter(|entry| entry.key().starts_with("container.apparmor.security.beta.kubernetes.io/"))
            .collect();
        let types: Vec<_> = types.collect();
        if types.is_empty() && annotations.is_empty() {
            continue;
        }
        findings.looked_at_one();
        let help = "remove it, or set `RuntimeDefault`";
        for (who, node) in types {
            let profile = node.text().unwrap_or_default();
            if matches!(profile, "" | "RuntimeDefault" | "Localhost") {
                continue;
            }
            let message = format!("the AppArmor profile of {who} is `{profile}`");
            pods.report(findings, Level::Baseline, node, message).help(help);
        }
        for entry in annotations {
            let profile = Node::text(entry.value()).unwrap_or_default();
            if matches!(profile, "" | "runtime/default") || profile.starts_with("localhost/") {
                continue;
            }
            let message = format!("the annotation `{}` sets the AppArmor profile `{profile}`", entry.key());
            pods.report(findings, Level::Baseline, entry.value(), message).help(help);
        }
    }
}

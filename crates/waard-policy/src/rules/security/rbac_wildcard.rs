//! See its page.
//!
//! Source: Kubernetes, "Role Based Access Control Good Practices".

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/rbac-wildcard",
    severity: Severity::Warning,
    looks_at: "roles and cluster roles",
    page: include_str!("rbac_wildcard.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for role in cluster.of("ClusterRole").chain(cluster.of("Role")) {
        findings.looked_at_one();
        for rule in role.list("rules") {
            let has = |key: &str, word: &str| rule.list(key).iter().any(|item| item.text() == Some(word));
            let all_groups = has("apiGroups", "*");
            let core = all_groups || has("apiGroups", "");
            let (verbs, resources) = (has("verbs", "*"), has("resources", "*"));
            let (at, severity, what) = match (verbs, resources) {
                (true, true) if all_groups => (rule, Severity::Error, "may do anything to everything"),
                (true, true) if core => (rule, Severity::Error, "may do anything to everything of the core group"),
                (_, true) if core => {
                    let reads = ["get", "list", "watch"].iter().any(|verb| has("verbs", verb));
                    if !reads && !verbs {
                        continue;
                    }
                    (rule, Severity::Warning, "may read everything of the core group, all secrets too")
                }
                (true, _) if core && has("resources", "secrets") => {
                    (rule, Severity::Warning, "may do anything to secrets")
                }
                (true, _) if has("apiGroups", "rbac.authorization.k8s.io") => {
                    (rule, Severity::Error, "may do anything to roles: it may give itself every right")
                }
                _ => continue,
            };
            let at = at.get("verbs").filter(|_| verbs).or_else(|| at.get("resources")).unwrap_or(at);
            let verbs: Vec<&str> = rule.list("verbs").iter().filter_map(Node::text).collect();
            let message = format!("{} {what} (verbs: {})", role.title(), verbs.join(", "));
            findings
                .report(at, message)
                .severity(severity)
                .help("name the resources and the verbs that its holders need");
        }
    }
}

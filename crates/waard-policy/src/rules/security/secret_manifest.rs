//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Entry;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/secret-manifest",
    severity: Severity::Warning,
    looks_at: "Secrets",
    page: include_str!("secret_manifest.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for secret in cluster.of("Secret") {
        findings.looked_at_one();
        let filled = |key: &'static str| secret.node().map(key).iter().filter(|entry| is_filled(entry));
        let Some(first) = filled("data").chain(filled("stringData")).next() else { continue };
        let count = filled("data").chain(filled("stringData")).count();
        let message = format!("{} is written out here with {count} of its values", Object::title(secret));
        findings.report(first, message).help(
            "let an operator fill it from a store of secrets (ExternalSecret, SecretProviderClass), or seal it; then change the values",
        );
    }
}

/// Whether something stands there that isn't to be filled in by a tool.
fn is_filled(entry: &Entry) -> bool {
    let text = entry.value().text().unwrap_or_default().trim();
    !(text.is_empty()
        || text.contains("${")
        || text.contains("{{")
        || text.starts_with('<')
        || text.starts_with("ENC[")
        || text.starts_with("ref+"))
}

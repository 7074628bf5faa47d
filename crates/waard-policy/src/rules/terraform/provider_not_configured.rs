//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/provider-not-configured",
    severity: Severity::Warning,
    looks_at: "providers that root modules use",
    page: include_str!("provider_not_configured.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    if !root.is_applied() || !root.is_whole() {
        return;
    }
    let mut used: BTreeMap<&str, Place> = BTreeMap::new();
    for argument in root.settings("required_providers").flat_map(|block| &block.body.arguments) {
        used.entry(&argument.name).or_insert_with(|| argument.place());
    }
    for (name, what) in [
        ("aws", "the region and the account are those of whoever applies it"),
        ("kubernetes", "the cluster is that of whoever applies it"),
        ("helm", "the cluster is that of whoever applies it"),
    ] {
        let prefix = format!("{name}_");
        let block = root.blocks().iter().find(|block| {
            block.resource_type().is_some_and(|kind| kind.starts_with(&prefix)) && block.get("provider").is_none()
        });
        let Some(at) = used.get(name).copied().or_else(|| block.map(Placed::place)) else { continue };
        findings.looked_at_one();
        if root.of_kind("provider").any(|provider| provider.label(0) == Some(name)) {
            continue;
        }
        findings
            .report(at, format!("the provider `{name}` is used and configured nowhere: {what}"))
            .help(format!("add a block `provider \"{name}\"`"));
    }
}

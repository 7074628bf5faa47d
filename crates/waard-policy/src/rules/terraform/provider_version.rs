//! See its page.
//!
//! Source: Terraform, "Provider requirements".

use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Constraint, Root};
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/provider-version",
    severity: Severity::Warning,
    looks_at: "providers of root modules",
    page: include_str!("provider_version.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    if !root.is_applied() || !root.is_whole() {
        return;
    }
    let mut used: BTreeMap<&str, Place> = BTreeMap::new();
    for block in root.settings("required_providers") {
        for argument in &block.body.arguments {
            used.entry(&argument.name).or_insert_with(|| argument.place());
        }
    }
    for block in root.blocks() {
        let name = match &*block.kind {
            "resource" | "data" | "ephemeral" if block.get("provider").is_none() => {
                block.label(0).and_then(|label| label.split('_').next())
            }
            "provider" => block.label(0),
            _ => None,
        };
        if let Some(name) = name {
            used.entry(name).or_insert_with(|| block.place());
        }
    }
    let lock = if root.path().is_empty() {
        ".terraform.lock.hcl".to_owned()
    } else {
        format!("{}/.terraform.lock.hcl", root.path())
    };
    let locked = context.platform().files().iter().any(|file| file.path() == lock);
    // `terraform_data` and the like are Terraform's own.
    for (name, place) in used.into_iter().filter(|(name, _)| *name != "terraform") {
        findings.looked_at_one();
        let severity = if locked { Severity::Info } else { Severity::Warning };
        let Some((at, text)) = root.provider_constraint(name) else {
            findings
                .report(place, format!("no version is asked of the provider `{name}`: the newest is taken"))
                .severity(severity)
                .help("name it in `required_providers`, with a version such as `~> 6.0`");
            continue;
        };
        match Constraint::parse(&text) {
            None => findings.unknown(at, format!("`{text}` is no version constraint that can be read")),
            Some(constraint) if constraint.below.is_none() => {
                findings
                    .report(at, format!("`{text}` lets every future major version of the provider `{name}` in"))
                    .severity(severity)
                    .help("bound it above: `~> 6.0`");
            }
            Some(_) => {}
        }
    }
}

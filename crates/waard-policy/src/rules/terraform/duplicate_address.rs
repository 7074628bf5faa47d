//! See its page.
//!
//! Source: Terraform, "Files and configuration structure" and "Override files".

use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/duplicate-address",
    severity: Severity::Error,
    looks_at: "resources, data sources, modules, variables, outputs, local values and providers",
    page: include_str!("duplicate_address.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    let mut first: BTreeMap<String, Place> = BTreeMap::new();
    let mut see = |address: String, place: Place, findings: &mut Findings<'_>| {
        findings.looked_at_one();
        match first.get(&address) {
            Some(before) => {
                findings
                    .report(place, format!("`{address}` is declared twice in this root module"))
                    .help("rename one of them, or remove it")
                    .related(*before, "declared here first");
            }
            None => {
                first.insert(address, place);
            }
        }
    };
    for block in root.blocks() {
        // Files of overrides are merged into what they override.
        let path = context.platform().file_of(block).map_or("", |file| file.path());
        let name = path.rsplit('/').next().unwrap_or(path).split('.').next().unwrap_or_default();
        if name == "override" || name.ends_with("_override") {
            continue;
        }
        match &*block.kind {
            "resource" | "data" | "ephemeral" | "module" | "variable" | "output" => {
                see(block.address(), block.place(), findings);
            }
            "provider" => {
                let alias = block.get("alias").and_then(|alias| alias.as_str());
                let alias = alias.map_or_else(String::new, |alias| format!(".{alias}"));
                see(format!("provider.{}{alias}", block.label(0).unwrap_or_default()), block.place(), findings);
            }
            "locals" => {
                for local in &block.body.arguments {
                    see(format!("local.{}", local.name), local.place(), findings);
                }
            }
            _ => {}
        }
    }
}

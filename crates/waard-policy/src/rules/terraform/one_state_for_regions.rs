//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/one-state-for-regions",
    severity: Severity::Warning,
    looks_at: "root modules with a backend",
    page: include_str!("one_state_for_regions.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    let Some(backend) = root.settings("backend").next().filter(|_| root.is_applied()) else { return };
    findings.looked_at_one();
    let kept = backend.get("region").and_then(|expr| expr.as_str());
    let place = kept.map_or_else(String::new, |region| format!(", kept in `{region}`,"));
    let help = "give each region a root module with a state in that region";
    // A module that is repeated with a region each.
    for module in root.of_kind("module").filter(|module| module.get("for_each").is_some()) {
        let passes = module.body.arguments.iter().find(|argument| {
            let name = argument.name.to_ascii_lowercase();
            let each = argument.value.references().iter().any(|reference| reference.root() == Some("each"));
            (name == "region" || name.ends_with("_region")) && each
        });
        if let Some(passes) = passes {
            findings
                .report(
                    backend,
                    format!(
                        "one state{place} holds every region of `{}`: what locks, loses or breaks it stops all of them",
                        module.address()
                    ),
                )
                .help(help)
                .related(passes, "a region each");
            return;
        }
    }
    // Providers of several regions, each with something that runs there. Certificates and firewalls of CloudFront have to be
    // in us-east-1, and are no region of their own.
    let mut regions = BTreeSet::new();
    let mut at = None;
    for block in root.blocks() {
        let kind = block.resource_type().unwrap_or_default();
        let runs = matches!(
            kind,
            "aws_vpc"
                | "aws_eks_cluster"
                | "aws_db_instance"
                | "aws_rds_cluster"
                | "aws_elasticache_replication_group"
                | "aws_instance"
        );
        if &*block.kind != "resource" || !runs || block.get("replicate_source_db").is_some() {
            continue;
        }
        if let Some(region) = root.region_of(block)
            && regions.insert(region)
            && regions.len() > 1
        {
            at = Some(block.place());
        }
    }
    if let Some(at) = at {
        let names: Vec<String> = regions.into_iter().collect();
        findings
            .report(
                backend,
                format!(
                    "one state{place} holds what runs in {}: what locks, loses or breaks it stops all of them",
                    names.join(", ")
                ),
            )
            .help(help)
            .related(at, "in another region");
    }
}

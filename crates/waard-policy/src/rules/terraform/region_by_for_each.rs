//! See its page.
//!
//! Source: Terraform, "Providers within modules"; AWS provider, "Enhanced region support" of version 6.0.

use crate::context::Context;
use crate::findings::Draft;
use crate::findings::Findings;
use crate::hcl::{Argument, Block};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Constraint, Root};

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/region-by-for-each",
    severity: Severity::Error,
    looks_at: "repeated calls of modules that pass a region",
    page: include_str!("region_by_for_each.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for module in root.of_kind("module") {
        let Some(repeats) = module.argument("for_each").or_else(|| module.argument("count")) else { continue };
        let Some(region) = region_of(module) else { continue };
        findings.looked_at_one();
        if module.get("providers").is_some() {
            findings
                .report(
                    repeats,
                    format!("every `{}` gets the same providers, whatever its region is", module.address()),
                )
                .help("write one call for each region, each with its provider")
                .related(region, "passed here");
            continue;
        }
        // From its version 6 on, resources of the AWS provider take a region themselves.
        let called = context.platform().called(root, module);
        let by_resource = called.map(|called| {
            called.blocks().iter().any(|block| {
                block.resource_type().is_some_and(|kind| kind.starts_with("aws_")) && block.get("region").is_some()
            })
        });
        let old = root.provider_constraint("aws").and_then(|(at, text)| {
            let below = Constraint::parse(&text)?.below?;
            (below <= [6, 0, 0]).then_some((at, text))
        });
        match (by_resource, old) {
            (Some(true), None) => {}
            (Some(false), _) => {
                report(module, repeats, region, findings);
            }
            (_, Some((at, text))) => {
                report(module, repeats, region, findings)
                    .related(at, format!("`{text}`: resources take no `region` before version 6"));
            }
            (None, None) => findings.unknown(module, "whether its resources take the region is not among the files"),
        }
    }
}

fn report<'f>(module: &Block, repeats: &Argument, region: &Argument, findings: &'f mut Findings<'_>) -> &'f mut Draft {
    findings
        .report(
            repeats,
            format!("all of `{}` is made in one region: its argument `{}` can't change the provider", module.address(), region.name),
        )
        .help("write one call, or one root module, for each region, or let the module's resources take the region (AWS provider 6)")
        .related(region, "the region is passed here")
}

/// The argument that passes a region that changes.
fn region_of(module: &Block) -> Option<&Argument> {
    module.body.arguments.iter().find(|argument| {
        let name = argument.name.to_ascii_lowercase();
        let changes =
            argument.value.references().iter().any(|reference| matches!(reference.root(), Some("each" | "count")));
        (name == "region" || name.ends_with("_region")) && changes
    })
}

//! See its page.
//!
//! Source: Terraform, "Providers within modules", legacy shared modules with provider configurations.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/provider-in-module",
    severity: Severity::Error,
    looks_at: "calls of modules that are among the files",
    page: include_str!("provider_in_module.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for module in root.of_kind("module") {
        let Some(called) = context.platform().called(root, module) else { continue };
        findings.looked_at_one();
        let repeats = ["for_each", "count", "depends_on"].into_iter().find_map(|name| module.argument(name));
        // A provider without settings only passes on what the caller gives.
        let own = called.of_kind("provider").find(|provider| {
            let settings = provider.body.arguments.iter().filter(|it| !matches!(&*it.name, "alias" | "version"));
            settings.count() > 0 || !provider.body.blocks.is_empty()
        });
        if let (Some(repeats), Some(own)) = (repeats, own) {
            findings
                .report(
                    repeats,
                    format!(
                        "`{}` can't be called with `{}`: the module configures the provider `{}` itself",
                        module.address(),
                        repeats.name,
                        own.label(0).unwrap_or_default()
                    ),
                )
                .help(
                    "configure the provider in the root module and pass it with `providers`; one call for each region",
                )
                .related(own, "configured here");
        }
    }
}

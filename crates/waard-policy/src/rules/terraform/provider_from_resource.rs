//! See its page.
//!
//! Source: Terraform Kubernetes provider, "Stacking with managed Kubernetes cluster resources".

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Block;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/provider-from-resource",
    severity: Severity::Warning,
    looks_at: "providers of Kubernetes and Helm",
    page: include_str!("provider_from_resource.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for provider in root.of_kind("provider") {
        let name = provider.label(0).unwrap_or_default();
        if !matches!(name, "kubernetes" | "helm" | "kubectl" | "kustomization") {
            continue;
        }
        findings.looked_at_one();
        let made = |block: &Block| {
            block.references().into_iter().find_map(|reference| {
                let found = root.block(&reference.dotted_pair())?;
                let makes = match &*found.kind {
                    "resource" => found.label(0) == Some("aws_eks_cluster"),
                    "module" => true,
                    _ => false,
                };
                makes.then_some(found)
            })
        };
        let through = provider.references().into_iter().find_map(|reference| {
            if reference.root() != Some("data") {
                return None;
            }
            made(root.block(&format!("data.{}.{}", reference.name(1)?, reference.name(2)?))?)
        });
        if let Some(cluster) = made(provider).or(through) {
            findings
                .report(
                    provider,
                    format!("the provider `{name}` is configured from `{}`, which the same root module makes", cluster.address()),
                )
                .help("make the cluster in one root module, and what runs in it in another that reads the cluster by a data source")
                .related(cluster, "made here");
        }
    }
}

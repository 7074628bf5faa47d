//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::{Block, Expr};
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;
use waard_model::spec::Residency;

/// The rule.
pub static RULE: Rule = Rule {
    id: "data/outside-residency",
    severity: Severity::Error,
    looks_at: "copies of stores whose data must stay",
    page: include_str!("outside_residency.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// A copy: where it is written, from which region and into which, if they are known.
struct Copy {
    at: Place,
    what: String,
    from: Option<String>,
    to: Option<String>,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for file in context.platform().topologies() {
        let Some(topology) = file.topology() else { continue };
        for root in context.platform().roots().iter().filter(|root| root.is_applied()) {
            for Copy { at, what, from, to } in copies(root) {
                // The residency is that of a region, whichever environment it is in; where environments disagree, the path
                // tells them apart.
                let here =
                    |name: &str| topology.environments().len() == 1 || root.path().split('/').any(|part| part == name);
                let source = topology.regions().find(|(environment, region)| {
                    here(environment.name().as_str()) && Some(region.name().as_str()) == from.as_deref()
                });
                let Some((residency, region)) = source.and_then(|(_, region)| Some((region.residency()?, region)))
                else {
                    continue;
                };
                findings.looked_at_one();
                let Some(to) = to else {
                    findings.unknown(at, "the region of the copy depends on what the files don't say");
                    continue;
                };
                let inside = match residency {
                    Residency::Eu => context.catalog().region(&to).is_some_and(waard_catalog::Region::in_eu),
                    Residency::Us => to.starts_with("us-"),
                    Residency::AsiaPacific => to.starts_with("ap-"),
                };
                if !inside {
                    let from = region.name();
                    findings
                        .report(
                            at,
                            format!("{what} brings data of `{from}`, which must stay in `{residency}`, to `{to}`"),
                        )
                        .help("copy it to a region inside")
                        .related(file.place_of(&region.path()), "the residency is said here");
                }
            }
        }
    }
}

fn copies(root: &Root) -> Vec<Copy> {
    let mut found = Vec::new();
    for replication in root.resources("aws_s3_bucket_replication_configuration") {
        let from = root.region_of(replication);
        for destination in replication.blocks("rule").filter_map(|rule| rule.block("destination")) {
            let Some(bucket) = destination.get("bucket") else { continue };
            let to = block_of(root, bucket).and_then(|block| root.region_of(block));
            found.push(Copy {
                at: bucket.place(),
                what: format!("`{}`", replication.address()),
                from: from.clone(),
                to,
            });
        }
    }
    for (kind, name) in [
        ("aws_db_instance", "replicate_source_db"),
        ("aws_rds_cluster", "replication_source_identifier"),
        ("aws_db_instance_automated_backups_replication", "source_db_instance_arn"),
    ] {
        for block in root.resources(kind) {
            let Some(source) = block.get(name) else { continue };
            found.push(Copy {
                at: source.place(),
                what: format!("`{}`", block.address()),
                from: region_of(root, source),
                to: root.region_of(block),
            });
        }
    }
    for plan in root.resources("aws_backup_plan") {
        for copy in plan.blocks("rule").flat_map(|rule| rule.blocks("copy_action")) {
            let Some(vault) = copy.get("destination_vault_arn") else { continue };
            found.push(Copy {
                at: vault.place(),
                what: format!("`{}`", plan.address()),
                from: root.region_of(plan),
                to: region_of(root, vault),
            });
        }
    }
    found
}

fn block_of<'r>(root: &'r Root, expr: &Expr) -> Option<&'r Block> {
    root.block(&expr.as_reference()?.dotted_pair())
}

/// The region of a resource that an expression refers to, or that its ARN names.
fn region_of(root: &Root, expr: &Expr) -> Option<String> {
    if let Some(block) = block_of(root, expr) {
        return root.region_of(block);
    }
    root.region_of_arn(expr)
}

//! See its page.

use crate::context::Context;
use crate::findings::{Draft, Findings};
use crate::hcl::Block;
use crate::place::Place;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Passed, Root};
use crate::wish::plans;
use crate::yaml::Entry;
use waard_model::quantity::Duration;
use waard_model::spec::StandbyCopy;
use waard_model::topology::{Duty, StoreKind};

/// The rule.
pub static RULE: Rule = Rule {
    id: "data/no-copy-in-standby",
    severity: Severity::Error,
    looks_at: "databases of regions with a standby",
    page: include_str!("no_copy_in_standby.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let roots: Vec<&Root> = context.platform().roots().iter().filter(|root| root.is_applied()).collect();
    by_plans(context, &roots, findings);
    for protected in protected(context) {
        let Protected { region, standby, at, roots, databases, .. } = &protected;
        let reached = roots.iter().any(|root| copies_into(root, standby));
        for database in databases {
            findings.looked_at_one();
            if reached {
                continue;
            }
            findings
                .report(
                    *database,
                    format!(
                        "`{}` has no copy in `{standby}`, which stands in for `{region}`: neither a replica nor replicated backups",
                        database.address(),
                    ),
                )
                .help("add a replica, or an `aws_db_instance_automated_backups_replication`, in the standby's region")
                .related(*at, "the standby");
        }
    }
}

/// The databases of a region that another one stands in for, and that the topology doesn't leave without a copy.
pub(super) struct Protected<'p> {
    /// The region.
    pub(super) region: &'p str,
    /// The one that stands by.
    pub(super) standby: &'p str,
    /// Where the topology says so.
    pub(super) at: Place,
    /// The root modules of the environment.
    pub(super) roots: Vec<&'p Root>,
    /// The databases.
    pub(super) databases: Vec<&'p Block>,
    /// The most data, as time, that may be lost.
    pub(super) rpo: Duration,
}

pub(super) fn protected<'p>(context: &Context<'p>) -> Vec<Protected<'p>> {
    let platform = context.platform();
    let roots: Vec<&Root> = platform.roots().iter().filter(|root| root.is_applied()).collect();
    let mut found = Vec::new();
    for file in platform.topologies() {
        let Some(topology) = file.topology() else { continue };
        for environment in topology.environments().values() {
            let name = environment.name().as_str();
            let of_environment =
                |root: &&&Root| topology.environments().len() == 1 || root.path().split('/').any(|part| part == name);
            for region in environment.regions().values() {
                let Some(standby) = environment.standby_of(region.name()) else { continue };
                let Duty::Standby { rpo, .. } = standby.duty() else { continue };
                // A topology may say that a store isn't copied.
                let stores = region.stores().values().filter(|store| matches!(store.kind(), StoreKind::Database(_)));
                let mut plans = stores.map(|store| store.standby()).peekable();
                // Files that were written by hand may have databases that the topology doesn't name.
                let named = plans.peek().is_some();
                if named && plans.all(|copy| copy == StandbyCopy::None) {
                    continue;
                }
                let own: Vec<&Root> = roots.iter().filter(of_environment).copied().collect();
                found.push(Protected {
                    region: region.name().as_str(),
                    standby: standby.name().as_str(),
                    at: file.place_of(&standby.path()),
                    databases: own.iter().flat_map(|root| databases(root, region.name().as_str())).collect(),
                    roots: own,
                    rpo: *rpo,
                });
            }
        }
    }
    found
}

/// What people promise in plans of their own, of databases that Terraform makes and of those that are passed to modules
/// that aren't there.
fn by_plans(context: &Context<'_>, roots: &[&Root], findings: &mut Findings<'_>) {
    for plan in &plans(context.platform()) {
        let promises =
            plan.standbys().filter_map(|standby| Some((standby, standby.target()?, plan.protected_by(standby))));
        let promises: Vec<_> = promises.filter(|(_, _, links)| !links.is_empty()).collect();
        for (standby, target, links) in &promises {
            let reached = roots.iter().any(|root| copies_into(root, &standby.name));
            for link in links {
                for database in roots.iter().flat_map(|root| databases(root, &link.name)) {
                    findings.looked_at_one();
                    if !reached {
                        let message = format!(
                            "`{}` has no copy in `{}`, which stands in for `{}`: neither a replica nor replicated backups",
                            database.address(),
                            standby.name,
                            link.name
                        );
                        promised(findings.report(database, message), target);
                    }
                }
            }
        }
        let Some((standby, target, links)) = promises.first() else { continue };
        for root in roots {
            let stores = root.passed().into_iter().filter(Passed::is_database);
            for store in stores.filter(|store| context.platform().calls_nothing(root, store.module)) {
                findings.looked_at_one();
                let copied = store.keys().iter().any(|key| {
                    let key = key.to_ascii_lowercase();
                    COPIES.iter().any(|word| key.contains(word))
                });
                if copied || roots.iter().any(|root| copies_into(root, &standby.name)) {
                    continue;
                }
                let regions: Vec<String> = links.iter().map(|link| format!("`{}`", link.name)).collect();
                let message = format!(
                    "nothing copies the database of `{}` into another region, and `{}` stands in for {}",
                    store.name,
                    standby.name,
                    regions.join(", ")
                );
                promised(findings.report(store.place, message), target);
            }
        }
    }
}

/// Words of keys that say that a database is copied elsewhere.
const COPIES: [&str; 8] =
    ["cross_region", "other_region", "global", "replicate", "copy", "copies", "source", "standby"];

fn promised(draft: &mut Draft, target: &Entry) {
    let text = target.value().text().unwrap_or_default();
    draft
        .related(target, format!("`{}: {text}` is promised", target.key()))
        .help("add a replica in the standby's region, or an `aws_db_instance_automated_backups_replication`; copies in the same region are lost with it");
}

/// Whether something in the region follows a database elsewhere, or its backups are copied there.
fn copies_into(root: &Root, region: &str) -> bool {
    follows(root, region) || copied(root, region).next().is_some()
}

fn databases<'r>(root: &'r Root, region: &str) -> Vec<&'r Block> {
    let all = root.resources("aws_db_instance").chain(root.resources("aws_rds_cluster"));
    all.filter(|block| !root.is_copy(block) && root.region_of(block).as_deref() == Some(region)).collect()
}

/// Whether a database in the region follows another one, or its backups are copied there as they are made.
pub(super) fn follows(root: &Root, region: &str) -> bool {
    let instances = root.resources("aws_db_instance").filter(|block| block.get("replicate_source_db").is_some());
    let clusters = root.resources("aws_rds_cluster").filter(|block| {
        block.get("global_cluster_identifier").is_some() || block.get("replication_source_identifier").is_some()
    });
    let backups = root.resources("aws_db_instance_automated_backups_replication");
    instances.chain(clusters).chain(backups).any(|block| root.region_of(block).as_deref() == Some(region))
}

/// The rules of backup plans that copy what they make into the region.
pub(super) fn copied<'r>(root: &'r Root, region: &'r str) -> impl Iterator<Item = &'r Block> {
    root.resources("aws_backup_plan").flat_map(|plan| plan.blocks("rule")).filter(move |rule| {
        let mut vaults = rule.blocks("copy_action").filter_map(|copy| copy.get("destination_vault_arn"));
        vaults.any(|vault| root.region_of_arn(vault).as_deref() == Some(region))
    })
}

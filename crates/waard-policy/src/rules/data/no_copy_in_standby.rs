//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Block;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;
use waard_model::spec::StandbyCopy;
use waard_model::topology::StoreKind;

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
    for file in context.platform().topologies() {
        let Some(topology) = file.topology() else { continue };
        for environment in topology.environments().values() {
            let name = environment.name().as_str();
            let of_environment =
                |root: &&&Root| topology.environments().len() == 1 || root.path().split('/').any(|part| part == name);
            for region in environment.regions().values() {
                let Some(standby) = environment.standby_of(region.name()) else { continue };
                // A topology may say that a store isn't copied.
                let stores = region.stores().values().filter(|store| matches!(store.kind(), StoreKind::Database(_)));
                let mut plans = stores.map(|store| store.standby()).peekable();
                // Files that were written by hand may have databases that the topology doesn't name.
                let named = plans.peek().is_some();
                if named && plans.all(|copy| copy == StandbyCopy::None) {
                    continue;
                }
                let own: Vec<&&Root> = roots.iter().filter(of_environment).collect();
                let databases = own.iter().flat_map(|root| databases(root, region.name().as_str()));
                let reached = own.iter().any(|root| copies_into(root, standby.name().as_str()));
                for database in databases {
                    findings.looked_at_one();
                    if reached {
                        continue;
                    }
                    findings
                        .report(
                            database,
                            format!(
                                "`{}` has no copy in `{}`, which stands in for `{}`: neither a replica nor replicated backups",
                                database.address(),
                                standby.name(),
                                region.name()
                            ),
                        )
                        .help("add a replica, or an `aws_db_instance_automated_backups_replication`, in the standby's region")
                        .related(file.place_of(&standby.path()), "the standby");
                }
            }
        }
    }
}

fn databases<'r>(root: &'r Root, region: &str) -> Vec<&'r Block> {
    let all = root.resources("aws_db_instance").chain(root.resources("aws_rds_cluster"));
    all.filter(|block| !root.is_copy(block) && root.region_of(block).as_deref() == Some(region)).collect()
}

fn copies_into(root: &Root, region: &str) -> bool {
    let instances = root.resources("aws_db_instance").filter(|block| block.get("replicate_source_db").is_some());
    let clusters = root.resources("aws_rds_cluster").filter(|block| {
        block.get("global_cluster_identifier").is_some() || block.get("replication_source_identifier").is_some()
    });
    let backups = root.resources("aws_db_instance_automated_backups_replication");
    instances.chain(clusters).chain(backups).any(|block| root.region_of(block).as_deref() == Some(region))
}

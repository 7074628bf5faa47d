//! Rules of ElastiCache that no schema knows, and that copies are members of one global datastore.
//! Sources: provider documentation of `aws_elasticache_replication_group` and its `ConflictsWith`; Amazon ElastiCache User
//! Guide, "Prerequisites and limitations" of global datastores.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod emitted;

use std::collections::BTreeSet;

use emitted::{Part, Root, emitted};
use waard_model::spec::{CacheSpec, StandbyCopy};
use waard_model::topology::{Duty, Store, StoreKind};

fn caches<'t>(root: &'t Root<'_>) -> impl Iterator<Item = (&'t Store, &'t CacheSpec)> {
    root.region.stores().values().filter_map(|store| match store.kind() {
        StoreKind::Cache(spec) => Some((&**store, spec)),
        _ => None,
    })
}

fn group(root: &Root<'_>, platform: &str, store: &Store) -> Part {
    let id = format!("{platform}-{}-{}", root.environment.name(), store.name());
    let groups = root.resources("aws_elasticache_replication_group");
    groups
        .into_iter()
        .find(|group| group.text("replication_group_id").as_deref() == Some(&id))
        .unwrap_or_else(|| panic!("{id}"))
}

#[test]
fn every_cache_is_as_elasticache_takes_it() {
    let mut seen = 0;
    for (topology, roots) in emitted() {
        for root in roots {
            for (store, spec) in caches(root) {
                seen += 1;
                one(&group(root, topology.platform().as_str(), store), spec);
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

/// What a member of a global datastore has from its primary cache, and may not say.
const INHERITED: [&str; 9] = [
    "num_node_groups",
    "parameter_group_name",
    "engine",
    "engine_version",
    "node_type",
    "transit_encryption_enabled",
    "transit_encryption_mode",
    "at_rest_encryption_enabled",
    "snapshot_name",
];

fn one(group: &Part, spec: &CacheSpec) {
    let id = group.text("replication_group_id").unwrap();
    assert!(id.len() <= 40 && !id.ends_with('-') && id.starts_with(|first: char| first.is_ascii_lowercase()), "{id}");
    assert!(!group.text("description").unwrap().is_empty());
    let member = group.has("global_replication_group_id");
    if member {
        for inherited in INHERITED {
            assert!(!group.has(inherited), "{id}: {inherited}");
        }
    } else {
        assert!(group.is("at_rest_encryption_enabled") && group.is("transit_encryption_enabled"), "{id}");
        assert_eq!(group.has("transit_encryption_mode"), spec.version.major() >= 7, "{id}");
        assert_eq!(group.text("node_type").as_deref(), Some(spec.node.as_str()));
        let version = group.text("engine_version").unwrap();
        let parts = version.split('.').count();
        assert!(if spec.version.major() >= 6 { parts == 2 } else { parts == 3 }, "{id}: {version}");
    }
    assert!(group.has("kms_key_id"), "{id}");
    // A password, and so no users.
    assert!(group.has("auth_token_wo") && group.has("auth_token_wo_version"), "{id}");
    assert!(!group.has("auth_token") && !group.has("user_group_ids"), "{id}");
    let nodes = group.number("num_cache_clusters");
    let sharded = group.has("num_node_groups") || group.has("replicas_per_node_group");
    assert!(nodes.is_some() != sharded, "{id}: one way to count nodes");
    assert_eq!(sharded, spec.shards > 1, "{id}");
    let replicas = nodes.map_or_else(|| group.number("replicas_per_node_group").unwrap(), |nodes| nodes - 1);
    assert!((0..=5).contains(&replicas), "{id}");
    let failover = group.is("automatic_failover_enabled");
    assert!(!failover || replicas > 0 || sharded, "{id}: nobody to fail over to");
    assert!(failover || !sharded, "{id}: cluster mode needs it");
    assert_eq!(group.is("multi_az_enabled"), replicas > 0, "{id}");
    assert!(failover || !group.is("multi_az_enabled"), "{id}");
    let logs: BTreeSet<String> =
        group.blocks("log_delivery_configuration").iter().map(|log| log.text("log_type").unwrap()).collect();
    assert_eq!(logs.len(), group.blocks("log_delivery_configuration").len(), "{id}: one of each type");
    assert!(logs.iter().all(|log| ["slow-log", "engine-log"].contains(&log.as_str())), "{id}");
    let upkeep = group.text("maintenance_window").unwrap();
    assert!(["sat:04:00-sat:05:00", "sun:04:00-sun:05:00"].contains(&upkeep.as_str()), "{id}: {upkeep}");
    assert!(group.text("snapshot_window").is_none_or(|window| window == "03:00-04:00"), "{id}");
    assert!(group.number("snapshot_retention_limit").unwrap_or(0) <= 35);
}

#[test]
fn several_shards_are_cluster_mode() {
    for (topology, roots) in emitted() {
        for root in roots {
            for (store, spec) in caches(root) {
                let group = group(root, topology.platform().as_str(), store);
                let Some(parameters) = group.get("parameter_group_name") else { continue };
                let label = parameters.split('.').nth(1).unwrap().to_owned();
                let groups = root.resources("aws_elasticache_parameter_group");
                let parameters = groups.iter().find(|parameters| parameters.labels[1] == label).unwrap();
                let on = parameters.blocks("parameter").iter().any(|parameter| {
                    parameter.text("name").as_deref() == Some("cluster-enabled")
                        && parameter.text("value").as_deref() == Some("yes")
                });
                assert_eq!(on, spec.shards > 1);
                let family = parameters.text("family").unwrap();
                assert!(
                    ["redis4.0", "redis5.0", "redis6.x", "redis7", "valkey7", "valkey8", "valkey9"]
                        .contains(&family.as_str()),
                    "{family}"
                );
                assert!(family.starts_with(spec.engine.as_str()));
            }
        }
    }
}

#[test]
fn a_copied_cache_is_a_member_of_one_global_datastore() {
    let mut seen = 0;
    for (topology, all) in emitted() {
        for root in all {
            for (store, spec) in caches(root) {
                let group = group(root, topology.platform().as_str(), store);
                let protected = match root.region.duty() {
                    Duty::Standby { protects, .. } => root.environment.regions().get(protects),
                    Duty::Primary { .. } => None,
                };
                let primary = protected.filter(|primary| primary.stores().contains_key(store.name()));
                let copied = primary.filter(|_| spec.standby == StandbyCopy::Replica);
                assert_eq!(group.has("global_replication_group_id"), copied.is_some(), "{}", store.name());
                let Some(primary) = copied else { continue };
                seen += 1;
                let other = all
                    .iter()
                    .find(|other| {
                        std::ptr::eq(other.region, primary) && std::ptr::eq(other.environment, root.environment)
                    })
                    .unwrap();
                let suffix = format!("{}-{}-{}", topology.platform(), root.environment.name(), store.name());
                let globals = other.resources("aws_elasticache_global_replication_group");
                let global = globals
                    .iter()
                    .find(|global| global.text("global_replication_group_id_suffix").as_deref() == Some(&suffix))
                    .unwrap();
                assert!(
                    global
                        .get("primary_replication_group_id")
                        .unwrap()
                        .starts_with("aws_elasticache_replication_group.")
                );
                // The secret with its password is copied to where it is needed.
                let secret = format!("{}/{}/{}/password", topology.platform(), root.environment.name(), store.name());
                let secrets = other.resources("aws_secretsmanager_secret");
                let secret = secrets.iter().find(|one| one.text("name").as_deref() == Some(&secret)).unwrap();
                let regions: Vec<_> =
                    secret.blocks("replica").iter().map(|copy| copy.text("region").unwrap()).collect();
                assert!(regions.iter().any(|region| region == root.region.name().as_str()));
                // Members have one version, which none changes by itself.
                let first = self::group(other, topology.platform().as_str(), store);
                assert_ne!(first.get("auto_minor_version_upgrade").as_deref(), Some("true"));
            }
        }
    }
    assert!(seen > 3, "{seen}");
}

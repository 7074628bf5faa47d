//! Valkey and Redis on ElastiCache, and the global datastores that copy them to standby regions.
//!
//! A workload's URL has a password in it, so caches have one (AUTH); users that log in by IAM would need a new token every
//! quarter of an hour, and a global datastore knows no users at all.
//! Source: Amazon ElastiCache User Guide, "Authenticating with the AUTH command" and, for global datastores,
//! "Prerequisites and limitations".

use waard_model::name::StoreName;
use waard_model::spec::{CacheEngine, CacheSpec};
use waard_model::topology::{Region, StoreKind};

use super::stores::{CACHE_PORT, LOG_DAYS, clock, maintenance_day, only, subnets};
use super::{Base, outputs, password};
use crate::kind::{CacheParameterGroupName, CacheSubnetGroupName, LogGroupName, SecurityGroupId};
use crate::resource::elasticache::{
    GlobalReplicationGroup, LogDelivery, Parameter, ParameterGroup, ReplicationGroup, SubnetGroup,
};
use crate::resource::logs::LogGroup;
use crate::root::{Handle, Meta, Root, named};
use crate::site::Site;
use crate::value::{Ref, Value};
use waard_model::topology::copies;

/// When snapshots are made: minutes of a day in UTC. At least an hour.
const SNAPSHOT_FROM: u16 = 3 * 60;
const SNAPSHOT_TO: u16 = 4 * 60;
/// A cache fills again as it is used; a day's snapshot is for one that was emptied by mistake.
const SNAPSHOT_DAYS: i64 = 1;

/// What ElastiCache tells of commands that take long, and of the engine itself, each from a version on.
/// Source: Amazon ElastiCache User Guide, "Log delivery".
const LOGS: [(&str, (u16, u16)); 2] = [("slow-log", (6, 0)), ("engine-log", (6, 2))];

/// A cache of this region.
#[derive(Clone, Copy)]
struct Cache<'t> {
    name: &'t StoreName,
    spec: &'t CacheSpec,
}

impl Cache<'_> {
    /// Several shards are cluster mode, which clients must speak.
    const fn is_cluster(self) -> bool {
        self.spec.shards > 1
    }

    /// Major and minor version of its engine.
    fn version(self) -> (u16, u16) {
        let minor = self.spec.version.as_str().split('.').nth(1).and_then(|minor| minor.parse().ok());
        (self.spec.version.major(), minor.unwrap_or(0))
    }
}

pub(super) fn caches<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>, group: &Value<'r, SecurityGroupId>) {
    root.file("cache", "Valkey and Redis. Their passwords are in Secrets Manager and in no file.");
    let subnets = root.resource(
        "database",
        SubnetGroup {
            description: Some("Caches".into()),
            ..SubnetGroup::new(site.region.cluster().database_group(), subnets(base))
        },
    );
    for store in site.region.stores().values() {
        let StoreKind::Cache(spec) = store.kind() else {
            continue;
        };
        root.from(store.path());
        let cache = Cache { name: store.name(), spec };
        match copies::cache(site.environment, site.region, store.name()) {
            Some(primary) => follow(root, site, base, group, &subnets.name(), cache, primary),
            None => own(root, site, base, group, &subnets.name(), cache),
        }
    }
    root.from(site.region.path());
}

/// A cache that is written here. With a copy elsewhere it begins a global datastore. All members have the same name, so
/// after a failover Terraform finds the primary one under the name that it knows.
fn own<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    base: &Base<'r>,
    group: &Value<'r, SecurityGroupId>,
    subnets: &Ref<'r, CacheSubnetGroupName>,
    cache: Cache<'_>,
) {
    let Cache { name, spec } = cache;
    let label = name.as_str();
    let followers = copies::cache_followers(site.environment, site.region, name);
    let parameters = parameters(root, site, cache);
    let regions: Vec<&str> = followers.iter().map(|region| region.name().as_str()).collect();
    let (secret, value) = password::password(root, site, base, label, &regions);
    let nodes = i64::from(spec.replicas) + 1;
    let new = ReplicationGroup {
        engine: Some(spec.engine.as_str().into()),
        engine_version: Some(spec.version.as_str().into()),
        // Members of a global datastore must have one version, so ElastiCache turns it off there itself.
        auto_minor_version_upgrade: (cache.version() >= (6, 0)).then_some(followers.is_empty()),
        node_type: Some(spec.node.as_str().into()),
        num_cache_clusters: (!cache.is_cluster()).then_some(nodes),
        num_node_groups: cache.is_cluster().then(|| i64::from(spec.shards)),
        replicas_per_node_group: cache.is_cluster().then(|| i64::from(spec.replicas)),
        parameter_group_name: Some((&parameters).into()),
        at_rest_encryption_enabled: Some(true),
        transit_encryption_enabled: Some(true),
        // Older engines know no other mode, and take no word for it.
        transit_encryption_mode: (cache.version() >= (7, 0)).then(|| "required".into()),
        snapshot_retention_limit: Some(SNAPSHOT_DAYS),
        snapshot_window: Some(format!("{}-{}", clock(SNAPSHOT_FROM), clock(SNAPSHOT_TO)).into()),
        final_snapshot_identifier: Some(format!("{}-final", site.named(label)).into()),
        ..group_of(root, site, base, group, subnets, cache, value)
    };
    let made = root.resource(label, new);
    addresses(root, cache, &made);
    root.output(&format!("cache_{label}_secret_arn"), "The secret with the password of the cache.", &secret);
    if followers.is_empty() {
        return;
    }
    root.why("What the caches of both regions belong to; AWS puts some letters of its own before the name.");
    let global = GlobalReplicationGroup {
        global_replication_group_description: Some(format!("{name} in {} and its copies", site.region.name()).into()),
        ..GlobalReplicationGroup::new(site.named(label), made.id())
    };
    let global = root.resource(label, global);
    for follower in followers {
        root.publish(
            &outputs::global_cache(site, site.region, name),
            &format!("The global datastore of the cache {name}."),
            &global.global_replication_group_id(),
            follower.name().as_str(),
        );
    }
}

/// The copy of another region's cache. Engine, version, node type, shards, parameters and encryption are those of the
/// global datastore, and none of them may be said here.
/// Source: provider documentation of `aws_elasticache_replication_group`, `global_replication_group_id`.
fn follow<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    base: &Base<'r>,
    group: &Value<'r, SecurityGroupId>,
    subnets: &Ref<'r, CacheSubnetGroupName>,
    cache: Cache<'_>,
    primary: &Region,
) {
    let Cache { name, spec } = cache;
    let label = name.as_str();
    let global = root.read(&outputs::global_cache(site, primary, name));
    let value = password::copied(root, site, label);
    // A member inherits automatic failover, which needs a replica.
    let replicas = i64::from(if site.region.is_dark() { spec.replicas.min(1) } else { spec.replicas });
    let copy = ReplicationGroup {
        global_replication_group_id: Some(global.into()),
        num_cache_clusters: (!cache.is_cluster()).then_some(replicas + 1),
        replicas_per_node_group: cache.is_cluster().then_some(replicas),
        ..group_of(root, site, base, group, subnets, cache, value)
    };
    root.why(format!(
        "Follows the cache of {}, which says its engine, node type, shards, parameters and encryption.",
        primary.name()
    ));
    let made = root.resource(label, copy);
    addresses(root, cache, &made);
}

/// What every cache has, whether it is written or follows another.
fn group_of<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    base: &Base<'r>,
    group: &Value<'r, SecurityGroupId>,
    subnets: &Ref<'r, CacheSubnetGroupName>,
    cache: Cache<'_>,
    password: Value<'r, crate::kind::Text>,
) -> ReplicationGroup<'r> {
    let Cache { name, spec } = cache;
    let id = site.named(name.as_str());
    let logs = LOGS.iter().filter(|(_, since)| cache.version() >= *since).map(|(log, _)| {
        let to = log_group(root, base, name, &id, log);
        LogDelivery::new(*log, "json", "cloudwatch-logs", to)
    });
    ReplicationGroup {
        log_delivery_configuration: Some(logs.collect()),
        port: Some(CACHE_PORT),
        automatic_failover_enabled: Some(spec.replicas > 0 || cache.is_cluster()),
        multi_az_enabled: Some(spec.replicas > 0),
        subnet_group_name: Some(subnets.into()),
        security_group_ids: Some(only(group)),
        kms_key_id: Some((&base.keys.data).into()),
        auth_token_wo: Some(password),
        auth_token_wo_version: Some(password::VERSION),
        maintenance_window: Some(maintenance_day(site).hour_from(SNAPSHOT_TO).into()),
        apply_immediately: Some(false),
        tags: named(id.clone()),
        ..ReplicationGroup::new(id, format!("The cache {name} of {}", site.environment.name()))
    }
}

fn addresses<'r>(root: &mut Root<'r>, cache: Cache<'_>, made: &Handle<'r, ReplicationGroup<'r>>) {
    let address =
        if cache.is_cluster() { made.configuration_endpoint_address() } else { made.primary_endpoint_address() };
    root.output(&format!("cache_{}_address", cache.name), "Where the cache answers, with TLS.", &address);
}

fn log_group<'r>(root: &mut Root<'r>, base: &Base<'r>, name: &StoreName, id: &str, log: &str) -> Ref<'r, LogGroupName> {
    let group = LogGroup {
        kms_key_id: Some((&base.keys.logs).into()),
        ..LogGroup::new(format!("/aws/elasticache/{id}/{log}"), LOG_DAYS)
    };
    root.resource(&format!("cache_{name}_{log}"), group).name()
}

fn parameters<'r>(root: &mut Root<'r>, site: Site<'_>, cache: Cache<'_>) -> Ref<'r, CacheParameterGroupName> {
    let Cache { name, spec } = cache;
    let family = family(spec);
    let parameter = cache.is_cluster().then(|| vec![Parameter::new("cluster-enabled", "yes")]);
    let group = ParameterGroup {
        description: Some(format!("{name} on {} {}", spec.engine, spec.version).into()),
        parameter,
        ..ParameterGroup::new(format!("{}-{}", site.named(name.as_str()), family.replace('.', "-")), family.clone())
    };
    let meta = Meta { create_before_destroy: true, ..Meta::default() };
    root.resource_as(name.as_str(), group, meta).name()
}

/// Source: Amazon ElastiCache User Guide, "Parameter management": `redis5.0`, `redis6.x`, `redis7`, `valkey7`, `valkey8`.
fn family(spec: &CacheSpec) -> String {
    let major = spec.version.major();
    match (spec.engine, major) {
        (CacheEngine::Redis, ..=5) => format!("redis{major}.0"),
        (CacheEngine::Redis, 6) => "redis6.x".to_owned(),
        (CacheEngine::Redis, _) => format!("redis{major}"),
        (CacheEngine::Valkey, _) => format!("valkey{major}"),
    }
}

//! Stores.

use std::collections::BTreeMap;

use super::View;
use crate::name::StoreName;
use crate::path::ModelPath;
use crate::quantity::{Bytes, Duration};
use crate::spec::{StandbyCopy, StorageClass};
use crate::topology::resolve::store_kinds;
use crate::topology::violation::{Violation, Violations};
use crate::topology::{Region, StoreKind};

/// A name means one store, whatever its kind.
pub(super) fn unique_names(view: &View<'_>, violations: &mut Violations) {
    let mut seen: BTreeMap<StoreName, ModelPath> = BTreeMap::new();
    for (name, kind) in store_kinds(view.spec) {
        let path = ModelPath::of(["data", kind.key(), name.as_str()]);
        if let Some(other) = seen.insert(name.clone(), path.clone()) {
            violations.push(
                Violation::new(
                    path,
                    format!("`{name}` is already the name of another store"),
                    "give one of them another name",
                )
                .with(other, "the other one"),
            );
        }
    }
}

/// Databases that RDS can make.
/// Source: Amazon RDS User Guide, "Amazon RDS DB instance storage" (gp3), "Working with backups", "Working with read replicas".
pub(super) fn databases(view: &View<'_>, violations: &mut Violations) {
    for (name, database) in &view.spec.data.databases {
        let path = ModelPath::of(["data", "databases", name.as_str()]);
        if database.storage < Bytes::gibibytes(20) || database.storage > Bytes::gibibytes(65_536) {
            violations.add(
                path.key("storage"),
                format!("a disk of {} is not between 20Gi and 64Ti", database.storage),
                "gp3 storage of RDS for PostgreSQL has these bounds",
            );
        }
        if let Some(max) = database.max_storage
            && max.get() * 10 < database.storage.get() * 11
        {
            let message = format!("{max} is less than 10 % above {}", database.storage);
            violations.push(
                Violation::new(
                    path.key("max_storage"),
                    message,
                    "RDS grows storage by 10 % at least; allow more, or leave it out",
                )
                .with(path.key("storage"), "the size at first"),
            );
        }
        let retention = database.backups.retention;
        if !retention.as_days().is_some_and(|days| (1..=35).contains(&days)) {
            violations.add(
                path.key("backups").key("retention"),
                format!("RDS can't keep backups for {retention}"),
                "1d to 35d",
            );
        }
        if let Some(window) = database.backups.window.filter(|window| window.to_minute() - window.from_minute() < 30) {
            violations.add(
                path.key("backups").key("window"),
                format!("{window} is shorter than half an hour"),
                "RDS needs a window of 30 minutes at least",
            );
        }
        if database.replicas.in_region > 15 {
            violations.add(
                path.key("replicas").key("in_region"),
                format!("{} replicas are more than RDS allows", database.replicas.in_region),
                "at most 15",
            );
        }
        if database.replicas.in_region == 0 && database.replicas.class.is_some() {
            let at = path.key("replicas");
            violations.push(
                Violation::new(
                    at.key("class"),
                    "there are no replicas to have this class",
                    "add `in_region: …`, or leave it out",
                )
                .judged_by(at.key("in_region")),
            );
        }
        if let Some(writer) = &database.writer {
            for environment in view.environments.values() {
                let has = environment.regions().values().any(|region| region.stores().contains_key(name));
                let writes = environment.regions().get(writer).is_some_and(|region| region.stores().contains_key(name));
                if has && !writes {
                    let message =
                        format!("`{writer}` is to write `{name}`, but in `{}` it doesn't have it", environment.name());
                    violations.push(
                        Violation::new(
                            path.key("writer"),
                            message,
                            "name a region that has it in every environment, or leave `writer` out",
                        )
                        .with(environment.path(), "the environment")
                        .not_among(environment.path().key("regions")),
                    );
                }
            }
        }
    }
}

/// RDS replicates a database to 15 others at most, in whatever regions, and names are their own in a region.
/// Source: Amazon RDS User Guide, "Working with DB instance read replicas", "Creating a read replica".
pub(super) fn replicas(view: &View<'_>, violations: &mut Violations) {
    const MOST: usize = 15;
    for (name, database) in &view.spec.data.databases {
        let path = ModelPath::of(["data", "databases", name.as_str()]);
        for environment in view.environments.values() {
            let has = |region: &&Region| region.stores().contains_key(name);
            let size = |region: &Region| match region.stores().get(name).map(|store| store.kind()) {
                Some(StoreKind::Database(database)) => usize::from(database.replicas.in_region),
                _ => 0,
            };
            for region in environment.regions().values().filter(has).filter(|region| !region.is_standby()) {
                let elsewhere = match &database.writer {
                    Some(writer) if writer != region.name() => continue,
                    Some(_) => environment.regions().values().filter(has).count() - 1,
                    None => {
                        let standby = environment.standby_of(region.name()).filter(has);
                        usize::from(standby.is_some() && database.standby == StandbyCopy::Replica)
                    }
                };
                // More than that in one region alone is said where it is said how many.
                let here = size(region);
                if here <= MOST && here + elsewhere > MOST {
                    violations.push(
                        Violation::new(
                            path.key("replicas").key("in_region"),
                            format!("with {elsewhere} in other regions, `{name}` has {} replicas", here + elsewhere),
                            "RDS replicates a database to 15 others at most",
                        )
                        .with(environment.path(), "the environment"),
                    );
                }
            }
        }
        let most = view
            .environments
            .values()
            .flat_map(|environment| environment.regions().values())
            .filter_map(|region| match region.stores().get(name)?.kind() {
                StoreKind::Database(database) => Some(database.replicas.in_region),
                _ => None,
            })
            .max();
        let own = |other: &&StoreName| {
            let number = other.as_str().strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('-'));
            number
                .and_then(|number| number.parse::<u16>().ok())
                .is_some_and(|number| (1..=most.unwrap_or(0)).contains(&number))
        };
        if let Some(other) = view.spec.data.databases.keys().find(own) {
            violations.push(
                Violation::new(
                    ModelPath::of(["data", "databases", other.as_str()]),
                    format!("`{other}` is what a replica of `{name}` is called"),
                    "give the database another name",
                )
                .about_key()
                .with(path.key("replicas"), "the replicas"),
            );
        }
    }
}

/// A writer serves, and there is a region that can be made first: a replica is made of what is there.
pub(super) fn writers(view: &View<'_>, violations: &mut Violations) {
    let written =
        || view.spec.data.databases.iter().filter_map(|(name, database)| Some((name, database.writer.as_ref()?)));
    let path = |name: &StoreName| ModelPath::of(["data", "databases", name.as_str(), "writer"]);
    for environment in view.environments.values() {
        for (name, writer) in written() {
            let Some(region) = environment.regions().get(writer).filter(|region| region.is_standby()) else {
                continue;
            };
            if region.stores().contains_key(name) {
                violations.push(
                    Violation::new(
                        path(name),
                        format!("`{writer}` is to write `{name}`, but in `{}` it stands by", environment.name()),
                        "name a region that is primary in every environment",
                    )
                    .with(region.path(), "the region"),
                );
            }
        }
        let circle = environment.circle();
        let in_circle = |name: &&crate::name::RegionName| circle.iter().any(|region| region.name() == *name);
        let mut found = written().filter(|(_, writer)| in_circle(writer));
        if let Some((name, writer)) = found.next()
            && environment.regions().get(writer).is_some_and(|region| !region.is_standby())
        {
            let others: Vec<ModelPath> = found.map(|(name, _)| path(name)).collect();
            let mut violation = Violation::new(
                path(name),
                format!("in `{}`, regions copy databases from each other in a circle", environment.name()),
                "let one region write all databases that these regions share: a replica needs its writer to be there first",
            );
            for other in others {
                violation = violation.with(other, "another writer in it");
            }
            violations.push(violation);
        }
    }
}

/// Caches that ElastiCache can make.
/// Source: Amazon ElastiCache User Guide, "Replication", "Quotas": up to 90 nodes with 0 to 5 replicas a shard.
pub(super) fn caches(view: &View<'_>, violations: &mut Violations) {
    for (name, cache) in &view.spec.data.caches {
        let path = ModelPath::of(["data", "caches", name.as_str()]);
        if !(1..=90).contains(&cache.shards) {
            violations.add(path.key("shards"), format!("{} shards are not possible", cache.shards), "1 to 90");
        }
        if cache.replicas > 5 {
            violations.add(
                path.key("replicas"),
                format!("{} replicas of a shard are more than ElastiCache allows", cache.replicas),
                "0 to 5",
            );
        }
        if u32::from(cache.shards) * (u32::from(cache.replicas) + 1) > 90 {
            violations.add(
                path.clone(),
                format!("{} shards with {} replicas are more than 90 nodes", cache.shards, cache.replicas),
                "fewer shards or replicas",
            );
        }
        if cache.standby == StandbyCopy::Backups {
            violations.add(
                path.key("standby"),
                "backups of a cache are not copied to another region",
                "set `standby: replica` (a global datastore) or `standby: none`",
            );
        }
        if !cache.tls {
            violations.add(
                path.key("tls"),
                "a cache without TLS sends its data and its password in clear text",
                "leave it out: TLS is on",
            );
        }
    }
}

/// Buckets whose objects grow colder in an order that S3 allows.
/// Source: Amazon S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle".
pub(super) fn buckets(view: &View<'_>, violations: &mut Violations) {
    for (name, bucket) in &view.spec.data.buckets {
        let path = ModelPath::of(["data", "buckets", name.as_str()]);
        let whole_days = |path: ModelPath, span: Duration, violations: &mut Violations| {
            if span.as_days().is_none() {
                violations.add(path, format!("{span} is no whole number of days"), "S3 counts in days");
            }
        };
        let mut before: Option<(Duration, StorageClass)> = None;
        for (index, tier) in bucket.tiers.iter().enumerate() {
            let at = path.key("tiers").index(index);
            whole_days(at.key("after"), tier.after, violations);
            if tier.class == StorageClass::StandardIa && tier.after < Duration::days(30) {
                violations.add(
                    at.key("after"),
                    format!("{} is sooner than S3 moves objects to `{}`", tier.after, tier.class),
                    "at least 30d",
                );
            }
            if let Some((after, class)) = before {
                if tier.class <= class {
                    violations.add(at.key("class"), format!("`{}` is not colder than `{class}`, which comes before it", tier.class), "objects only move to colder classes, in this order: standard-ia, intelligent-tiering, glacier-ir, glacier, deep-archive");
                }
                let least = if class == StorageClass::StandardIa {
                    after.plus(Duration::days(30))
                } else {
                    after.plus(Duration::days(1))
                };
                if tier.after < least {
                    violations.add(
                        at.key("after"),
                        format!("{} is too soon after the move to `{class}` at {after}", tier.after),
                        format!("at least {least}"),
                    );
                }
            }
            before = Some((tier.after, tier.class));
        }
        whole_days(path.key("old_versions"), bucket.old_versions, violations);
        if let Some(expire) = bucket.expire_after {
            whole_days(path.key("expire_after"), expire, violations);
            if let Some((after, class)) = before
                && expire <= after
            {
                violations.add(
                    path.key("expire_after"),
                    format!("objects would be deleted at {expire}, before they move to `{class}` at {after}"),
                    "delete later, or leave that tier out",
                );
            }
        }
        if bucket.standby == StandbyCopy::Backups {
            violations.add(path.key("standby"), "a bucket has no backups", "set `standby: replica` or `standby: none`");
        }
        if bucket.standby == StandbyCopy::Replica && !bucket.versioned {
            violations.push(
                Violation::new(
                    path.key("versioned"),
                    "`standby: replica` needs versions",
                    "leave `versioned` out: it is on",
                )
                .judged_by(path.key("standby")),
            );
        }
    }
}

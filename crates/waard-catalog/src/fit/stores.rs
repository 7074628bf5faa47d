//! Versions of databases, caches and Kafka, and caches that can be copied to another region.

use waard_model::Topology;
use waard_model::path::ModelPath;
use waard_model::spec::{CacheEngine as Engine, StandbyCopy};
use waard_model::topology::{StoreKind, Violation};

use crate::{CacheEngine, Compatibility, Minor, catalog};

/// Versions that can be created today.
pub(super) fn versions(topology: &Topology, found: &mut Vec<Violation>) {
    let data = &topology.spec().data;
    for (name, database) in &data.databases {
        let path = ModelPath::of(["data", "databases", name.as_str(), "version"]);
        let wanted = database.version.as_str();
        let Some(major) = catalog().postgres(database.version.major()) else {
            let all: Vec<String> = catalog().postgres_majors().iter().map(|major| major.major.to_string()).collect();
            found.push(Violation::new(
                path,
                format!("RDS makes no new PostgreSQL {wanted}"),
                format!("it makes {}", all.join(", ")),
            ));
            continue;
        };
        if wanted != major.major.to_string() && !major.creatable.iter().any(|version| version == wanted) {
            let message = format!("RDS makes no new PostgreSQL {wanted}");
            found.push(Violation::new(
                path,
                message,
                format!(
                    "say \"{}\", and minors follow by themselves, or one of {}",
                    major.major,
                    major.creatable.join(", ")
                ),
            ));
        }
    }
    for (name, cache) in &data.caches {
        let engine = match cache.engine {
            Engine::Redis => CacheEngine::Redis,
            Engine::Valkey => CacheEngine::Valkey,
        };
        if catalog().cache(engine, cache.version.as_str()).is_none() {
            let path = ModelPath::of(["data", "caches", name.as_str(), "version"]);
            let all: Vec<&str> = catalog().cache_versions(engine).map(|version| version.version.as_str()).collect();
            found.push(Violation::new(
                path,
                format!("ElastiCache has no {} {}", cache.engine, cache.version),
                format!("it has {}", all.join(", ")),
            ));
        }
    }
    for (name, kafka) in &data.kafka {
        let path = ModelPath::of(["data", "kafka", name.as_str(), "version"]);
        for (profile, cluster) in &topology.spec().clusters {
            let operator = catalog()
                .component("strimzi")
                .map(|component| component.for_cluster(Minor::new(1, cluster.version.number())));
            let Some(Compatibility::Supported(release)) = operator else {
                continue;
            };
            let all: Vec<&str> =
                catalog().kafka_versions(&release.version).map(|version| version.kafka.as_str()).collect();
            if !all.is_empty() && !all.contains(&kafka.version.as_str()) {
                let message = format!(
                    "Strimzi {}, which runs on the clusters of `{profile}`, has no Kafka {}",
                    release.version, kafka.version
                );
                found.push(Violation::new(path.clone(), message, format!("it has {}", all.join(", "))));
            }
        }
    }
}

/// Node families that can be members of a global datastore, in size large and above.
/// Source: Amazon ElastiCache User Guide, "Prerequisites and limitations" of global datastores, read 2026-11-25.
const GLOBAL: [&str; 11] = ["c7gn", "c8gn", "m5", "m6g", "m7g", "m8g", "r5", "r6g", "r6gd", "r7g", "r8g"];

/// Caches with a replica in a standby region, which are members of a global datastore there and in the region they stand
/// in for. Without a standby region nothing is copied, and every node will do.
pub(super) fn global_datastores(topology: &Topology, found: &mut Vec<Violation>) {
    for (environment, region) in topology.regions() {
        let Some(standby) = environment.standby_of(region.name()) else {
            continue;
        };
        for (name, store) in region.stores() {
            let StoreKind::Cache(cache) = store.kind() else {
                continue;
            };
            let parts: Vec<&str> = cache.node.as_str().split('.').collect();
            let fits =
                matches!(parts.as_slice(), [_, family, size] if GLOBAL.contains(family) && size.ends_with("large"));
            if store.standby() == StandbyCopy::Replica && !fits {
                let message = format!(
                    "ElastiCache has no global datastore of {}, so `{name}` can't be copied to `{}`",
                    cache.node,
                    standby.name()
                );
                let help = format!("its nodes are large or larger, of the families {}", GLOBAL.join(", "));
                found.push(Violation::new(store.path().key("standby"), message, help));
            }
        }
    }
}

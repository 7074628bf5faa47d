//! Stores: all of a spec, each at the size of an environment, and which region has which.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Resolver, known};
use crate::name::{RegionName, StoreName};
use crate::path::ModelPath;
use crate::quantity::Bytes;
use crate::spec::{Spec, StandbyCopy, StoreSize};
use crate::topology::violation::{Violation, Violations};
use crate::topology::{Duty, Region, Store, StoreKind};

/// Stores by name.
type Stores = Vec<(StoreName, Arc<Store>)>;

impl Resolver<'_> {
    pub(super) fn stores(&self, violations: &mut Violations) -> BTreeMap<StoreName, Arc<Store>> {
        let mut found: BTreeMap<StoreName, Arc<Store>> = BTreeMap::new();
        for (name, kind) in store_kinds(self.spec) {
            let size = self.environment.data.get(&name);
            let path = self.path.key("data").key(name.as_str());
            let kind = match size {
                Some(size) => sized(kind, size, &path, violations),
                None => kind,
            };
            found.insert(name.clone(), Arc::new(Store { name, kind }));
        }
        for name in self.environment.data.keys().filter(|name| !found.contains_key(name)) {
            let help = known(name.as_str(), found.keys().map(StoreName::as_str), "data");
            let path = self.path.key("data").key(name.as_str());
            violations.push(missing_store(path, name, help).about_key());
        }
        found
    }

    /// Gives each region its stores: what its workloads use, what it holds, and in a standby region copies of the protected region's.
    pub(super) fn place_stores(
        &self,
        regions: &mut BTreeMap<RegionName, Region>,
        stores: &BTreeMap<StoreName, Arc<Store>>,
        violations: &mut Violations,
    ) {
        for (name, region) in &mut *regions {
            let Some(spec) = self.environment.regions.get(name) else {
                continue;
            };
            let path = self.path.key("regions").key(name.as_str());
            for workload in region.workloads.values() {
                region.stores.extend(
                    workload
                        .uses()
                        .iter()
                        .filter_map(|used| stores.get_key_value(used))
                        .map(|(k, v)| (k.clone(), Arc::clone(v))),
                );
            }
            for (index, held) in spec.holds.iter().enumerate() {
                if let Some((key, store)) = stores.get_key_value(held) {
                    drop(region.stores.insert(key.clone(), Arc::clone(store)));
                } else {
                    let help = known(held.as_str(), stores.keys().map(StoreName::as_str), "data");
                    violations.push(missing_store(path.key("holds").index(index), held, help));
                }
            }
        }
        let copies: Vec<(RegionName, Stores)> = regions
            .values()
            .filter_map(|standby| match &standby.duty {
                Duty::Standby { protects, .. } => regions.get(protects).map(|primary| (standby, primary)),
                Duty::Primary { .. } => None,
            })
            .map(|(standby, primary)| {
                let copied = primary.stores.iter().filter(|(_, store)| store.standby() != StandbyCopy::None);
                (standby.name.clone(), copied.map(|(name, store)| (name.clone(), Arc::clone(store))).collect())
            })
            .collect();
        for (name, copied) in copies {
            if let Some(region) = regions.get_mut(&name) {
                region.stores.extend(copied);
            }
        }
    }
}

/// A name under which there is nothing in `data`.
pub(crate) fn missing_store(path: ModelPath, name: &StoreName, help: String) -> Violation {
    let kinds = ["databases", "caches", "kafka", "buckets"].map(|kind| ModelPath::of(["data", kind]));
    kinds.into_iter().fold(Violation::new(path, format!("there is no store `{name}`"), help), Violation::not_among)
}

/// All stores of a spec, each with its kind. Of two with the same name the later kind counts; the checks report them.
pub(crate) fn store_kinds(spec: &Spec) -> impl Iterator<Item = (StoreName, StoreKind)> {
    let databases = spec.data.databases.iter().map(|(name, store)| (name.clone(), StoreKind::Database(store.clone())));
    let caches = spec.data.caches.iter().map(|(name, store)| (name.clone(), StoreKind::Cache(store.clone())));
    let kafka = spec.data.kafka.iter().map(|(name, store)| (name.clone(), StoreKind::Kafka(store.clone())));
    let buckets = spec.data.buckets.iter().map(|(name, store)| (name.clone(), StoreKind::Bucket(store.clone())));
    databases.chain(caches).chain(kafka).chain(buckets)
}

/// The store at the size of an environment; keys that its kind doesn't have are reported.
fn sized(kind: StoreKind, size: &StoreSize, path: &ModelPath, violations: &mut Violations) -> StoreKind {
    let allowed: &[&str] = match &kind {
        StoreKind::Database(_) => &["class", "storage", "multi_az", "replicas"],
        StoreKind::Cache(_) => &["node", "shards", "replicas"],
        StoreKind::Kafka(_) => &["storage", "replicas", "cpu", "memory"],
        StoreKind::Bucket(_) => &[],
    };
    let given = [
        ("class", size.class.is_some()),
        ("storage", size.storage.is_some()),
        ("multi_az", size.multi_az.is_some()),
        ("replicas", size.replicas.is_some()),
        ("node", size.node.is_some()),
        ("shards", size.shards.is_some()),
        ("cpu", size.cpu.is_some()),
        ("memory", size.memory.is_some()),
    ];
    for (key, _) in given.iter().filter(|(key, given)| *given && !allowed.contains(key)) {
        let help = if allowed.is_empty() {
            "a bucket has no size; leave it out".to_owned()
        } else {
            format!("for {} there are {}", kind.what(), allowed.join(", "))
        };
        violations
            .push(Violation::new(path.key(key), format!("`{key}` is no size of {}", kind.what()), help).about_key());
    }
    match kind {
        StoreKind::Database(mut store) => {
            if let Some(class) = &size.class {
                store.class = class.clone();
                store.replicas.class = None;
            }
            store.storage = size.storage.unwrap_or(store.storage);
            store.max_storage = store.max_storage.map(|max| max.max(store.storage));
            store.multi_az = size.multi_az.unwrap_or(store.multi_az);
            store.replicas.in_region = size.replicas.unwrap_or(store.replicas.in_region);
            store.replicas.class = store.replicas.class.filter(|_| store.replicas.in_region > 0);
            StoreKind::Database(store)
        }
        StoreKind::Cache(mut store) => {
            store.node = size.node.clone().unwrap_or(store.node);
            store.shards = size.shards.unwrap_or(store.shards);
            store.replicas = size.replicas.unwrap_or(store.replicas);
            StoreKind::Cache(store)
        }
        StoreKind::Kafka(mut store) => {
            if let Some(replicas) = size.replicas {
                // A smaller cluster can't hold as many copies: what doesn't fit is cut, so that an environment needn't repeat it.
                store.brokers.replicas = replicas;
                store.replication = store.replication.min(replicas);
                // One copy may be lost without an outage, and an odd number of controllers has a majority.
                store.min_insync = store.min_insync.min(store.replication.saturating_sub(1).max(1));
                store.controllers.replicas = store.controllers.replicas.min(replicas.saturating_sub(1) | 1);
                for topic in store.topics.values_mut() {
                    topic.replication = topic.replication.map(|n| n.min(replicas));
                }
            }
            store.brokers.storage = size.storage.unwrap_or(store.brokers.storage);
            store.brokers.cpu = size.cpu.unwrap_or(store.brokers.cpu);
            if let Some(cpu) = size.cpu {
                store.brokers.cpu_limit = store.brokers.cpu_limit.map(|limit| limit.max(cpu));
            }
            if let Some(memory) = size.memory {
                store.brokers.memory = memory;
                // A heap that was meant for more memory gives way to the usual share.
                store.brokers.heap = store.brokers.heap.filter(|heap: &Bytes| heap.get() * 4 <= memory.get() * 3);
            }
            StoreKind::Kafka(store)
        }
        StoreKind::Bucket(store) => StoreKind::Bucket(store),
    }
}

//! What follows from the references of a region's workloads and stores: secrets, ways in, mirrors.

use std::collections::{BTreeMap, BTreeSet};

use super::{Duty, Environment, Region, Store, StoreKind, Workload};
use crate::name::{Namespace, SecretKeyRef};
use crate::spec::{StandbyCopy, WorkloadKind};

/// Secrets by name, each with the keys of it that are used.
pub type Secrets<'r> = BTreeMap<&'r str, BTreeSet<&'r str>>;

impl Region {
    /// The secrets that pods refer to, by namespace. Those of a migration only where it runs; in a standby region, none of
    /// what runs by itself, which doesn't run there.
    pub fn secrets(&self) -> BTreeMap<&Namespace, Secrets<'_>> {
        let mut found: BTreeMap<&Namespace, Secrets<'_>> = BTreeMap::new();
        let runs = |workload: &Workload| !self.is_standby() || workload.kind() == WorkloadKind::Service;
        for workload in self.workloads().values().filter(|workload| runs(workload)) {
            let spec = workload.spec();
            let migration = workload.migration().filter(|_| self.writes_data_of(workload));
            let references = spec
                .secrets
                .values()
                .chain(spec.secret_files.values())
                .chain(spec.containers.values().flat_map(|container| container.secrets.values()))
                .chain(migration.into_iter().flat_map(|migration| migration.secrets.values()));
            for reference in references {
                let secrets = found.entry(workload.namespace()).or_default();
                secrets.entry(SecretKeyRef::secret(reference)).or_default().insert(reference.key());
            }
        }
        found
    }

    /// True if a workload is reached from outside, so that there is a load balancer.
    pub fn is_exposed(&self) -> bool {
        self.workloads().values().any(|workload| !workload.exposed().is_empty())
    }

    /// Its Kafka clusters.
    pub fn kafka(&self) -> impl Iterator<Item = &Store> {
        self.stores().values().map(|store| &**store).filter(|store| matches!(store.kind(), StoreKind::Kafka(_)))
    }
}

/// True if it is a Kafka cluster whose records are copied to a standby region all the time. One without topics has none.
fn is_mirrored(store: &Store) -> bool {
    matches!(store.kind(), StoreKind::Kafka(kafka) if kafka.standby == StandbyCopy::Replica && !kafka.topics.is_empty())
}

impl Environment {
    /// The region whose Kafka clusters a standby region mirrors, and those clusters.
    pub fn mirrors<'e>(&'e self, standby: &'e Region) -> Option<(&'e Region, Vec<&'e Store>)> {
        let Duty::Standby { protects, .. } = standby.duty() else {
            return None;
        };
        let primary = self.regions().get(protects)?;
        let stores = mirrored_by(primary, standby);
        (!stores.is_empty()).then_some((primary, stores))
    }

    /// The standby region that mirrors Kafka clusters of a primary one, and those clusters.
    pub fn mirrored<'e>(&'e self, primary: &'e Region) -> Option<(&'e Region, Vec<&'e Store>)> {
        let standby = self.standby_of(primary.name())?;
        let stores = mirrored_by(primary, standby);
        (!stores.is_empty()).then_some((standby, stores))
    }
}

fn mirrored_by<'e>(primary: &'e Region, standby: &Region) -> Vec<&'e Store> {
    primary.kafka().filter(|store| is_mirrored(store) && standby.stores().contains_key(store.name())).collect()
}

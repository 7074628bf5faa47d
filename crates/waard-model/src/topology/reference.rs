//! What follows from the references of a region's workloads and stores: secrets, ways in, mirrors.

use std::collections::{BTreeMap, BTreeSet};

use super::{Environment, Mirror, Region, Store, StoreKind};
use crate::name::{Namespace, SecretKeyRef};

/// Secrets by name, each with the keys of it that are used.
pub type Secrets<'r> = BTreeMap<&'r str, BTreeSet<&'r str>>;

impl Region {
    /// The secrets that pods refer to, by namespace. In a standby region also those of what runs only after a failover:
    /// they, and the right to read them, must be there by then. Those of a migration only where it runs, now or then.
    pub fn secrets(&self) -> BTreeMap<&Namespace, Secrets<'_>> {
        let mut found: BTreeMap<&Namespace, Secrets<'_>> = BTreeMap::new();
        for workload in self.workloads().values() {
            let spec = workload.spec();
            let migration = workload.migration().filter(|_| self.may_write_data_of(workload));
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

impl Environment {
    /// The region whose Kafka clusters a standby region mirrors, and those clusters.
    pub fn mirrors<'e>(&'e self, standby: &'e Region) -> Option<(&'e Region, Vec<&'e Store>)> {
        let mirrored = self.copied(standby).filter(|_| standby.is_standby());
        gathered(mirrored.map(|(mirror, store)| (mirror.primary, store)))
    }

    /// The standby region that mirrors Kafka clusters of a primary one, and those clusters.
    pub fn mirrored<'e>(&'e self, primary: &'e Region) -> Option<(&'e Region, Vec<&'e Store>)> {
        let mirrored = self.copied(primary).filter(|_| !primary.is_standby());
        gathered(mirrored.map(|(mirror, store)| (mirror.standby, store)))
    }

    fn copied<'e>(&'e self, region: &'e Region) -> impl Iterator<Item = (Mirror<'e>, &'e Store)> {
        region.kafka().filter_map(move |store| Some((self.mirror_of(region, store)?, store)))
    }
}

/// The other region, which is the same for all, and what is copied.
fn gathered<'e>(all: impl Iterator<Item = (&'e Region, &'e Store)>) -> Option<(&'e Region, Vec<&'e Store>)> {
    let (regions, stores): (Vec<_>, Vec<_>) = all.unzip();
    Some((*regions.first()?, stores))
}

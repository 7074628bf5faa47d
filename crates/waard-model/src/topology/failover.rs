//! A standby region as it is after a failover: a primary region in place of the one that it protected.

use std::sync::Arc;

use super::{Duty, Environment, Region, Scale, Store, StoreKind, Workload};
use crate::quantity::Bounds;

impl Environment {
    /// What a standby region is once it has taken over: it serves, writes and runs what the lost region did, with at
    /// least as many pods, of that which it runs at all. `None` for a primary region.
    pub fn after_failover(&self, standby: &Region) -> Option<Region> {
        let Duty::Standby { protects, .. } = &standby.duty else {
            return None;
        };
        let primary = self.regions.get(protects)?;
        let mut region = standby.clone();
        region.duty = primary.duty.clone();
        region.workloads = standby
            .workloads
            .iter()
            .map(|(name, workload)| {
                let raised = primary.stood_in_by(workload).and_then(|model| raised(workload, model));
                (name.clone(), raised.map_or_else(|| Arc::clone(workload), Arc::new))
            })
            .collect();
        for store in region.stores.values_mut() {
            if let StoreKind::Database(database) = &store.kind
                && database.writer.as_ref() == Some(protects)
            {
                let mut database = database.clone();
                database.writer = Some(standby.name.clone());
                *store = Arc::new(Store { name: store.name.clone(), kind: StoreKind::Database(database) });
            }
        }
        Some(region)
    }
}

impl Region {
    /// True if every database that a workload uses is written here, now or once this region has taken over.
    pub fn may_write_data_of(&self, workload: &Workload) -> bool {
        let Duty::Standby { protects, .. } = &self.duty else {
            return self.writes_data_of(workload);
        };
        let elsewhere = |store: &Store| match &store.kind {
            StoreKind::Database(database) => {
                database.writer.as_ref().is_some_and(|writer| writer != protects && *writer != self.name)
            }
            _ => false,
        };
        !workload.uses().iter().filter_map(|name| self.stores.get(name)).any(|store| elsewhere(store))
    }

    /// The workload of this region that `other`, of its standby region, stands in for: the same, or the one that it is like.
    pub fn stood_in_by(&self, other: &Workload) -> Option<&Workload> {
        let same = self.workloads.get(&other.name);
        let alike = || other.spec.like.as_ref().and_then(|like| self.workloads.get(like));
        same.or_else(alike).map(|workload| &**workload)
    }
}

/// The workload with at least the pods that `model` has, within its own bounds. `None` where that changes nothing.
fn raised(workload: &Workload, model: &Workload) -> Option<Workload> {
    let least = model.scale.min();
    let scale = match &workload.scale {
        Scale::Fixed(count) if *count < least => Scale::Fixed(least),
        Scale::Auto { replicas, cpu, memory, up, down } if replicas.min() < least => {
            // An autoscaler keeps some room above its least.
            let least = least.min(replicas.max().saturating_sub(1)).max(replicas.min());
            let replicas = Bounds::new(least, replicas.max()).unwrap_or(*replicas);
            Scale::Auto { replicas, cpu: *cpu, memory: *memory, up: up.clone(), down: down.clone() }
        }
        _ => return None,
    };
    (scale != workload.scale).then(|| Workload { scale, ..workload.clone() })
}

impl super::Cluster {
    /// The subnet group and the security group of the databases and caches beside the cluster.
    pub fn database_group(&self) -> String {
        format!("{}-database", self.name())
    }
}

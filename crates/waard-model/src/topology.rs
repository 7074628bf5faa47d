//! The topology as it is meant: everything resolved, everything judged.
//!
//! A [`Topology`] is made of a [`Spec`] by [`Topology::new`], which fails with every [`Violation`] that it finds,
//! so a topology that exists is valid: bounds hold, shares add up, address ranges are disjoint and large enough,
//! every reference resolves, every standby region protects a primary one and holds a copy of its data.
//! Nothing of it can be changed afterwards; to change it, change the spec and make a new one.

mod aws;
mod check;
pub mod copies;
mod entry;
mod failover;
pub mod identity;
mod kafka;
mod network;
mod place;
mod pool;
mod reference;
mod region;
pub mod reserved;
mod resolve;
pub mod roots;
mod scaling;
mod store;
mod violation;
mod workload;

use std::collections::BTreeMap;

pub use aws::SystemRole;
pub use entry::HealthRoute;
use entry::entry;
pub use identity::Identity;
pub use kafka::{MIRROR_LISTENER, Mirror, STRIMZI_PORTS};
pub use network::{Network, SERVICE_CIDR};
pub use place::Placement;
pub use pool::Pool;
pub use reference::Secrets;
pub use region::{Cluster, Duty, Environment, NodeGroup, Region};
pub use scaling::Scaling;
pub use store::{Store, StoreKind};
pub use violation::Violation;
pub use workload::{Disruption, Migration, PodRequests, Probe, Probes, Route, Scale, Shutdown, Workload};

use crate::name::{EnvironmentName, PlatformName};
use crate::spec::{EntryPath, Spec};

/// A valid platform.
#[derive(Clone, Debug, PartialEq)]
pub struct Topology {
    spec: Spec,
    environments: BTreeMap<EnvironmentName, Environment>,
}

impl Topology {
    /// Resolves a spec and judges it.
    ///
    /// # Errors
    /// Every violation, in the order of the model path that it speaks of.
    pub fn new(spec: Spec) -> Result<Self, Vec<Violation>> {
        if let Some(violation) = resolve::too_large(&spec) {
            return Err(vec![violation]);
        }
        let mut violations = violation::Violations::default();
        let environments = resolve::environments(&spec, &mut violations);
        check::all(&spec, &environments, &mut violations);
        let found = violations.finish();
        if found.is_empty() { Ok(Self { spec, environments }) } else { Err(found) }
    }

    /// What it was made of.
    pub const fn spec(&self) -> &Spec {
        &self.spec
    }

    /// The platform's name.
    pub const fn platform(&self) -> &PlatformName {
        &self.spec.platform
    }

    /// The one way by which requests enter a cluster: as it is said, else through the mesh if there is one.
    pub fn entry(&self) -> EntryPath {
        entry(&self.spec)
    }

    /// Its environments.
    pub const fn environments(&self) -> &BTreeMap<EnvironmentName, Environment> {
        &self.environments
    }

    /// Every region of every environment, in order.
    pub fn regions(&self) -> impl Iterator<Item = (&Environment, &Region)> {
        self.environments
            .values()
            .flat_map(|environment| environment.regions().values().map(move |region| (environment, region)))
    }
}

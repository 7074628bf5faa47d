//! Terraform's root modules of an environment, and in which order they are applied.

use std::collections::BTreeSet;

use super::{Duty, Environment, Region, StoreKind, Topology};
use crate::name::RegionName;

/// The root that makes what others keep their states in.
pub const BOOTSTRAP: &str = "bootstrap";
/// The root of what stands in front of all regions.
pub const GLOBAL: &str = "global";

/// A root module, and those that must be applied before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The name of its folder: a region's, or `bootstrap`, or `global`.
    pub name: String,
    /// Those that are applied before, by name.
    pub after: BTreeSet<String>,
}

impl Topology {
    /// The roots of an environment in an order in which each comes after those that it needs: what keeps states, then regions,
    /// each after those that it copies data from, then what leads to them. There is such an order in every topology that
    /// exists.
    pub fn roots(&self, environment: &Environment) -> Vec<Root> {
        let mut roots = vec![Root { name: BOOTSTRAP.to_owned(), after: BTreeSet::new() }];
        for region in environment.regions_by_source() {
            let mut after: BTreeSet<String> = sources(region).map(ToString::to_string).collect();
            after.insert(BOOTSTRAP.to_owned());
            roots.push(Root { name: region.name().to_string(), after });
        }
        if self.has_front(environment) || self.is_budgeted(environment) {
            let after = roots.iter().map(|root| root.name.clone()).collect();
            roots.push(Root { name: GLOBAL.to_owned(), after });
        }
        roots
    }

    /// True if something stands in front of the regions of an environment: there is an edge, and something that it leads to.
    pub fn has_front(&self, environment: &Environment) -> bool {
        let serves = |region: &Region| !region.is_standby() && region.is_exposed();
        self.spec.edge.is_some() && environment.regions().values().any(serves)
    }

    /// True if money is watched there: something is said of it, and the environment has production size.
    pub fn is_budgeted(&self, environment: &Environment) -> bool {
        let per_user = self.spec.targets.cost_per_user.is_some() && self.spec.demand.is_some();
        (self.spec.cost.budget.is_some() || per_user) && self.is_full_size(environment)
    }

    /// True if an environment has production size: it changes no size, and runs all the time.
    pub fn is_full_size(&self, environment: &Environment) -> bool {
        let own = self.spec.environments.get(environment.name());
        own.is_some_and(|own| own.hours.is_none() && own.workloads.is_empty() && own.data.is_empty())
    }
}

impl Environment {
    /// Regions after those that they copy from; among equals primary ones first, then by name.
    fn regions_by_source(&self) -> Vec<&Region> {
        let mut waiting: Vec<&Region> = self.regions().values().collect();
        waiting.sort_by_key(|region| (region.is_standby(), region.name()));
        let mut ordered: Vec<&Region> = Vec::new();
        while let Some(next) = waiting
            .iter()
            .position(|region| sources(region).all(|source| ordered.iter().any(|done| done.name() == source)))
        {
            ordered.push(waiting.remove(next));
        }
        ordered.extend(waiting);
        ordered
    }

    /// The regions that copy from each other in a circle, so that none of them could be made first.
    pub(super) fn circle(&self) -> Vec<&Region> {
        let all = self.regions_by_source();
        let place = |name: &RegionName| all.iter().position(|region| region.name() == name);
        let early = |region: &&Region| sources(region).any(|source| place(source) > place(region.name()));
        all.iter().position(early).map_or(Vec::new(), |first| all.get(first..).unwrap_or_default().to_vec())
    }
}

/// The regions that a region copies data from.
fn sources(region: &Region) -> impl Iterator<Item = &RegionName> {
    let protects = match region.duty() {
        Duty::Standby { protects, .. } => Some(protects),
        Duty::Primary { .. } => None,
    };
    protects.into_iter().chain(writers(region)).filter(|name| *name != region.name())
}

/// The regions that write databases which a region has.
fn writers(region: &Region) -> impl Iterator<Item = &RegionName> {
    region.stores().values().filter_map(|store| match store.kind() {
        StoreKind::Database(database) => database.writer.as_ref(),
        _ => None,
    })
}

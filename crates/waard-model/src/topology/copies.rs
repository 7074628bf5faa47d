//! What a region has of a store: the data itself, a copy that follows another region's, or only copied backups.
//!
//! Everything that has a part in a copy asks here: Terraform's roots, so that what one publishes is what another reads,
//! and forecasts of what a copy costs and what is lost without it.

use super::{Duty, Environment, Region};
use crate::name::{RegionName, StoreName};
use crate::spec::{DatabaseSpec, StandbyCopy};

/// What a region has of a database.
#[derive(Clone, Copy, Debug)]
pub enum Holding<'t> {
    /// A database that is written here.
    Own,
    /// A read replica of the one in that region.
    Replica(&'t Region),
    /// Copies of the backups of the one in that region: a database is made of them when it is needed.
    Backups(&'t Region),
}

/// What `region` has of a database, which it must have by the topology.
///
/// With a `writer`, everybody else reads from replicas of it. A standby region copies the database of the region that it
/// protects, if that one writes it; where it only reads a replica, a lost region takes no data with it, and the standby
/// reads from the writer too.
pub fn database<'t>(
    environment: &'t Environment,
    region: &Region,
    name: &StoreName,
    spec: &DatabaseSpec,
) -> Holding<'t> {
    let at = |name: &RegionName| environment.regions().get(name);
    let writer = spec.writer.as_ref().filter(|writer| *writer != region.name()).and_then(at);
    match region.duty() {
        Duty::Primary { .. } => writer.map_or(Holding::Own, Holding::Replica),
        Duty::Standby { protects, .. } => {
            let primary = at(protects).filter(|primary| primary.stores().contains_key(name));
            let written = primary.filter(|primary| spec.writer.as_ref().is_none_or(|writer| writer == primary.name()));
            match (written, spec.standby) {
                (Some(primary), StandbyCopy::Replica) => Holding::Replica(primary),
                (Some(primary), StandbyCopy::Backups) => Holding::Backups(primary),
                _ => writer.map_or(Holding::Own, Holding::Replica),
            }
        }
    }
}

/// The region whose backups of a database are copied to `region`: in place of a replica, or beside it.
pub fn backups<'t>(
    environment: &'t Environment,
    region: &Region,
    name: &StoreName,
    spec: &DatabaseSpec,
) -> Option<&'t Region> {
    match database(environment, region, name, spec) {
        Holding::Backups(primary) => Some(primary),
        Holding::Replica(primary) if spec.backups.copied && protects(region, primary) => Some(primary),
        _ => None,
    }
}

/// True if `region` stands in for `other`.
pub fn protects(region: &Region, other: &Region) -> bool {
    matches!(region.duty(), Duty::Standby { protects, .. } if protects == other.name())
}

/// The region whose cache `region` has a copy of, as a member of one global datastore.
pub fn cache<'t>(environment: &'t Environment, region: &Region, name: &StoreName) -> Option<&'t Region> {
    let Duty::Standby { protects, .. } = region.duty() else {
        return None;
    };
    let primary = environment.regions().get(protects)?;
    let copied = primary.stores().get(name).is_some_and(|store| store.standby() == StandbyCopy::Replica);
    copied.then_some(primary)
}

/// The other regions of the environment that have the store.
fn others<'t>(environment: &'t Environment, region: &Region, name: &StoreName) -> impl Iterator<Item = &'t Region> {
    let (region, name) = (region.name().clone(), name.clone());
    environment.regions().values().filter(move |other| *other.name() != region && other.stores().contains_key(&name))
}

/// The regions that have read replicas of the database of `region`.
pub fn readers<'t>(
    environment: &'t Environment,
    region: &Region,
    name: &StoreName,
    spec: &DatabaseSpec,
) -> Vec<&'t Region> {
    let reads = |other: &&Region| matches!(database(environment, other, name, spec), Holding::Replica(source) if source.name() == region.name());
    others(environment, region, name).filter(reads).collect()
}

/// The regions that need to know the database of `region`: for a read replica, or to copy its backups.
pub fn followers<'t>(
    environment: &'t Environment,
    region: &Region,
    name: &StoreName,
    spec: &DatabaseSpec,
) -> Vec<&'t Region> {
    let copies = |other: &&Region| match database(environment, other, name, spec) {
        Holding::Replica(source) | Holding::Backups(source) => source.name() == region.name(),
        Holding::Own => false,
    };
    others(environment, region, name).filter(copies).collect()
}

/// The regions whose caches follow the one of `region`.
pub fn cache_followers<'t>(environment: &'t Environment, region: &Region, name: &StoreName) -> Vec<&'t Region> {
    let follows =
        |other: &&Region| cache(environment, other, name).is_some_and(|source| source.name() == region.name());
    others(environment, region, name).filter(follows).collect()
}

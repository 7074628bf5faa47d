//! The groups and pods of a region of a topology.
//!
//! Pods are as waard emits them, by the same parts of the model; what controllers and add-ons run is in the catalog.

mod groups;
mod pods;

use std::collections::BTreeMap;

use waard_catalog::{Minor, catalog, installed};
use waard_model::Topology;
use waard_model::name::WorkloadName;
use waard_model::topology::{Environment, Region};

use super::cluster::Cluster;
use super::demand::Kind;
use super::forecast::{Forecast, Site, forecast};

/// The groups of a region's cluster, each with what its nodes have left beside what runs on every one of them.
/// A group whose instance types the catalog doesn't know is left out.
pub fn site(topology: &Topology, environment: &Environment, region: &Region) -> Site {
    let installed = installed(topology, environment, region);
    let kubernetes = Minor::new(1, region.cluster().version().number());
    let on = |gate| catalog().gate(gate, kubernetes).is_some_and(|gate| gate.enabled);
    let mut cluster = Cluster::default();
    cluster.rules.comparisons = on("TaintTolerationComparisonOperators");
    Site { groups: groups::all(region, &installed), cluster }
}

/// The pods of a region: of workloads, of the room that is kept free for them, of migrations, of Kafka clusters, and of
/// what is installed. `expected` says how many pods a service has as expected; one that it doesn't name has its fewest.
/// A run of a scheduled workload is expected; one of a job and a migration come with a release, at the most.
pub fn kinds(
    topology: &Topology,
    environment: &Environment,
    region: &Region,
    expected: &BTreeMap<WorkloadName, u32>,
) -> Vec<Kind> {
    let installed = installed(topology, environment, region);
    let mesh = topology.spec().mesh.as_ref();
    let mut kinds = pods::of_workloads(region, mesh, expected);
    kinds.extend(pods::of_kafka(region));
    kinds.extend(pods::of_installed(region, &installed));
    kinds
}

/// How the pods of a region are placed.
pub fn of_region(
    topology: &Topology,
    environment: &Environment,
    region: &Region,
    expected: &BTreeMap<WorkloadName, u32>,
) -> Forecast {
    forecast(&site(topology, environment, region), &kinds(topology, environment, region, expected))
}

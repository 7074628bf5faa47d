//! What must hold of a topology as a whole: one module per part, one function per invariant.

mod cluster;
mod data;
mod derived;
mod edge;
mod environment;
mod kafka;
mod managed;
mod names;
mod network;
mod workload;

use std::collections::BTreeMap;

use super::Environment;
use super::violation::Violations;
use crate::name::EnvironmentName;
use crate::spec::Spec;

/// What a check sees: the spec and what it resolved to.
pub(super) struct View<'v> {
    pub(super) spec: &'v Spec,
    pub(super) environments: &'v BTreeMap<EnvironmentName, Environment>,
}

/// A check adds what it finds wrong.
type Check = fn(&View<'_>, &mut Violations);

/// Every check. Their order doesn't matter: violations are sorted.
const CHECKS: &[Check] = &[
    cluster::groups,
    cluster::home_for_everything,
    cluster::karpenter,
    cluster::logs,
    cluster::occupants,
    cluster::spot,
    data::buckets,
    data::caches,
    data::databases,
    data::replicas,
    data::unique_names,
    data::writers,
    derived::hosts,
    derived::sizes,
    edge::behaviours,
    edge::settings,
    environment::commitments,
    environment::domains,
    environment::duties,
    environment::residency,
    environment::standby_data,
    environment::traffic,
    kafka::alone,
    kafka::clusters,
    kafka::disks,
    kafka::mounts,
    kafka::objects,
    kafka::settings,
    managed::eksctl,
    managed::labels,
    managed::policies,
    managed::pools,
    names::joined,
    names::namespaces,
    names::spelled,
    network::disjoint,
    network::large_enough,
    network::zones,
    workload::calls,
    workload::containers,
    workload::disruption,
    workload::kinds,
    workload::labels,
    workload::ports,
    workload::probes,
    workload::releases,
    workload::resources,
    workload::routes,
    workload::scale,
    workload::secrets,
    workload::shutdown,
    workload::uses,
    workload::volumes,
];

pub(super) fn all(spec: &Spec, environments: &BTreeMap<EnvironmentName, Environment>, violations: &mut Violations) {
    let view = View { spec, environments };
    for check in CHECKS {
        check(&view, violations);
    }
}

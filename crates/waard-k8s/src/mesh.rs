//! The mesh: gateway, routes, mutual TLS, who may call whom, rate limits.
//!
//! Databases, caches and Kafka are outside of it, and so is what workloads reach on the internet. Proxies let such
//! traffic through as it is: the topology says addresses and ports and no names, so a registry of what may be reached
//! would name everything; network policies hold it instead.

mod access;
mod destination;
mod gateway;
mod limits;
mod routes;

use std::collections::BTreeSet;

use waard_model::path::ModelPath;
use waard_model::spec::{MeshSpec, MutualTls, WorkloadKind};
use waard_model::topology::reserved::MESH_NAMESPACE;
use waard_model::topology::{Store, Workload};

use crate::custom::Custom;
use crate::custom::istio::{Egress, Outbound, Sidecar};
use crate::file::File;
use crate::labels::{Wave, common, in_wave, metadata};
use crate::{Placed, Site};
pub(crate) use routes::RETRY_ON;

/// The files that belong to no single workload.
pub(crate) fn files(site: Site<'_>) -> Vec<Placed> {
    let Some(mesh) = &site.topology.spec().mesh else { return Vec::new() };
    let mut file = File::new(ModelPath::of(["mesh"]), &site.region.path());
    file.custom(&access::of_mesh(site, mesh));
    let mut found = vec![site.placed(MESH_NAMESPACE, "mesh.yaml", file)];
    if site.has_gateway() {
        found.push(gateway::file(site));
        found.push(routes::file(site));
    }
    found
}

/// What a namespace of workloads has of it, in the namespace's file.
pub(crate) fn of_namespace(site: Site<'_>, namespace: &str, file: &mut File) {
    let Some(mesh) = site.topology.spec().mesh.as_ref().filter(|_| site.has_workloads(namespace)) else { return };
    file.custom(&scope(site, namespace));
    if strict(mesh) {
        file.custom(&access::nobody(site, namespace));
    }
}

/// What a workload has of it, in the workload's file.
pub(crate) fn of_workload(site: Site<'_>, workload: &Workload, file: &mut File) {
    let Some(mesh) = &site.topology.spec().mesh else { return };
    if strict(mesh) {
        if let Some(exception) = access::exception(site, workload) {
            file.custom(&exception);
        }
        if let Some(policy) = access::of_workload(site, workload) {
            file.custom(&policy);
        }
    }
    if workload.kind() == WorkloadKind::Service && !workload.ports().is_empty() {
        file.custom(&destination::rule(site, workload));
    }
}

/// Only who has an identity can be told from others: where calls without one are let through, no rule asks for it.
const fn strict(mesh: &MeshSpec) -> bool {
    matches!(mesh.mtls, MutualTls::Strict)
}

/// The name by which a workload's Service is called.
fn host(site: Site<'_>, workload: &Workload) -> String {
    format!("{}.{}.svc.cluster.local", site.object(workload.name().as_str()), workload.namespace())
}

/// What the proxies of a namespace know: its own services, those that its workloads call, and the Kafka clusters that
/// they use, whose ports must not be taken for those of a service that speaks HTTP.
fn scope(site: Site<'_>, namespace: &str) -> Custom<Sidecar> {
    let here = site.region.workloads().values().filter(|workload| workload.namespace().as_str() == namespace);
    let mut hosts = BTreeSet::from(["./*".to_owned()]);
    for workload in here {
        let callees = workload.calls().iter().filter_map(|name| site.region.workloads().get(name));
        let elsewhere = callees.filter(|callee| callee.namespace().as_str() != namespace);
        hosts.extend(elsewhere.map(|callee| format!("{}/{}", callee.namespace(), host(site, callee))));
        let stores = workload.uses().iter().filter_map(|name| site.region.stores().get(name));
        let kafka = stores.filter_map(|store| Store::kafka_namespace(store)).filter(|other| *other != namespace);
        hosts.extend(kafka.map(|kafka| format!("{kafka}/*")));
    }
    Custom {
        metadata: in_wave(Wave::Access, metadata("default".to_owned(), Some(namespace), common(site))),
        spec: Sidecar {
            outbound_traffic_policy: Outbound { mode: "ALLOW_ANY" },
            egress: vec![Egress { hosts: hosts.into_iter().collect() }],
        },
    }
}

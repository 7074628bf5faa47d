//! The one way in: which it is, and by what it is found out from outside that a region is lost.

use super::{Region, Route, Topology, Workload};
use crate::name::{PortName, UrlPath};
use crate::spec::{EntryPath, Spec};

/// As it is said, else through the mesh if there is one.
pub(super) fn entry(spec: &Spec) -> EntryPath {
    let default = if spec.mesh.is_some() { EntryPath::Mesh } else { EntryPath::Direct };
    spec.ingress.via.unwrap_or(default)
}

/// What is asked of a region to find out whether it is lost, under the public name of its load balancer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HealthRoute<'t> {
    /// Who answers.
    pub workload: &'t Workload,
    /// The path.
    pub path: &'t UrlPath,
    /// The port, one that a route leads to.
    pub port: &'t PortName,
}

impl Region {
    /// Every route from outside that leads to something here, with the workload that answers.
    pub fn exposed(&self) -> impl Iterator<Item = (&Workload, &Route)> {
        self.workloads.values().flat_map(|workload| workload.exposed().iter().map(move |route| (&**workload, route)))
    }
}

impl Topology {
    /// What a health check asks of a region: `edge.dns.health_check.path`, or else the readiness path, of the first
    /// exposed workload whose readiness is asked on a port that a route leads to, or else of the first one at all.
    /// There is none without `edge`, which is what checks, and none where nothing is exposed.
    pub fn health_route<'t>(&'t self, region: &'t Region) -> Option<HealthRoute<'t>> {
        let edge = self.spec.edge.as_ref()?;
        let ready = region.exposed().find_map(|(workload, route)| {
            let probe = workload.probes().readiness.as_ref().filter(|probe| probe.port == route.port)?;
            Some(HealthRoute { workload, path: probe.path.as_ref()?, port: &route.port })
        });
        let first = || {
            region.exposed().next().map(|(workload, route)| HealthRoute {
                workload,
                path: &route.path,
                port: &route.port,
            })
        };
        let found = ready.or_else(first)?;
        Some(HealthRoute { path: edge.dns.health_check.path.as_ref().unwrap_or(found.path), ..found })
    }
}

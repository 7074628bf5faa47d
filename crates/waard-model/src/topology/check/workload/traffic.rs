//! Who talks to whom, and where from.

use std::collections::{BTreeMap, BTreeSet};

use super::super::View;
use super::{resolved, written};
use crate::name::{HostName, StoreName, UrlPath, WorkloadName};
use crate::path::ModelPath;
use crate::source::shape::nearest;
use crate::spec::WorkloadKind;
use crate::topology::resolve::store_kinds;
use crate::topology::violation::{Violation, Violations};

/// Ports of Istio's sidecar in every pod of the mesh.
/// Source: Istio documentation, "Application Requirements", "Ports used by Istio".
const MESH_PORTS: std::ops::RangeInclusive<u16> = 15_000..=15_090;

/// Ports that a process without root may open, each once; those that are named elsewhere exist.
pub(crate) fn ports(view: &View<'_>, violations: &mut Violations) {
    for (path, _, spec) in written(view) {
        let mut seen = BTreeMap::new();
        for (name, port) in &spec.ports {
            let at = path.key("ports").key(name.as_str());
            if *port < 1024 {
                violations.add(at.clone(), format!("only root may open the port {port}"), "1024 or above; the load balancer has 80 and 443");
            }
            if view.spec.mesh.is_some() && MESH_PORTS.contains(port) {
                violations.add(at.clone(), format!("the mesh's proxy has the port {port}"), "15000 to 15090 are taken in every pod of the mesh");
            }
            if let Some(other) = seen.insert(port, name) {
                violations.push(Violation::new(at, format!("`{other}` has the port {port} too"), "give each one of its own").with(path.key("ports").key(other.as_str()), "here"));
            }
        }
        for (index, port) in spec.internet.iter().enumerate().filter(|(_, port)| **port == 0) {
            violations.add(path.key("internet").index(index), format!("{port} is no port"), "1 to 65535");
        }
    }
    for (_, workload) in resolved(view) {
        if let Some(metrics) = &workload.spec().metrics
            && !workload.ports().contains_key(&metrics.port)
        {
            violations.add(workload.path().key("metrics").key("port"), format!("`{}` has no port `{}`", workload.name(), metrics.port), "name one of its `ports`");
        }
    }
}

/// Calls go to services that run wherever the caller does.
pub(crate) fn calls(view: &View<'_>, violations: &mut Violations) {
    let names: Vec<&str> = view.spec.workloads.keys().map(WorkloadName::as_str).collect();
    for (path, name, spec) in written(view) {
        for (index, callee) in spec.calls.iter().enumerate() {
            let at = path.key("calls").index(index);
            if callee == name {
                violations.add(at, format!("`{name}` calls itself"), "leave it out: pods of a workload reach each other");
            } else if !view.spec.workloads.contains_key(callee) {
                let help = nearest(callee.as_str(), &names).map_or_else(|| format!("there are {}", names.join(", ")), |n| format!("did you mean `{n}`?"));
                violations.add(at, format!("there is no workload `{callee}`"), help);
            }
        }
    }
    for environment in view.environments.values() {
        for region in environment.regions().values() {
            for workload in region.workloads().values() {
                for callee in workload.calls().iter().filter(|callee| view.spec.workloads.contains_key(callee)) {
                    let at = workload.path().key("calls");
                    match region.workloads().get(callee) {
                        None => violations.push(Violation::new(at, format!("`{}` calls `{callee}`, which doesn't run in `{}` of `{}`", workload.name(), region.name(), environment.name()), format!("add `{callee}` to `runs` there")).with(region.path().key("runs"), "where it would have to run")),
                        Some(other) if other.kind() != WorkloadKind::Service || other.ports().is_empty() => {
                            violations.add(at, format!("`{callee}` can't be called: it is no service with ports"), "give it `ports`, or don't call it");
                        }
                        Some(_) => {}
                    }
                }
            }
        }
    }
}

/// Stores that are used exist.
pub(crate) fn uses(view: &View<'_>, violations: &mut Violations) {
    let stores: BTreeSet<StoreName> = store_kinds(view.spec).map(|(name, _)| name).collect();
    let names: Vec<&str> = stores.iter().map(StoreName::as_str).collect();
    for (path, _, spec) in written(view) {
        for (index, used) in spec.uses.iter().enumerate().filter(|(_, used)| !stores.contains(*used)) {
            let help = nearest(used.as_str(), &names).map_or_else(
                || if names.is_empty() { "there is nothing under `data` yet".to_owned() } else { format!("there are {}", names.join(", ")) },
                |n| format!("did you mean `{n}`?"),
            );
            violations.add(path.key("uses").index(index), format!("there is no store `{used}`"), help);
        }
    }
}

/// Routes lead to a port that exists, under the platform's domain, and no two workloads of a region claim the same one.
pub(crate) fn routes(view: &View<'_>, violations: &mut Violations) {
    for (path, _, spec) in written(view) {
        for (index, route) in spec.exposed.iter().enumerate() {
            let at = path.key("exposed").index(index);
            if !route.host.is_within(&view.spec.domain) {
                violations.add(at.key("host"), format!("`{}` does not stand under `{}`", route.host, view.spec.domain), format!("such as `api.{}`", view.spec.domain));
            }
            if route.timeout.is_some_and(|timeout| timeout > view.spec.ingress.idle_timeout) {
                violations.push(Violation::new(at.key("timeout"), "the load balancer gives up before that", "at most `ingress.idle_timeout`, or make that longer").with(ModelPath::of(["ingress", "idle_timeout"]), "gives up here"));
            }
            if route.retries > 10 {
                violations.add(at.key("retries"), format!("{} retries make an outage worse", route.retries), "at most 10, 2 is usual");
            }
            if route.rate_limit.is_some() && view.spec.mesh.is_none() {
                violations.add(at.key("rate_limit"), "without a mesh nothing could limit this", "add `mesh: {}`, or use `edge.waf.rate_limit`");
            }
        }
    }
    for (_, workload) in resolved(view) {
        for (index, route) in workload.exposed().iter().enumerate().filter(|(_, route)| !workload.ports().contains_key(&route.port)) {
            violations.add(workload.path().key("exposed").index(index), format!("`{}` has no port `{}`", workload.name(), route.port), "name one of its `ports` under `port`");
        }
    }
    for environment in view.environments.values() {
        for region in environment.regions().values() {
            let mut claimed: BTreeMap<(&HostName, &UrlPath), ModelPath> = BTreeMap::new();
            for workload in region.workloads().values() {
                for (index, route) in workload.exposed().iter().enumerate() {
                    let at = workload.path().key("exposed").index(index);
                    if let Some(other) = claimed.insert((&route.host, &route.path), at.clone()) {
                        let message = format!("`{}{}` is claimed twice in `{}`", route.host, route.path, region.name());
                        violations.push(Violation::new(at, message, "give one of them another host or path").with(other, "the other one"));
                    }
                }
            }
        }
    }
}

//! Who talks to whom, and where from.

use std::collections::{BTreeMap, BTreeSet};

use super::super::View;
use super::container::missing_port;
use super::{resolved, written};
use crate::name::{StoreName, WorkloadName};
use crate::path::ModelPath;
use crate::spec::WorkloadKind;
use crate::topology::resolve::{known, missing_store, store_kinds};
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
                violations.add(
                    at.clone(),
                    format!("only root may open the port {port}"),
                    "1024 or above; the load balancer has 80 and 443",
                );
            }
            if view.spec.mesh.is_some() && MESH_PORTS.contains(port) {
                violations.add(
                    at.clone(),
                    format!("the mesh's proxy has the port {port}"),
                    "15000 to 15090 are taken in every pod of the mesh",
                );
            }
            if let Some(other) = seen.insert(port, name) {
                violations.push(
                    Violation::new(at, format!("`{other}` has the port {port} too"), "give each one of its own")
                        .with(path.key("ports").key(other.as_str()), "here"),
                );
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
            violations.push(missing_port(workload, workload.path().key("metrics").key("port"), &metrics.port));
        }
    }
}

/// Labels that waard and Kubernetes select pods by are not for a topology to say.
pub(crate) fn labels(view: &View<'_>, violations: &mut Violations) {
    for (path, _, spec) in written(view) {
        for key in spec.labels.keys() {
            let taken = matches!(key.as_str(), "app" | "version" | "pod-template-hash")
                || ["app.kubernetes.io/", "kubernetes.io/", "istio.io/", "sidecar.istio.io/"]
                    .iter()
                    .any(|prefix| key.as_str().starts_with(prefix));
            if taken {
                let message = format!("the label `{key}` is set by waard or Kubernetes");
                violations.push(
                    Violation::new(path.key("labels").key(key.as_str()), message, "choose another key, such as `tier`")
                        .about_key(),
                );
            }
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
                violations.add(
                    at,
                    format!("`{name}` calls itself"),
                    "leave it out: pods of a workload reach each other",
                );
            } else if !view.spec.workloads.contains_key(callee) {
                let help = known(callee.as_str(), names.iter().copied(), "workloads");
                violations.push(
                    Violation::new(at, format!("there is no workload `{callee}`"), help)
                        .not_among(ModelPath::of(["workloads"])),
                );
            }
        }
    }
    for environment in view.environments.values() {
        for region in environment.regions().values() {
            let written =
                view.spec.environments.get(environment.name()).and_then(|spec| spec.regions.get(region.name()));
            let misnamed =
                written.is_some_and(|region| region.runs.iter().any(|run| !view.spec.workloads.contains_key(run)));
            for workload in region.workloads().values() {
                for (index, callee) in workload
                    .calls()
                    .iter()
                    .enumerate()
                    .filter(|(_, callee)| view.spec.workloads.contains_key(callee) && *callee != workload.name())
                {
                    let at = workload.path().key("calls").index(index);
                    match region.workloads().get(callee) {
                        // A name there that means nothing may be a slip of this one.
                        None if misnamed => {}
                        None => violations.push(
                            Violation::new(
                                at,
                                format!(
                                    "`{}` calls `{callee}`, which doesn't run in `{}` of `{}`",
                                    workload.name(),
                                    region.name(),
                                    environment.name()
                                ),
                                format!("add `{callee}` to `runs` there"),
                            )
                            .with(region.path().key("runs"), "where it would have to run"),
                        ),
                        Some(other)
                            if other.kind() != WorkloadKind::Service || other.serving_ports().next().is_none() =>
                        {
                            let (message, help) = if other.kind() == WorkloadKind::Service {
                                (
                                    format!("`{callee}` has no port to be called on, beside one for metrics"),
                                    format!("give `{callee}` its `ports`, or don't call it"),
                                )
                            } else {
                                (format!("`{callee}` can't be called: it is no service"), "leave it out".to_owned())
                            };
                            let called = other.path();
                            violations.push(
                                Violation::new(at, message, help)
                                    .judged_by(called.key("kind"))
                                    .judged_by(called.key("like"))
                                    .not_among(called.key("ports")),
                            );
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
            let help = known(used.as_str(), names.iter().copied(), "data");
            violations.push(missing_store(path.key("uses").index(index), used, help));
        }
    }
}

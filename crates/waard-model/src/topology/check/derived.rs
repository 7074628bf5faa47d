//! What holds as it is written, and no longer once `like`, an environment's sizes and its domain are followed.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, View, data, kafka, workload};
use crate::name::{EnvironmentName, HostName};
use crate::path::{ModelPath, Segment};
use crate::spec::{DataSpec, ScaleSpec, Spec, WorkloadSpec};
use crate::topology::violation::{Violation, Violations};
use crate::topology::{Environment, StoreKind};

/// The checks of single workloads and stores, as they are written.
const CHECKS: [Check; 9] = [
    data::caches,
    data::databases,
    kafka::clusters,
    kafka::settings,
    workload::containers,
    workload::scale,
    workload::secrets,
    workload::shutdown,
    workload::volumes,
];

/// Workloads and stores as one environment has them, as if they had been written so.
fn as_if_written(spec: &Spec, environment: &Environment) -> Spec {
    let mut data = DataSpec::default();
    let mut workloads = BTreeMap::new();
    for region in environment.regions().values() {
        for (name, workload) in region.workloads() {
            workloads.entry(name.clone()).or_insert_with(|| {
                let mut spec = WorkloadSpec { like: None, ..workload.spec().clone() };
                // An environment may well fix what scales elsewhere.
                spec.scale = spec.scale.map(|scale| {
                    if scale.replicas.min() == scale.replicas.max() { ScaleSpec::new(scale.replicas) } else { scale }
                });
                spec
            });
        }
        for (name, store) in region.stores() {
            match store.kind() {
                StoreKind::Database(store) => drop(data.databases.insert(name.clone(), store.clone())),
                StoreKind::Cache(store) => drop(data.caches.insert(name.clone(), store.clone())),
                StoreKind::Kafka(store) => drop(data.kafka.insert(name.clone(), store.clone())),
                StoreKind::Bucket(_) => {}
            }
        }
    }
    // A user that runs elsewhere only is none here.
    for kafka in data.kafka.values_mut() {
        kafka.users.retain(|user, _| workloads.contains_key(user));
    }
    Spec {
        waard: spec.waard,
        platform: spec.platform.clone(),
        domain: spec.domain.clone(),
        owner: None,
        targets: spec.targets.clone(),
        demand: None,
        environments: BTreeMap::new(),
        clusters: BTreeMap::new(),
        data,
        workloads,
        edge: None,
        ingress: spec.ingress.clone(),
        mesh: spec.mesh.clone(),
        network_policy: spec.network_policy.clone(),
        pod_security: spec.pod_security.clone(),
        observability: spec.observability.clone(),
        gitops: spec.gitops.clone(),
        cost: spec.cost.clone(),
    }
}

/// What holds of each workload and store as it is written holds of it in every environment too.
pub(super) fn sizes(view: &View<'_>, violations: &mut Violations) {
    let mut written = Violations::default();
    for check in CHECKS {
        check(view, &mut written);
    }
    let written = written.finish();
    let places: BTreeSet<String> = written.iter().map(|violation| violation.path().to_string()).collect();
    for environment in view.environments.values() {
        let Some(own) = view.spec.environments.get(environment.name()) else {
            continue;
        };
        let spec = as_if_written(view.spec, environment);
        let mut found = Violations::default();
        for check in CHECKS {
            check(&View { spec: &spec, environments: view.environments }, &mut found);
        }
        for violation in found.finish() {
            let own_path = violation.path().clone();
            let (kind, name) = match own_path.segments() {
                [Segment::Key(workloads), Segment::Key(name), ..] if **workloads == *"workloads" => ("workloads", name),
                [Segment::Key(data), _, Segment::Key(name), ..] if **data == *"data" => ("data", name),
                _ => continue,
            };
            // It was found as it is written, there or where it is taken from.
            let base = spec_like(view.spec, name).map(|like| violation.path().to_string().replacen(&**name, like, 1));
            if places.contains(&violation.path().to_string()) || base.is_some_and(|base| places.contains(&base)) {
                continue;
            }
            let sized = if kind == "data" {
                own.data.keys().any(|store| store.as_str() == &**name)
            } else {
                own.workloads.keys().any(|workload| workload.as_str() == &**name)
            };
            // An environment says of a size what the workload says under `scale`, `resources` and `brokers`.
            let above = if kind == "data" { 3 } else { 2 };
            let rest = violation.path().segments().iter().skip(above).filter(
                |segment| !matches!(segment, Segment::Key(key) if matches!(&**key, "scale" | "resources" | "brokers")),
            );
            let entry = environment.path().key(kind).key(name);
            let path =
                if sized { rest.fold(entry, |path, segment| path.then(segment)) } else { violation.path().clone() };
            if places.contains(&path.to_string()) {
                continue;
            }
            let message = format!("in `{}`: {violation}", environment.name());
            violations.push(violation.moved(path, message));
        }
    }
}

fn spec_like<'s>(spec: &'s Spec, name: &str) -> Option<&'s str> {
    let workload = spec.workloads.iter().find(|(workload, _)| workload.as_str() == name)?.1;
    workload.like.as_ref().map(crate::name::WorkloadName::as_str)
}

/// A host belongs to one environment, and stands under its domain.
pub(super) fn hosts(view: &View<'_>, violations: &mut Violations) {
    let mut known: BTreeMap<&HostName, (&EnvironmentName, ModelPath)> = BTreeMap::new();
    for environment in view.environments.values() {
        for workload in environment.regions().values().flat_map(|region| region.workloads().values()) {
            for (index, route) in workload.exposed().iter().enumerate() {
                let at = workload.path().key("exposed").index(index).key("host");
                let domain = environment.domain();
                let declared = workload
                    .spec()
                    .exposed
                    .get(index)
                    .is_some_and(|declared| declared.host.is_within(&view.spec.domain));
                if declared && !route.host.is_within(domain) {
                    let message = format!(
                        "under `{domain}`, the domain of `{}`, the name of this host would be too long",
                        environment.name()
                    );
                    violations.push(
                        Violation::new(at.clone(), message, "shorten one of the two")
                            .with(environment.path().key("domain"), "the domain"),
                    );
                }
                let (other, first) = known.entry(&route.host).or_insert_with(|| (environment.name(), at.clone()));
                let same_domain = view.environments.get(*other).is_some_and(|other| other.domain() == domain);
                if *other != environment.name() && !same_domain {
                    let message =
                        format!("`{}` would be a host of `{other}` and of `{}`", route.host, environment.name());
                    let help = "choose another host, or another `domain` of one of the environments";
                    violations.push(
                        Violation::new(at, message, help)
                            .with(first.clone(), "the other one")
                            .with(environment.path().key("domain"), "the domain that makes it so"),
                    );
                }
            }
        }
    }
}

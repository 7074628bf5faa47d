//! Which rules each Ingress has, so that the load balancer tries the most specific path of a host first.
//!
//! Inside of an Ingress the controller puts longer paths first; across the Ingresses of a load balancer it goes by their
//! order. So the rules of a host that only one Ingress has need no order, and all others have one Ingress for each
//! depth of path: a path that stands below another is deeper, and the deeper one is tried first.
//! Source: aws-load-balancer-controller v3.5.0, `pkg/ingress/model_build_listener_rules.go`.

use std::collections::{BTreeMap, BTreeSet};

use waard_model::name::HostName;
use waard_model::spec::EntryPath;
use waard_model::topology::reserved::GATEWAY_PORT;
use waard_model::topology::{Route, Workload};

use crate::Site;
use crate::workload::speaks_grpc;

/// What one Ingress has.
pub(super) struct Part {
    /// Smaller ones are tried first, if it matters.
    pub(super) order: Option<i32>,
    /// HTTP/2 to the pods, as gRPC needs it.
    pub(super) grpc: bool,
    pub(super) rules: Vec<Rule>,
}

/// Where the requests of a path go.
pub(super) struct Rule {
    pub(super) host: String,
    /// With everything below it, unless `exact`.
    pub(super) path: String,
    pub(super) exact: bool,
    pub(super) port: u16,
}

impl Part {
    /// What tells its name from those of the others. No workload's name has a dot.
    pub(super) fn suffix(&self) -> String {
        let depth = self.order.map(|order| format!(".{}", order.unsigned_abs())).unwrap_or_default();
        let grpc = if self.grpc { ".grpc" } else { "" };
        format!("{depth}{grpc}")
    }
}

/// Rules by order and protocol.
type Parts = BTreeMap<(Option<i32>, bool), Vec<Rule>>;

/// The rules of a workload that is reached straight from the load balancer.
pub(super) fn straight(site: Site<'_>, workload: &Workload) -> Vec<Part> {
    let mut parts = Parts::new();
    for route in workload.exposed() {
        let Some(port) = workload.ports().get(&route.port) else { continue };
        let key = (order(site, route), speaks_grpc(&route.port));
        parts.entry(key).or_default().push(rule(route, *port));
    }
    if let Some(health) = site.topology.health_route(site.region).filter(|health| health.workload == workload)
        && let Some(port) = workload.ports().get(health.port)
    {
        add_health(site, &mut parts, health.path.to_string(), *port, speaks_grpc(health.port));
    }
    finish(parts)
}

/// The rules of the gateway: all of a host, or each path of it, where they differ in what they speak.
pub(super) fn through_gateway(site: Site<'_>) -> Vec<Part> {
    let mut parts = Parts::new();
    let mut whole = BTreeSet::new();
    for (_, route) in site.region.exposed() {
        if order(site, route).is_some() {
            let key = (order(site, route), speaks_grpc(&route.port));
            parts.entry(key).or_default().push(rule(route, GATEWAY_PORT));
        } else if whole.insert(&route.host) {
            let key = (None, speaks_grpc(&route.port));
            let all = Rule { host: route.host.to_string(), path: "/".to_owned(), exact: false, port: GATEWAY_PORT };
            parts.entry(key).or_default().push(all);
        }
    }
    if let Some(health) = site.topology.health_route(site.region) {
        add_health(site, &mut parts, health.path.to_string(), GATEWAY_PORT, speaks_grpc(health.port));
    }
    finish(parts)
}

fn rule(route: &Route, port: u16) -> Rule {
    let stem = route.path.stem();
    let path = if stem.is_empty() { "/" } else { stem };
    Rule { host: route.host.to_string(), path: path.to_owned(), exact: false, port }
}

/// The order of a route: needed if other Ingresses have rules of the same host.
fn order(site: Site<'_>, route: &Route) -> Option<i32> {
    let several = several_ingresses(site, &route.host);
    several.then(|| i32::try_from(route.path.depth()).map_or(i32::MIN, |depth| -depth))
}

fn several_ingresses(site: Site<'_>, host: &HostName) -> bool {
    let direct = site.topology.entry() == EntryPath::Direct;
    let routes = site.region.exposed().filter(|(_, route)| route.host == *host);
    let kinds: BTreeSet<_> =
        routes.map(|(workload, route)| (direct.then_some(workload.name()), speaks_grpc(&route.port))).collect();
    kinds.len() > 1
}

/// What health checks from outside ask for, under the load balancer's own name: this path, and no other.
fn add_health(site: Site<'_>, parts: &mut Parts, path: String, port: u16, grpc: bool) {
    let host = site.environment.origin_host(site.region);
    let rule = Rule { host, path, exact: true, port };
    match parts.iter_mut().find(|((_, other), _)| *other == grpc) {
        Some((_, rules)) => rules.push(rule),
        None => drop(parts.insert((None, grpc), vec![rule])),
    }
}

fn finish(parts: Parts) -> Vec<Part> {
    let finish = |((order, grpc), mut rules): ((Option<i32>, bool), Vec<Rule>)| {
        rules.sort_by(|a, b| (&a.host, b.path.len(), &a.path).cmp(&(&b.host, a.path.len(), &b.path)));
        Part { order, grpc, rules }
    };
    parts.into_iter().map(finish).collect()
}

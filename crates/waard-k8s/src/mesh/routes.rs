//! The routes of each host, most specific path first.
//!
//! One object for each host, beside the gateway: the order of routes of one host in several objects is undefined.
//! Source: Istio documentation, "Traffic Management Best Practices", "Split large virtual services".

use std::collections::BTreeMap;

use waard_model::name::HostName;
use waard_model::path::ModelPath;
use waard_model::quantity::Duration;
use waard_model::topology::reserved::GATEWAY_NAMESPACE;
use waard_model::topology::{Route, Workload};

use super::destination::RELEASE;
use super::{gateway, host, limits};
use crate::custom::Custom;
use crate::custom::istio::{
    Destination, HttpDestination, HttpMatch, HttpRoute, PortNumber, Retries, StringMatch, VirtualService,
};
use crate::file::File;
use crate::labels::{common, metadata};
use crate::{Placed, Site};

/// Failures after which no pod has seen the request, so that nothing is done twice.
/// A try that takes long is none of them, so there is no time limit for each: the route's holds for all together.
/// Source: Envoy documentation, "Router", `x-envoy-retry-on`.
pub(crate) const RETRY_ON: &str = "connect-failure,refused-stream,reset-before-request";

/// Every host that the gateway knows.
pub(super) fn hosts(site: Site<'_>) -> Vec<String> {
    let mut hosts: Vec<String> = by_host(site).keys().map(ToString::to_string).collect();
    hosts.extend(site.topology.health_route(site.region).map(|_| site.environment.origin_host(site.region)));
    hosts.sort();
    hosts
}

pub(super) fn file(site: Site<'_>) -> Placed {
    let hosts = by_host(site);
    let mut file = File::new(ModelPath::of(["workloads"]), &site.region.path());
    for (host, routes) in &hosts {
        let http = routes.iter().filter_map(|(workload, route)| http(site, workload, route)).collect();
        file.custom(&virtual_service(site, host.to_string(), http));
    }
    if let Some(health) = health(site) {
        file.custom(&health);
    }
    if let Some(filter) = limits::filter(site, &hosts) {
        file.custom(&filter);
    }
    site.placed(GATEWAY_NAMESPACE, "routes.yaml", file)
}

/// The routes of a region by host. A path that stands below another is deeper: the deepest come first.
pub(super) type ByHost<'t> = BTreeMap<&'t HostName, Vec<(&'t Workload, &'t Route)>>;

fn by_host(site: Site<'_>) -> ByHost<'_> {
    let mut hosts = ByHost::new();
    for (workload, route) in site.region.exposed() {
        hosts.entry(&route.host).or_default().push((workload, route));
    }
    for routes in hosts.values_mut() {
        routes.sort_by(|(_, a), (_, b)| (b.path.depth(), &a.path).cmp(&(a.path.depth(), &b.path)));
    }
    hosts
}

fn virtual_service(site: Site<'_>, host: String, http: Vec<HttpRoute>) -> Custom<VirtualService> {
    Custom {
        metadata: metadata(host.clone(), Some(GATEWAY_NAMESPACE), common(site)),
        spec: VirtualService {
            hosts: vec![host],
            gateways: vec![gateway::name(site)],
            // For the gateway: calls inside of the mesh don't take the way from outside.
            export_to: vec!["."],
            http,
        },
    }
}

/// The name of a route, unique within its host. Rate limits find it by that.
pub(super) fn name(workload: &Workload, route: &Route) -> String {
    format!("{}{}", workload.name(), route.path)
}

fn http(site: Site<'_>, workload: &Workload, route: &Route) -> Option<HttpRoute> {
    let port = *workload.ports().get(&route.port)?;
    Some(HttpRoute {
        name: name(workload, route),
        matches: matches(route),
        route: vec![to(site, workload, port, route.version.is_some())],
        timeout: route.timeout.map(span),
        // Said also where there are none: Istio would try twice.
        retries: Retries { attempts: route.retries, retry_on: (route.retries > 0).then_some(RETRY_ON) },
    })
}

/// The path with everything below it: `/v1` is not the beginning of `/v10`.
fn matches(route: &Route) -> Vec<HttpMatch> {
    let stem = route.path.stem();
    let found = if stem.is_empty() {
        vec![StringMatch::Prefix("/".to_owned())]
    } else if route.rate_limit.is_some() {
        // One match, because each would be limited by itself. Of what a path can hold only `.` means something else here.
        vec![StringMatch::Regex(format!("{}(/.*)?", stem.replace('.', r"\.")))]
    } else {
        vec![StringMatch::Exact(stem.to_owned()), StringMatch::Prefix(format!("{stem}/"))]
    };
    found.into_iter().map(|uri| HttpMatch { uri }).collect()
}

fn to(site: Site<'_>, workload: &Workload, port: u16, named: bool) -> HttpDestination {
    HttpDestination {
        destination: Destination {
            host: host(site, workload),
            subset: named.then(|| RELEASE.to_owned()),
            port: PortNumber { number: port },
        },
    }
}

/// What health checks from outside ask for, under the load balancer's own name: this path, and no other.
fn health(site: Site<'_>) -> Option<Custom<VirtualService>> {
    let health = site.topology.health_route(site.region)?;
    let port = *health.workload.ports().get(health.port)?;
    let route = HttpRoute {
        name: "health".to_owned(),
        matches: vec![HttpMatch { uri: StringMatch::Exact(health.path.to_string()) }],
        route: vec![to(site, health.workload, port, false)],
        timeout: None,
        retries: Retries { attempts: 0, retry_on: None },
    };
    Some(virtual_service(site, site.environment.origin_host(site.region), vec![route]))
}

/// A span of time as Istio reads it: it knows no days.
pub(super) fn span(duration: Duration) -> String {
    if duration.is_whole_seconds() { format!("{}s", duration.as_secs()) } else { format!("{}ms", duration.as_millis()) }
}

//! What the topology says of a request from outside, and requests that try it.

use std::collections::BTreeSet;

use waard_model::topology::{Region, Route, Workload};

/// True if a path is the one of a route, or stands below it, segment by segment.
pub(crate) fn covers(route: &str, path: &str) -> bool {
    let segments = |text: &str| -> Vec<String> {
        text.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
    };
    let (route, path) = (segments(route), segments(path));
    path.len() >= route.len() && path[..route.len()] == route[..]
}

/// The route that a request belongs to: the most specific one of its host.
pub(crate) fn meant<'r>(region: &'r Region, host: &str, path: &str) -> Option<(&'r Workload, &'r Route)> {
    region
        .workloads()
        .values()
        .flat_map(|workload| workload.exposed().iter().map(move |route| (&**workload, route)))
        .filter(|(_, route)| route.host.as_str() == host && covers(route.path.as_str(), path))
        .max_by_key(|(_, route)| route.path.as_str().trim_end_matches('/').len())
}

/// Requests at, below and beside every route, and of hosts that nobody has.
pub(crate) fn requests(region: &Region) -> BTreeSet<(String, String)> {
    let routes: Vec<&Route> = region.workloads().values().flat_map(|workload| workload.exposed()).collect();
    let mut found = BTreeSet::from([("unknown.example".to_owned(), "/".to_owned())]);
    let hosts: BTreeSet<&str> = routes.iter().map(|route| route.host.as_str()).collect();
    for route in &routes {
        let stem = route.path.as_str().trim_end_matches('/');
        for path in [
            "/".to_owned(),
            "/elsewhere".to_owned(),
            format!("{stem}/"),
            format!("{stem}/below"),
            format!("{stem}/on/below"),
            format!("{stem}x"),
            stem.to_owned(),
        ] {
            if path.starts_with('/') {
                found.extend(hosts.iter().map(|host| ((*host).to_owned(), path.clone())));
            }
        }
    }
    found
}

/// An address of the subnets of load balancers.
pub(crate) fn balancer_address(region: &Region) -> String {
    let range = region.network().balancer_ranges()[0].to_string();
    let (net, _) = range.split_once('/').unwrap();
    let last = net.rfind('.').unwrap();
    let host: u32 = net[last + 1..].parse().unwrap();
    format!("{}.{}", &net[..last], host + 5)
}

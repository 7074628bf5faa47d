//! Where workloads are reached from outside.

use std::collections::BTreeMap;

use super::super::View;
use super::container::missing_port;
use super::{resolved, written};
use crate::name::HostName;
use crate::path::ModelPath;
use crate::quantity::Duration;
use crate::spec::{EntryPath, RouteSpec};
use crate::topology::entry;
use crate::topology::violation::{Violation, Violations};

/// Most requests above a rate that a token bucket surely holds beside the rate itself: its size is a number of 32 bits.
/// Source: Envoy API, `type.v3.TokenBucket`.
const MOST_BURST: u32 = 1_000_000_000;

/// Longest host and path that a rule of a load balancer can match; to a path it adds `/*`, for everything below.
/// Source: Elastic Load Balancing, "Condition types for listener rules".
const LONGEST_HOST: usize = 128;
const LONGEST_PATH: usize = 126;

/// Routes lead to a port that exists, under the platform's domain, and no two workloads of a region claim the same one.
pub(crate) fn routes(view: &View<'_>, violations: &mut Violations) {
    for (path, name, spec) in written(view) {
        for (index, route) in spec.exposed.iter().enumerate() {
            let at = path.key("exposed").index(index);
            if !route.host.is_within(&view.spec.domain) {
                let message = format!("`{}` does not stand under `{}`", route.host, view.spec.domain);
                violations.push(
                    Violation::new(at.key("host"), message, format!("such as `{name}.{}`", view.spec.domain))
                        .with(ModelPath::of(["domain"]), "the platform's domain"),
                );
            }
            if let Some(timeout) = route.timeout.filter(|timeout| *timeout > view.spec.ingress.idle_timeout) {
                let message = format!(
                    "a request may take {timeout}, but the load balancer gives up after {}",
                    view.spec.ingress.idle_timeout
                );
                violations.push(
                    Violation::new(at.key("timeout"), message, "at most `ingress.idle_timeout`, or make that longer")
                        .with(ModelPath::of(["ingress", "idle_timeout"]), "gives up here"),
                );
            }
            if route.retries > 10 {
                violations.add(
                    at.key("retries"),
                    format!("{} retries make an outage worse", route.retries),
                    "at most 10, 2 is usual",
                );
            }
            if route.path.stem().len() > LONGEST_PATH {
                let message = format!("a load balancer can't match a path of {} characters", route.path.stem().len());
                violations.add(at.key("path"), message, format!("at most {LONGEST_PATH}"));
            }
            limits(view, route, &at, violations);
            straight(view, route, &at, violations);
        }
    }
    for (_, workload) in resolved(view) {
        for (index, route) in
            workload.exposed().iter().enumerate().filter(|(_, route)| !workload.ports().contains_key(&route.port))
        {
            violations.push(missing_port(
                workload,
                workload.path().key("exposed").index(index).key("port"),
                &route.port,
            ));
        }
    }
    claims(view, violations);
}

/// Rates that a token bucket can hold.
fn limits(view: &View<'_>, route: &RouteSpec, at: &ModelPath, violations: &mut Violations) {
    if route.rate_burst.is_some() && route.rate_limit.is_none() {
        violations.add(
            at.key("rate_burst"),
            "there is no rate limit to go above",
            "add `rate_limit: …`, or leave it out",
        );
    }
    if let Some(burst) = route.rate_burst.filter(|burst| *burst > MOST_BURST) {
        violations.add(at.key("rate_burst"), format!("{burst} requests at once limit nothing"), "at most 1000000000");
    }
    if let Some(rate) = route.rate_limit {
        if rate.per() < Duration::seconds(1) {
            violations.add(
                at.key("rate_limit"),
                format!("nothing counts requests over {}", rate.per()),
                "a period of at least 1s, such as `1000/s`",
            );
        }
        if view.spec.mesh.is_none() {
            violations.push(
                Violation::new(
                    at.key("rate_limit"),
                    "without a mesh nothing could limit this",
                    "add `mesh: {}`, or use `edge.waf.rate_limit`",
                )
                .judged_by(ModelPath::of(["mesh"])),
            );
        }
    }
}

/// A load balancer that sends requests straight to the pods limits no rate, tries nothing again and knows no releases.
fn straight(view: &View<'_>, route: &RouteSpec, at: &ModelPath, violations: &mut Violations) {
    if entry(view.spec) == EntryPath::Mesh {
        return;
    }
    let limited = route.rate_limit.is_some() && view.spec.mesh.is_some();
    for (key, present, what) in [
        ("rate_limit", limited, "limits no rate"),
        ("retries", (1..=10).contains(&route.retries), "tries nothing again"),
        ("version", route.version.is_some(), "can't tell releases apart"),
    ] {
        if present {
            let message = format!("the load balancer sends requests straight to the pods, and {what}");
            violations.push(
                Violation::new(
                    at.key(key),
                    message,
                    "leave it out, or let requests enter with `ingress: { via: mesh }`",
                )
                .judged_by(ModelPath::of(["ingress"]))
                .judged_by(ModelPath::of(["mesh"])),
            );
        }
    }
}

/// No two routes of a region are the same one, and none is under the name that the region's load balancer has itself.
fn claims(view: &View<'_>, violations: &mut Violations) {
    for environment in view.environments.values() {
        for region in environment.regions().values() {
            let origin = environment.origin_host(region);
            let mut claimed: BTreeMap<(&HostName, &str), ModelPath> = BTreeMap::new();
            for workload in region.workloads().values() {
                for (index, route) in workload.exposed().iter().enumerate() {
                    let at = workload.path().key("exposed").index(index);
                    // `/v1` and `/v1/` are one path, with everything below it.
                    if let Some(other) = claimed.insert((&route.host, route.path.stem()), at.clone()) {
                        let message = format!("`{}{}` is claimed twice in `{}`", route.host, route.path, region.name());
                        violations.push(
                            Violation::new(at.clone(), message, "give one of them another host or path")
                                .with(other, "the other one"),
                        );
                    }
                    if route.host.as_str().len() > LONGEST_HOST {
                        let message = format!(
                            "a load balancer can't match `{}`, which is longer than {LONGEST_HOST}",
                            route.host
                        );
                        violations.push(
                            Violation::new(at.key("host"), message, "shorten it, or the domain that it stands under")
                                .with(environment.path(), "the environment"),
                        );
                    }
                    if route.host.as_str() == origin {
                        let message = format!("`{origin}` is the name of the load balancer in `{}`", region.name());
                        violations.push(
                            Violation::new(at.key("host"), message, "choose another host")
                                .with(region.path(), "the region"),
                        );
                    }
                }
            }
        }
    }
}

/// A route that names a release names the one that runs: each workload has one at a time.
pub(crate) fn releases(view: &View<'_>, violations: &mut Violations) {
    for (environment, workload) in resolved(view) {
        let runs = workload.image().version();
        for (index, route) in workload.exposed().iter().enumerate() {
            let Some(version) = route.version.as_ref().filter(|version| version.as_str() != runs) else { continue };
            let message =
                format!("in `{}` there is no release `{version}` of `{}`", environment.name(), workload.name());
            violations.push(
                Violation::new(
                    workload.path().key("exposed").index(index).key("version"),
                    message,
                    format!("leave it out, or name the one that runs there, `{runs}`"),
                )
                .judged_by(workload.path().key("image"))
                .judged_by(workload.path().key("like"))
                .judged_by(environment.path().key("workloads")),
            );
        }
    }
}

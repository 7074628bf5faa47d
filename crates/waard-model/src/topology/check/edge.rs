//! What stands in front of all regions, and how requests enter a cluster.

use super::View;
use crate::name::PathPattern;
use crate::path::ModelPath;
use crate::quantity::Duration;
use crate::spec::EntryPath;
use crate::topology::violation::{Violation, Violations};

/// Most cache behaviours that a distribution surely may have: newer quotas are higher, older ones weren't.
const MOST_BEHAVIOURS: usize = 25;

/// True if every path that `inner` matches is matched by `outer` too, for patterns whose `*` stands at the end.
fn covers(outer: &PathPattern, inner: &PathPattern) -> bool {
    if outer == inner {
        return true;
    }
    match outer.as_str().strip_suffix('*') {
        Some(prefix) if !prefix.contains(['*', '?']) => inner.as_str().starts_with(prefix),
        _ => false,
    }
}

/// Cache behaviours that are reached, lead somewhere, and cache nothing that is meant for one user.
pub(super) fn behaviours(view: &View<'_>, violations: &mut Violations) {
    let Some(edge) = &view.spec.edge else { return };
    let path = ModelPath::of(["edge", "behaviours"]);
    if edge.behaviours.len() > MOST_BEHAVIOURS {
        violations.add(
            path.clone(),
            format!("{} behaviours are more than a distribution surely may have", edge.behaviours.len()),
            format!("at most {MOST_BEHAVIOURS}"),
        );
    }
    for (index, behaviour) in edge.behaviours.iter().enumerate() {
        let at = path.index(index);
        let earlier = edge.behaviours.iter().take(index).position(|before| covers(&before.path, &behaviour.path));
        if let Some(earlier) = earlier {
            violations.push(
                Violation::new(
                    at.key("path"),
                    format!("`{}` is never reached", behaviour.path),
                    "put the more specific path first",
                )
                .with(path.index(earlier).key("path"), "this one matches first"),
            );
        }
        match view.spec.workloads.get(&behaviour.to) {
            None => violations.push(
                Violation::new(
                    at.key("to"),
                    format!("there is no workload `{}`", behaviour.to),
                    "name a workload that is exposed",
                )
                .not_among(ModelPath::of(["workloads"])),
            ),
            Some(workload) if workload.exposed.is_empty() => {
                let exposed = ModelPath::of(["workloads", behaviour.to.as_str(), "exposed"]);
                violations.push(
                    Violation::new(
                        at.key("to"),
                        format!("`{}` is not exposed", behaviour.to),
                        "add `exposed: […]` to it, or name another workload",
                    )
                    .judged_by(exposed),
                );
            }
            Some(_) => {}
        }
        if behaviour.immutable && behaviour.ttl.is_none() {
            violations.push(
                Violation::new(
                    at.key("immutable"),
                    "what is not cached can't be immutable",
                    "add `ttl: …`, or leave `immutable` out",
                )
                .judged_by(at.key("ttl")),
            );
        }
        if let Some(ttl) = behaviour.ttl {
            if !ttl.is_whole_seconds() || ttl > Duration::days(365) {
                violations.add(
                    at.key("ttl"),
                    format!("an answer can't be kept for {ttl}"),
                    "whole seconds, at most 365d",
                );
            }
            let prefix = behaviour.path.as_str().trim_end_matches('*').trim_end_matches('/');
            let private = edge.never_cache.paths.iter().position(|never| {
                let never = never.as_str().trim_end_matches('/');
                prefix == never || prefix.starts_with(&format!("{never}/"))
            });
            if let Some(private) = private {
                violations.push(
                    Violation::new(
                        at.key("ttl"),
                        format!("`{}` may never be cached", behaviour.path),
                        "leave `ttl` out, or the path out of `never_cache`",
                    )
                    .with(ModelPath::of(["edge", "never_cache", "paths"]).index(private), "says this"),
                );
            }
        }
    }
}

/// Settings that AWS offers.
/// Source: AWS WAF Developer Guide, "Rate-based rule"; Route 53 Developer Guide, "Values that you specify when you create health checks";
/// Elastic Load Balancing, "Health checks for target groups".
pub(super) fn settings(view: &View<'_>, violations: &mut Violations) {
    if let Some(edge) = &view.spec.edge {
        let path = ModelPath::of(["edge"]);
        if let Some(limit) = edge.waf.rate_limit {
            if !matches!(limit.per().as_secs(), 60 | 120 | 300 | 600) {
                violations.add(
                    path.key("waf").key("rate_limit"),
                    format!("the firewall can't count over {}", limit.per()),
                    "the period is 1m, 2m, 5m or 10m",
                );
            }
            if limit.count() < 10 {
                violations.add(
                    path.key("waf").key("rate_limit"),
                    format!("{} requests are fewer than the firewall can count", limit.count()),
                    "at least 10",
                );
            }
        }
        let dns = path.key("dns");
        let check = &edge.dns.health_check;
        if !matches!(check.interval.as_millis(), 10_000 | 30_000) {
            violations.add(
                dns.key("health_check").key("interval"),
                format!("Route 53 can't check every {}", check.interval),
                "10s or 30s",
            );
        }
        if !(1..=10).contains(&check.failures) {
            violations.add(
                dns.key("health_check").key("failures"),
                format!("Route 53 can't wait for {} failures", check.failures),
                "1 to 10",
            );
        }
        if !edge.dns.ttl.is_whole_seconds() || edge.dns.ttl > Duration::days(2) {
            violations.add(
                dns.key("ttl"),
                format!("a record can't be kept for {}", edge.dns.ttl),
                "whole seconds, at most 2d; 60s lets a failover through within a minute",
            );
        }
    }
    let ingress = &view.spec.ingress;
    let path = ModelPath::of(["ingress"]);
    if ingress.via == Some(EntryPath::Mesh) && view.spec.mesh.is_none() {
        violations.add(path.key("via"), "there is no mesh to enter through", "add `mesh: {}`, or set `via: direct`");
    }
    let health = &ingress.health;
    let mut bounded = |key: &str, given: u64, least: u64, most: u64, unit: &str| {
        if !(least..=most).contains(&given) {
            violations.add(
                path.key("health").key(key),
                format!("{given}{unit} is not between {least}{unit} and {most}{unit}"),
                "load balancers of AWS have these bounds",
            );
        }
    };
    bounded("interval", health.interval.as_secs(), 5, 300, "s");
    bounded("timeout", health.timeout.as_secs(), 2, 120, "s");
    bounded("healthy", health.healthy.into(), 2, 10, "");
    bounded("unhealthy", health.unhealthy.into(), 2, 10, "");
    if health.timeout >= health.interval {
        let message = format!("a try waits for {}, but the next starts after {}", health.timeout, health.interval);
        violations.push(
            Violation::new(path.key("health").key("timeout"), message, "less than `interval`")
                .judged_by(path.key("health").key("interval")),
        );
    }
    for (key, span, most) in
        [("deregistration", ingress.deregistration, 3600), ("idle_timeout", ingress.idle_timeout, 4000)]
    {
        if !span.is_whole_seconds() || span.as_secs() > most {
            violations.add(
                path.key(key),
                format!("load balancers of AWS can't wait for {span}"),
                format!("whole seconds, at most {most}s"),
            );
        }
    }
}

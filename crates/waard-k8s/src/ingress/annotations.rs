//! What an Ingress says of its part of the load balancer that the class can't say for all.

use waard_model::spec::{BalancingAlgorithm, Shield};

use super::health::Health;
use super::rules::Part;
use crate::Site;
use crate::labels::Labels;

const PREFIX: &str = "alb.ingress.kubernetes.io";

/// ExternalDNS 0.21 reads the first one, later releases the second.
/// Source: kubernetes-sigs/external-dns, "switch default annotations prefix to GA" (#6424).
const DNS_PREFIXES: [&str; 2] = ["external-dns.alpha.kubernetes.io", "external-dns.kubernetes.io"];

/// The annotations of an Ingress. Only one of each region is `named`: it gives the load balancer its public name.
pub(super) fn of(site: Site<'_>, part: &Part, health: &Health, named: bool) -> Labels {
    let spec = site.topology.spec();
    let ingress = &spec.ingress;
    let mut found = Labels::new();
    let mut say = |key: &str, value: String| drop(found.insert(format!("{PREFIX}/{key}"), value));
    // Both: a redirect needs a listener that it redirects from.
    say("listen-ports", r#"[{"HTTP":80},{"HTTPS":443}]"#.to_owned());
    if let Some(order) = part.order {
        say("group.order", order.to_string());
    }
    if part.grpc {
        say("backend-protocol-version", "HTTP2".to_owned());
    }
    say("healthcheck-port", health.port.map_or_else(|| "traffic-port".to_owned(), |port| port.to_string()));
    say("healthcheck-protocol", "HTTP".to_owned());
    say("healthcheck-path", health.path.clone());
    say("healthcheck-interval-seconds", ingress.health.interval.as_secs().to_string());
    say("healthcheck-timeout-seconds", ingress.health.timeout.as_secs().to_string());
    say("healthy-threshold-count", ingress.health.healthy.to_string());
    say("unhealthy-threshold-count", ingress.health.unhealthy.to_string());
    say("success-codes", health.codes.to_owned());
    let algorithm = match ingress.algorithm {
        BalancingAlgorithm::LeastOutstandingRequests => "least_outstanding_requests",
        BalancingAlgorithm::RoundRobin => "round_robin",
    };
    say(
        "target-group-attributes",
        format!(
            "deregistration_delay.timeout_seconds={},load_balancing.algorithm.type={algorithm},stickiness.enabled=false",
            ingress.deregistration.as_secs()
        ),
    );
    if let Some(edge) = &spec.edge {
        // By their `Name` tags. They let in the CDN and health checks only; the rules to the pods are the controller's.
        let cluster = site.region.cluster();
        say("security-groups", format!("{},{}", cluster.balancer_security_group(), cluster.balancer_health_group()));
        say("manage-backend-security-group-rules", "true".to_owned());
        if edge.shield == Shield::Advanced {
            say("shield-advanced-protection", "true".to_owned());
        }
    }
    for prefix in DNS_PREFIXES {
        // The hosts of the rules belong to the CDN, or to DNS that chooses a region: ExternalDNS leaves them alone.
        found.insert(format!("{prefix}/ingress-hostname-source"), "annotation-only".to_owned());
        if named {
            found.insert(format!("{prefix}/hostname"), site.environment.origin_host(site.region));
        }
    }
    found
}

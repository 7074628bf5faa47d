//! How callers treat a workload's pods: which ones they choose, how long they wait, when they leave one alone.

use waard_model::spec::Strictness;
use waard_model::topology::{Route, Workload};

use super::host;
use super::limits::tokens;
use crate::Site;
use crate::custom::Custom;
use crate::custom::istio::{
    ConnectionPool, DestinationRule, HttpPool, LoadBalancer, Locality, OutlierDetection, Subset, TcpPool, TrafficPolicy,
};
use crate::labels::{labels, metadata, of_workload};
use crate::workload::over_zones;

/// The subset of the pods of the release that a route names. A subset's name can have no dot, a version can.
pub(super) const RELEASE: &str = "release";

/// Envoy's own limits for connections, waiting requests and requests to a cluster, which Istio lifts.
/// Source: Envoy API, `config.cluster.v3.CircuitBreakers.Thresholds`.
const ENVOY_LIMIT: u64 = 1024;
/// Envoy's own limit for retries at the same time: an outage isn't made worse by them.
const ENVOY_RETRIES: u64 = 3;

pub(super) fn rule(site: Site<'_>, workload: &Workload) -> Custom<DestinationRule> {
    let app = site.object(workload.name().as_str());
    let let_through: u64 = workload.exposed().iter().filter_map(tokens).sum();
    let limit = let_through.max(ENVOY_LIMIT);
    let named = |route: &Route| route.version.is_some();
    let subsets = if workload.exposed().iter().any(named) {
        vec![Subset { name: RELEASE.to_owned(), labels: labels([("version", &workload.image().version())]) }]
    } else {
        Vec::new()
    };
    Custom {
        metadata: metadata(app, Some(workload.namespace().as_str()), of_workload(site, workload)),
        spec: DestinationRule {
            host: host(site, workload),
            traffic_policy: TrafficPolicy {
                connection_pool: ConnectionPool {
                    // Time for one packet that is lost, which TCP sends again after a second (RFC 6298).
                    tcp: TcpPool { connect_timeout: "2s", max_connections: limit },
                    http: HttpPool {
                        http1_max_pending_requests: limit,
                        http2_max_requests: limit,
                        max_retries: ENVOY_RETRIES,
                    },
                },
                load_balancer: LoadBalancer {
                    simple: "LEAST_REQUEST",
                    locality_lb_setting: Locality { enabled: each_zone_has_its_share(site, workload) },
                },
                // Errors of the pod as a whole, not answers of the application. Interval and time are Istio's defaults;
                // half of the pods are always left.
                outlier_detection: OutlierDetection {
                    consecutive_gateway_errors: 5,
                    consecutive_5xx_errors: 0,
                    interval: "10s",
                    base_ejection_time: "30s",
                    max_ejection_percent: 50,
                },
            },
            subsets,
        },
    }
}

/// Callers prefer pods of their own zone, and go to others if those fail, only where each zone surely has pods: otherwise
/// one pod could get all requests of its zone while others are idle.
fn each_zone_has_its_share(site: Site<'_>, workload: &Workload) -> bool {
    let zones = u32::try_from(site.region.zones().len()).unwrap_or(u32::MAX);
    over_zones(site, workload) == Strictness::Hard && workload.scale().min() >= zones
}

//! Rate limits: a bucket of tokens for each route, in each pod of the gateway.
//!
//! Istio has no object for them; Envoy has a filter, which this puts before the router. It limits nothing by itself,
//! but where a route gives it a bucket. What finds no token is answered with 429.
//! Sources: Istio documentation, "Enabling Rate Limits using Envoy", local rate limit; istio/istio 1.31,
//! `pilot/pkg/networking/core/gateway.go` (hosts are called `<host>:<port>`) and `route/route.go` (names of routes).

use waard_model::topology::Route;
use waard_model::topology::reserved::{GATEWAY_LABEL, GATEWAY_NAMESPACE, GATEWAY_PORT};

use super::routes::{ByHost, name, span};
use crate::Site;
use crate::custom::Custom;
use crate::custom::envoy::{
    ConfigPatch, EnvoyFilter, Filter, FilterChain, Fraction, Listener, LocalRateLimit, Named, Patch, PerFilter,
    Percent, Place, RouteConfiguration, TokenBucket, Value, VirtualHost, WorkloadSelector,
};
use crate::labels::{common, labels, metadata};

const FILTER: &str = "envoy.filters.http.local_ratelimit";
const TYPE: &str = "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";
/// Metrics of the filter begin with it.
const STATISTICS: &str = "http_local_rate_limiter";

/// How many requests a route lets through at once: what its rate allows in one period, and the burst above that.
pub(super) fn tokens(route: &Route) -> Option<u64> {
    route.rate_limit.map(|rate| rate.count().saturating_add(route.rate_burst.unwrap_or(0).into()))
}

/// The filter and the buckets, if any route is limited.
pub(super) fn filter(site: Site<'_>, hosts: &ByHost<'_>) -> Option<Custom<EnvoyFilter>> {
    let routes =
        hosts.iter().flat_map(|(host, routes)| routes.iter().map(move |(workload, route)| (host, workload, route)));
    let buckets: Vec<ConfigPatch> = routes
        .filter_map(|(host, workload, route)| Some(bucket(host.as_str(), name(workload, route), limit(route)?)))
        .collect();
    if buckets.is_empty() {
        return None;
    }
    let mut config_patches = vec![before_router()];
    config_patches.extend(buckets);
    Some(Custom {
        metadata: metadata(site.object("rate-limits"), Some(GATEWAY_NAMESPACE), common(site)),
        spec: EnvoyFilter {
            workload_selector: WorkloadSelector { labels: labels([("istio", GATEWAY_LABEL)]) },
            config_patches,
        },
    })
}

fn before_router() -> ConfigPatch {
    let filter = Filter {
        name: "envoy.filters.network.http_connection_manager",
        sub_filter: Named { name: "envoy.filters.http.router" },
    };
    let nothing = LocalRateLimit {
        kind: TYPE,
        stat_prefix: STATISTICS,
        token_bucket: None,
        filter_enabled: None,
        filter_enforced: None,
    };
    ConfigPatch {
        apply_to: "HTTP_FILTER",
        place: Place {
            context: "GATEWAY",
            listener: Some(Listener { filter_chain: FilterChain { filter } }),
            route_configuration: None,
        },
        patch: Patch { operation: "INSERT_BEFORE", value: Value::Filter { name: FILTER, typed_config: nothing } },
    }
}

fn limit(route: &Route) -> Option<LocalRateLimit> {
    // Without these two the filter counts no request and refuses none.
    let always = || Some(Fraction { default_value: Percent { numerator: 100, denominator: "HUNDRED" } });
    let rate = route.rate_limit?;
    Some(LocalRateLimit {
        kind: TYPE,
        stat_prefix: STATISTICS,
        token_bucket: Some(TokenBucket {
            max_tokens: tokens(route)?,
            tokens_per_fill: rate.count(),
            fill_interval: span(rate.per()),
        }),
        filter_enabled: always(),
        filter_enforced: always(),
    })
}

fn bucket(host: &str, route: String, limit: LocalRateLimit) -> ConfigPatch {
    let vhost = VirtualHost { name: format!("{host}:{GATEWAY_PORT}"), route: Named { name: route } };
    ConfigPatch {
        apply_to: "HTTP_ROUTE",
        place: Place { context: "GATEWAY", listener: None, route_configuration: Some(RouteConfiguration { vhost }) },
        patch: Patch {
            operation: "MERGE",
            value: Value::Route { typed_per_filter_config: PerFilter { local_rate_limit: limit } },
        },
    }
}

//! Envoy's local rate limit, put into a gateway by Istio's `EnvoyFilter`, and nothing else of Envoy.
//! Sources: istio/istio 1.31, `manifests/charts/base/files/crd-all.gen.yaml`; Envoy API,
//! `extensions.filters.http.local_ratelimit.v3.LocalRateLimit`.

use serde::Serialize;

use super::kind;
use crate::labels::Labels;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnvoyFilter {
    pub(crate) workload_selector: WorkloadSelector,
    pub(crate) config_patches: Vec<ConfigPatch>,
}
// There is no newer version of this one.
kind!(EnvoyFilter, "networking.istio.io/v1alpha3", "EnvoyFilter");

#[derive(Serialize)]
pub(crate) struct WorkloadSelector {
    pub(crate) labels: Labels,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigPatch {
    pub(crate) apply_to: &'static str,
    #[serde(rename = "match")]
    pub(crate) place: Place,
    pub(crate) patch: Patch,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Place {
    pub(crate) context: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) listener: Option<Listener>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) route_configuration: Option<RouteConfiguration>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listener {
    pub(crate) filter_chain: FilterChain,
}

#[derive(Serialize)]
pub(crate) struct FilterChain {
    pub(crate) filter: Filter,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Filter {
    pub(crate) name: &'static str,
    pub(crate) sub_filter: Named<&'static str>,
}

#[derive(Serialize)]
pub(crate) struct Named<T> {
    pub(crate) name: T,
}

#[derive(Serialize)]
pub(crate) struct RouteConfiguration {
    pub(crate) vhost: VirtualHost,
}

#[derive(Serialize)]
pub(crate) struct VirtualHost {
    pub(crate) name: String,
    pub(crate) route: Named<String>,
}

#[derive(Serialize)]
pub(crate) struct Patch {
    pub(crate) operation: &'static str,
    pub(crate) value: Value,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Filter { name: &'static str, typed_config: LocalRateLimit },
    Route { typed_per_filter_config: PerFilter },
}

#[derive(Serialize)]
pub(crate) struct PerFilter {
    #[serde(rename = "envoy.filters.http.local_ratelimit")]
    pub(crate) local_rate_limit: LocalRateLimit,
}

/// Envoy's names, as its API has them. Without a bucket nothing is limited.
#[derive(Serialize)]
pub(crate) struct LocalRateLimit {
    #[serde(rename = "@type")]
    pub(crate) kind: &'static str,
    pub(crate) stat_prefix: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token_bucket: Option<TokenBucket>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) filter_enabled: Option<Fraction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) filter_enforced: Option<Fraction>,
}

#[derive(Serialize)]
pub(crate) struct TokenBucket {
    pub(crate) max_tokens: u64,
    pub(crate) tokens_per_fill: u64,
    pub(crate) fill_interval: String,
}

#[derive(Serialize)]
pub(crate) struct Fraction {
    pub(crate) default_value: Percent,
}

#[derive(Serialize)]
pub(crate) struct Percent {
    pub(crate) numerator: u32,
    pub(crate) denominator: &'static str,
}

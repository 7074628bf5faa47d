//! Istio's routing: `networking.istio.io`.
//! Source: istio/istio 1.31, `manifests/charts/base/files/crd-all.gen.yaml`.

use serde::Serialize;

use super::kind;
use crate::labels::Labels;

/// What a gateway's pods listen to.
#[derive(Serialize)]
pub(crate) struct Gateway {
    pub(crate) selector: Labels,
    pub(crate) servers: Vec<Server>,
}
kind!(Gateway, "networking.istio.io/v1", "Gateway");

#[derive(Serialize)]
pub(crate) struct Server {
    pub(crate) port: ServerPort,
    pub(crate) hosts: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct ServerPort {
    pub(crate) name: &'static str,
    pub(crate) number: u16,
    pub(crate) protocol: &'static str,
}

/// Where requests of a host go.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VirtualService {
    pub(crate) hosts: Vec<String>,
    pub(crate) gateways: Vec<String>,
    pub(crate) export_to: Vec<&'static str>,
    pub(crate) http: Vec<HttpRoute>,
}
kind!(VirtualService, "networking.istio.io/v1", "VirtualService");

#[derive(Serialize)]
pub(crate) struct HttpRoute {
    pub(crate) name: String,
    #[serde(rename = "match")]
    pub(crate) matches: Vec<HttpMatch>,
    pub(crate) route: Vec<HttpDestination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<String>,
    pub(crate) retries: Retries,
}

#[derive(Serialize)]
pub(crate) struct HttpMatch {
    pub(crate) uri: StringMatch,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StringMatch {
    Exact(String),
    Prefix(String),
    Regex(String),
}

#[derive(Serialize)]
pub(crate) struct HttpDestination {
    pub(crate) destination: Destination,
}

#[derive(Serialize)]
pub(crate) struct Destination {
    pub(crate) host: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subset: Option<String>,
    pub(crate) port: PortNumber,
}

#[derive(Serialize)]
pub(crate) struct PortNumber {
    pub(crate) number: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Retries {
    pub(crate) attempts: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_on: Option<&'static str>,
}

/// How callers treat the pods of a Service.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DestinationRule {
    pub(crate) host: String,
    pub(crate) traffic_policy: TrafficPolicy,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) subsets: Vec<Subset>,
}
kind!(DestinationRule, "networking.istio.io/v1", "DestinationRule");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrafficPolicy {
    pub(crate) connection_pool: ConnectionPool,
    pub(crate) load_balancer: LoadBalancer,
    pub(crate) outlier_detection: OutlierDetection,
}

#[derive(Serialize)]
pub(crate) struct ConnectionPool {
    pub(crate) tcp: TcpPool,
    pub(crate) http: HttpPool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TcpPool {
    pub(crate) connect_timeout: &'static str,
    pub(crate) max_connections: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HttpPool {
    pub(crate) http1_max_pending_requests: u64,
    pub(crate) http2_max_requests: u64,
    pub(crate) max_retries: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoadBalancer {
    pub(crate) simple: &'static str,
    pub(crate) locality_lb_setting: Locality,
}

#[derive(Serialize)]
pub(crate) struct Locality {
    pub(crate) enabled: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutlierDetection {
    pub(crate) consecutive_gateway_errors: u32,
    #[serde(rename = "consecutive5xxErrors")]
    pub(crate) consecutive_5xx_errors: u32,
    pub(crate) interval: &'static str,
    pub(crate) base_ejection_time: &'static str,
    pub(crate) max_ejection_percent: u32,
}

#[derive(Serialize)]
pub(crate) struct Subset {
    pub(crate) name: String,
    pub(crate) labels: Labels,
}

/// What the proxies of a namespace know of the mesh.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sidecar {
    pub(crate) outbound_traffic_policy: Outbound,
    pub(crate) egress: Vec<Egress>,
}
kind!(Sidecar, "networking.istio.io/v1", "Sidecar");

#[derive(Serialize)]
pub(crate) struct Outbound {
    pub(crate) mode: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Egress {
    pub(crate) hosts: Vec<String>,
}

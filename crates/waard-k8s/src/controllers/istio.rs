//! Istio: its CRDs, the plugin that redirects traffic on each node, the control plane, and the gateway.
//!
//! Images and versions are those of the charts: every chart of a release installs that release.

use k8s_openapi::api::core::v1::{
    Lifecycle, LifecycleHandler, PodSecurityContext, SeccompProfile, SecurityContext, SleepAction,
    TopologySpreadConstraint,
};
use serde::Serialize;
use waard_catalog::Installed;
use waard_model::topology::reserved::{
    GATEWAY_LABEL, GATEWAY_PORT, GATEWAY_SERVICE, GATEWAY_STATUS_PORT, MESH_NAMESPACE, SYSTEM_NAMESPACE,
};

use super::values::{
    CRITICAL, Enabled, Map, ON, ONE_MAY_GO, OneMayGo, Resources, container_security, pod_security, pods, seccomp,
    spread,
};
use super::written;
use crate::Site;
use crate::mesh::RETRY_ON;

/// How long the gateway finishes requests after the load balancer has forgotten it.
const FINISH_SECONDS: u64 = 30;
/// CPU of what is requested at which the gateway and the control plane grow.
const BUSY_PERCENT: u8 = 70;
/// The most CPU of a proxy beside a pod, unless it requests more: the chart's own.
const PROXY_LIMIT_MILLIS: u32 = 2000;

#[derive(Serialize)]
struct Base {
    global: BaseGlobal,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BaseGlobal {
    istio_namespace: &'static str,
}

pub(super) fn base(_: Site<'_>, _: &Installed) -> String {
    written(&Base { global: BaseGlobal { istio_namespace: MESH_NAMESPACE } })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cni {
    exclude_namespaces: [&'static str; 2],
    resources: Resources,
    seccomp_profile: SeccompProfile,
}

pub(super) fn cni(_: Site<'_>, _: &Installed) -> String {
    written(&Cni {
        exclude_namespaces: [MESH_NAMESPACE, SYSTEM_NAMESPACE],
        resources: Resources::of("istio", "istio-cni-node", "install-cni"),
        seccomp_profile: seccomp(),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Istiod {
    autoscale_enabled: bool,
    autoscale_max: u32,
    autoscale_min: u32,
    cni: Enabled,
    cpu: Busy,
    env: Map,
    global: Global,
    mesh_config: MeshConfig,
    resources: Resources,
    seccomp_profile: SeccompProfile,
    topology_spread_constraints: Vec<TopologySpreadConstraint>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Busy {
    target_average_utilization: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Global {
    log_as_json: bool,
    priority_class_name: &'static str,
    proxy: Proxy,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proxy {
    resources: ProxyResources,
    seccomp_profile: SeccompProfile,
}

#[derive(Serialize)]
struct ProxyResources {
    limits: ProxyAmounts,
    requests: ProxyAmounts,
}

#[derive(Serialize)]
struct ProxyAmounts {
    cpu: String,
    memory: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MeshConfig {
    default_config: ProxyConfig,
    default_http_retry_policy: Retries,
    enable_prometheus_merge: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProxyConfig {
    gateway_topology: GatewayTopology,
    hold_application_until_proxy_starts: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GatewayTopology {
    num_trusted_proxies: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Retries {
    attempts: u8,
    retry_on: &'static str,
}

pub(super) fn istiod(site: Site<'_>, installed: &Installed) -> String {
    let mesh = site.topology.spec().mesh.clone();
    let (cpu, memory) = mesh.map_or((0, 0), |mesh| (mesh.proxy.cpu.millicores(), mib(mesh.proxy.memory.get())));
    let memory = format!("{memory}Mi");
    let of = pods(installed, "istiod");
    written(&Istiod {
        autoscale_enabled: true,
        autoscale_max: of.map_or(1, |pods| pods.max),
        autoscale_min: of.map_or(1, |pods| pods.min),
        // The plugin sets up a pod's network. Without it, pods would need rights that the restricted level refuses.
        cni: ON,
        cpu: Busy { target_average_utilization: BUSY_PERCENT },
        // Proxies start before the pod's other containers and stop after them, and a Job ends although it has one.
        env: Map::from([("ENABLE_NATIVE_SIDECARS", "true".to_owned())]),
        global: Global {
            log_as_json: true,
            priority_class_name: CRITICAL,
            proxy: Proxy {
                resources: ProxyResources {
                    limits: ProxyAmounts { cpu: format!("{}m", cpu.max(PROXY_LIMIT_MILLIS)), memory: memory.clone() },
                    requests: ProxyAmounts { cpu: format!("{cpu}m"), memory },
                },
                seccomp_profile: seccomp(),
            },
        },
        mesh_config: MeshConfig {
            default_config: ProxyConfig {
                // The load balancer, and the CDN before it: the client's address and scheme are those that they say.
                gateway_topology: GatewayTopology {
                    num_trusted_proxies: if site.topology.spec().edge.is_some() { 2 } else { 1 },
                },
                hold_application_until_proxy_starts: true,
            },
            // As often as by itself, but only what no pod has seen: where calls lead to calls, anything else that is
            // tried again multiplies an outage.
            default_http_retry_policy: Retries { attempts: 2, retry_on: RETRY_ON },
            // One port has the metrics of proxy and application, so one rule lets them be asked.
            enable_prometheus_merge: true,
        },
        resources: Resources::of("istio", "istiod", "discovery"),
        seccomp_profile: seccomp(),
        topology_spread_constraints: spread([("app", "istiod"), ("istio", "pilot")]),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Gateway {
    autoscaling: Autoscaling,
    container_security_context: SecurityContext,
    labels: GatewayLabels,
    lifecycle: Lifecycle,
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pod_disruption_budget: Option<OneMayGo>,
    priority_class_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replica_count: Option<u32>,
    resources: GatewayResources,
    security_context: PodSecurityContext,
    service: Service,
    strategy: Strategy,
    termination_grace_period_seconds: u64,
    topology_spread_constraints: Vec<TopologySpreadConstraint>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Autoscaling {
    enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_replicas: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_replicas: Option<u32>,
    #[serde(rename = "targetCPUUtilizationPercentage", skip_serializing_if = "Option::is_none")]
    target: Option<u8>,
}

#[derive(Serialize)]
struct GatewayLabels {
    app: &'static str,
    istio: &'static str,
}

#[derive(Serialize)]
struct GatewayResources {
    limits: GatewayLimits,
    requests: ProxyAmounts,
}

#[derive(Serialize)]
struct GatewayLimits {
    /// Nothing, where the chart says two cores: a gateway that requests more would be refused.
    cpu: (),
    memory: String,
}

#[derive(Serialize)]
struct Service {
    ports: [Port; 2],
    #[serde(rename = "type")]
    kind: &'static str,
}

#[expect(clippy::struct_field_names, reason = "values are called what the chart calls them")]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Port {
    name: &'static str,
    port: u16,
    protocol: &'static str,
    target_port: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Strategy {
    rolling_update: RollingUpdate,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RollingUpdate {
    max_surge: u8,
    max_unavailable: u8,
}

pub(super) fn gateway(site: Site<'_>, installed: &Installed) -> String {
    let of = pods(installed, "istio-ingressgateway");
    let (min, max) = of.map_or((1, 1), |pods| (pods.min, pods.max));
    let (cpu, memory) = of.map_or((0, 0), |pods| (pods.cpu_millis, pods.memory_mib));
    let scales = min < max;
    let drain = site.topology.spec().ingress.deregistration.as_secs();
    let memory = format!("{memory}Mi");
    let port = |name, number| Port { name, port: number, protocol: "TCP", target_port: number };
    let sleep = SleepAction { seconds: i64::try_from(drain).unwrap_or(i64::MAX) };
    written(&Gateway {
        autoscaling: Autoscaling {
            enabled: scales,
            max_replicas: scales.then_some(max),
            min_replicas: scales.then_some(min),
            target: scales.then_some(BUSY_PERCENT),
        },
        container_security_context: container_security(),
        labels: GatewayLabels { app: GATEWAY_SERVICE, istio: GATEWAY_LABEL },
        // The load balancer still sends requests while it forgets a pod.
        lifecycle: Lifecycle {
            pre_stop: Some(LifecycleHandler { sleep: Some(sleep), ..LifecycleHandler::default() }),
            ..Lifecycle::default()
        },
        name: GATEWAY_SERVICE,
        pod_disruption_budget: (max > 1).then_some(ONE_MAY_GO),
        priority_class_name: CRITICAL,
        replica_count: (!scales).then_some(min),
        resources: GatewayResources {
            limits: GatewayLimits { cpu: (), memory: memory.clone() },
            requests: ProxyAmounts { cpu: format!("{cpu}m"), memory },
        },
        security_context: pod_security(),
        // The load balancer reaches the pods themselves, on ports above 1023: no port of a node, and no right to open
        // low ones. The numbers of Service and container are the same, as network policies need it.
        service: Service {
            kind: "ClusterIP",
            ports: [port("http", GATEWAY_PORT), port("status-port", GATEWAY_STATUS_PORT)],
        },
        strategy: Strategy {
            kind: "RollingUpdate",
            rolling_update: RollingUpdate { max_surge: 1, max_unavailable: 0 },
        },
        termination_grace_period_seconds: drain + FINISH_SECONDS,
        topology_spread_constraints: spread([("app", GATEWAY_SERVICE), ("istio", GATEWAY_LABEL)]),
    })
}

fn mib(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

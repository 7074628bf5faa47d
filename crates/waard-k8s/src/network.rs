//! Network policy of a workload: what follows from who calls whom, and from what it uses.
//!
//! Every namespace denies everything, in and out; each rule here is one exception, and each comes from one line
//! of the topology. Ports are numbers of containers: the VPC CNI enforces policies on the pods' side of a Service,
//! whose ports are therefore the same numbers.
//! Source: Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies".

pub(crate) mod kafka;

use std::collections::BTreeSet;

use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use waard_model::spec::EntryPath;
use waard_model::topology::reserved::{GATEWAY_LABEL, GATEWAY_NAMESPACE, MESH_NAMESPACE};
use waard_model::topology::{Store, StoreKind, Workload};

use crate::kafka::Streams;
use crate::labels::{Wave, in_wave, metadata, of_workload, selects, selects_app};
use crate::{Site, ingress};

/// The label that Kubernetes itself puts on every namespace.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";
/// Where the EKS Pod Identity agent answers on every node. Source: Amazon EKS User Guide, "EKS Pod Identity restrictions".
pub(crate) const POD_IDENTITY: &str = "169.254.170.23/32";
/// Istio's port for proxies: configuration and certificates, with mutual TLS.
pub(crate) const MESH_CONTROL_PORT: u16 = 15_012;
/// Istio's port with the metrics of proxy and application in one.
pub(crate) const MESH_METRICS_PORT: u16 = 15_020;
const POSTGRESQL_PORT: u16 = 5432;
const CACHE_PORT: u16 = 6379;

/// What is not the internet: private, shared, link-local and loopback ranges (RFC 1918, 6598, 3927, 1122).
pub(crate) const NOT_INTERNET: [&str; 6] =
    ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];

pub(crate) fn port(number: u16, protocol: &str) -> NetworkPolicyPort {
    NetworkPolicyPort {
        port: Some(IntOrString::Int(number.into())),
        protocol: Some(protocol.to_owned()),
        ..NetworkPolicyPort::default()
    }
}

pub(crate) fn tcp(ports: impl IntoIterator<Item = u16>) -> Vec<NetworkPolicyPort> {
    let ports: BTreeSet<u16> = ports.into_iter().collect();
    ports.into_iter().map(|number| port(number, "TCP")).collect()
}

pub(crate) fn pods(namespace: &str, selector: LabelSelector) -> NetworkPolicyPeer {
    NetworkPolicyPeer {
        namespace_selector: Some(selects([(NAMESPACE_NAME, namespace)])),
        pod_selector: Some(selector),
        ..NetworkPolicyPeer::default()
    }
}

pub(crate) fn range(cidr: &str, except: &[&str]) -> NetworkPolicyPeer {
    let except = (!except.is_empty()).then(|| except.iter().map(|range| (*range).to_owned()).collect());
    NetworkPolicyPeer { ip_block: Some(IPBlock { cidr: cidr.to_owned(), except }), ..NetworkPolicyPeer::default() }
}

pub(crate) fn to(peers: Vec<NetworkPolicyPeer>, ports: Vec<NetworkPolicyPort>) -> NetworkPolicyEgressRule {
    NetworkPolicyEgressRule { to: Some(peers), ports: Some(ports) }
}

pub(crate) fn from(peers: Vec<NetworkPolicyPeer>, ports: Vec<NetworkPolicyPort>) -> NetworkPolicyIngressRule {
    NetworkPolicyIngressRule { from: Some(peers), ports: Some(ports) }
}

/// To the cluster's own DNS, and no other.
pub(crate) fn dns() -> NetworkPolicyEgressRule {
    to(vec![pods("kube-system", selects([("k8s-app", "kube-dns")]))], vec![port(53, "UDP"), port(53, "TCP")])
}

/// From every proxy to the mesh's control plane.
pub(crate) fn mesh_control_plane() -> NetworkPolicyEgressRule {
    to(vec![pods(MESH_NAMESPACE, selects([("app", "istiod")]))], tcp([MESH_CONTROL_PORT]))
}

/// The policy of a workload's pods.
pub(crate) fn workload_policy(site: Site<'_>, workload: &Workload) -> NetworkPolicy {
    let app = site.object(workload.name().as_str());
    let (ingress, egress) = (coming(site, workload, &app), leaving(site, workload, &app));
    policy(site, workload, app, ingress, egress)
}

/// The policy of a migration's pod: the stores of the workload, and nobody comes in. Nor does it reach AWS, where it has
/// no identity.
pub(crate) fn migration_policy(site: Site<'_>, workload: &Workload, app: String) -> NetworkPolicy {
    policy(site, workload, app, Vec::new(), uses(site, workload))
}

fn policy(
    site: Site<'_>,
    workload: &Workload,
    app: String,
    ingress: Vec<NetworkPolicyIngressRule>,
    egress: Vec<NetworkPolicyEgressRule>,
) -> NetworkPolicy {
    NetworkPolicy {
        metadata: in_wave(
            Wave::Access,
            metadata(app.clone(), Some(workload.namespace().as_str()), of_workload(site, workload)),
        ),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(selects_app(app)),
            policy_types: Some(vec!["Ingress".to_owned(), "Egress".to_owned()]),
            ingress: (!ingress.is_empty()).then_some(ingress),
            egress: (!egress.is_empty()).then_some(egress),
        }),
    }
}

fn serving_ports(workload: &Workload) -> impl Iterator<Item = u16> {
    workload.serving_ports().map(|(_, port)| port)
}

fn coming(site: Site<'_>, workload: &Workload, app: &str) -> Vec<NetworkPolicyIngressRule> {
    let mut rules = Vec::new();
    let serving: Vec<u16> = serving_ports(workload).collect();
    if !serving.is_empty() {
        // Pods of one workload may talk among themselves.
        let mut peers =
            vec![NetworkPolicyPeer { pod_selector: Some(selects_app(app.to_owned())), ..NetworkPolicyPeer::default() }];
        let callers = site.region.callers(workload.name());
        peers.extend(
            callers.map(|caller| pods(caller.namespace().as_str(), selects_app(site.object(caller.name().as_str())))),
        );
        rules.push(from(peers, tcp(serving)));
    }
    if !workload.exposed().is_empty() {
        let (peers, ports) = match site.topology.entry() {
            EntryPath::Direct => (balancer(site), ingress::balanced_ports(workload)),
            EntryPath::Mesh => {
                (vec![pods(GATEWAY_NAMESPACE, selects([("istio", GATEWAY_LABEL)]))], ingress::routed_ports(workload))
            }
        };
        rules.push(from(peers, tcp(ports)));
    }
    // With a mesh, the proxy serves the application's metrics beside its own.
    let metrics = workload.spec().metrics.as_ref().and_then(|metrics| workload.ports().get(&metrics.port)).copied();
    let scraped = if site.has_mesh() { Some(MESH_METRICS_PORT) } else { metrics };
    if let Some(port) = scraped {
        rules.push(from(vec![collector(site)], tcp([port])));
    }
    rules
}

/// The load balancer. Its addresses are those of its subnets: it is no pod, and has no namespace.
pub(crate) fn balancer(site: Site<'_>) -> Vec<NetworkPolicyPeer> {
    site.region.network().balancer_ranges().iter().map(|cidr| range(&cidr.to_string(), &[])).collect()
}

/// What collects metrics.
pub(crate) fn collector(site: Site<'_>) -> NetworkPolicyPeer {
    let namespace = site.topology.spec().observability.metrics.namespace.as_str();
    pods(namespace, selects([("app.kubernetes.io/name", "prometheus")]))
}

fn leaving(site: Site<'_>, workload: &Workload, app: &str) -> Vec<NetworkPolicyEgressRule> {
    let mut rules = Vec::new();
    if serving_ports(workload).next().is_some() {
        let own = NetworkPolicyPeer { pod_selector: Some(selects_app(app.to_owned())), ..NetworkPolicyPeer::default() };
        rules.push(to(vec![own], tcp(serving_ports(workload))));
    }
    for callee in workload.calls().iter().filter_map(|name| site.region.workloads().get(name)) {
        let peer = pods(callee.namespace().as_str(), selects_app(site.object(callee.name().as_str())));
        rules.push(to(vec![peer], tcp(serving_ports(callee))));
    }
    rules.extend(Streams::used_by(site, workload).map(kafka::to_brokers));
    rules.extend(uses(site, workload));
    rules.extend(aws_of(site, workload));
    if !workload.spec().internet.is_empty() {
        rules.push(to(vec![range("0.0.0.0/0", &NOT_INTERNET)], tcp(workload.spec().internet.iter().copied())));
    }
    rules
}

/// To AWS, with an identity of its own.
pub(crate) fn aws(site: Site<'_>) -> [NetworkPolicyEgressRule; 2] {
    // AWS answers on public addresses (S3 through its gateway endpoint) and, where there are interface endpoints, inside of the VPC.
    let vpc = range(&site.region.network().cidr().to_string(), &[]);
    [to(vec![range(POD_IDENTITY, &[])], tcp([80])), to(vec![range("0.0.0.0/0", &NOT_INTERNET), vpc], tcp([443]))]
}

/// To the databases and caches that a workload uses.
fn uses(site: Site<'_>, workload: &Workload) -> Vec<NetworkPolicyEgressRule> {
    let stores: Vec<&Store> =
        workload.uses().iter().filter_map(|name| site.region.stores().get(name)).map(|store| &**store).collect();
    let databases =
        || site.region.network().database_ranges().iter().map(|cidr| range(&cidr.to_string(), &[])).collect::<Vec<_>>();
    let mut rules = Vec::new();
    for store in &stores {
        match store.kind() {
            StoreKind::Database(_) => rules.push(to(databases(), tcp([POSTGRESQL_PORT]))),
            StoreKind::Cache(_) => rules.push(to(databases(), tcp([CACHE_PORT]))),
            // Kafka is asked by the workload itself, not by its migration.
            StoreKind::Kafka(_) | StoreKind::Bucket(_) => {}
        }
    }
    rules.dedup();
    rules
}

/// To AWS, where a workload has permissions there.
fn aws_of(site: Site<'_>, workload: &Workload) -> Vec<NetworkPolicyEgressRule> {
    let mut stores = workload.uses().iter().filter_map(|name| site.region.stores().get(name));
    let buckets = stores.any(|store| matches!(store.kind(), StoreKind::Bucket(_)));
    if buckets || !workload.spec().permissions.is_empty() { aws(site).into() } else { Vec::new() }
}

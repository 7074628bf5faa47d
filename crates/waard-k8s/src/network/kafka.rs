//! Network policies of Kafka clusters: who reaches brokers, and what their own parts say among themselves.

use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicySpec,
};
use waard_model::topology::SERVICE_CIDR;
use waard_model::topology::reserved::STRIMZI_NAMESPACE;

use super::{from, pods, range, tcp, to};
use crate::Site;
use crate::kafka::{BROKER, CLUSTER, PART, Streams, mirror_name};
use crate::labels::{Labels, Wave, in_wave, selects, selects_app};

/// Ports of Strimzi's own: from Strimzi, `KafkaCluster`, `KafkaConnectCluster`, `MetricsModel` and the operators of
/// topics and users.
const AGENT: u16 = 8443;
const CONTROL_PLANE: u16 = 9090;
const REPLICATION: u16 = 9091;
const METRICS: u16 = 9404;
const CONNECT: u16 = 8083;
const OPERATORS: [u16; 2] = [8080, 8081];

/// The policies of a Kafka cluster and of the mirror that runs beside it.
pub(crate) fn policies(streams: Streams<'_>) -> Vec<NetworkPolicy> {
    let mut all = vec![brokers(streams), nodes(streams), entity_operator(streams), exporter(streams)];
    all.extend(mirror(streams));
    all
}

fn policy(
    streams: Streams<'_>,
    part: &str,
    selects: Labels,
    ingress: Vec<NetworkPolicyIngressRule>,
    egress: Vec<NetworkPolicyEgressRule>,
) -> NetworkPolicy {
    NetworkPolicy {
        metadata: in_wave(Wave::Access, streams.metadata(streams.object(part))),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(selector(selects)),
            policy_types: Some(vec!["Ingress".to_owned(), "Egress".to_owned()]),
            ingress: (!ingress.is_empty()).then_some(ingress),
            egress: (!egress.is_empty()).then_some(egress),
        }),
    }
}

fn selector(labels: Labels) -> k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector {
    k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector {
        match_labels: Some(labels),
        match_expressions: None,
    }
}

/// Pods of a part of the cluster.
fn part(cluster: &str, part: &str) -> Labels {
    crate::labels::labels([(CLUSTER, cluster), (PART, part)])
}

/// Pods of a part of the cluster, in the same namespace.
fn own(cluster: &str, name: &str) -> NetworkPolicyPeer {
    NetworkPolicyPeer { pod_selector: Some(selector(part(cluster, name))), ..NetworkPolicyPeer::default() }
}

fn nodes_of(streams: Streams<'_>) -> NetworkPolicyPeer {
    own(&streams.name(), &streams.nodes())
}

fn operator() -> NetworkPolicyPeer {
    pods(STRIMZI_NAMESPACE, selects([("strimzi.io/kind", "cluster-operator")]))
}

fn prometheus(site: Site<'_>) -> NetworkPolicyPeer {
    let namespace = site.topology.spec().observability.metrics.namespace.as_str();
    pods(namespace, selects([("app.kubernetes.io/name", "prometheus")]))
}

/// To the Kubernetes API: by the address of its Service, the first one of all Services, and by those that EKS has in the VPC.
/// The VPC CNI judges an address before the Service's is replaced.
/// Source: Amazon EKS User Guide, "Subnet requirements and considerations"; Kubernetes, `kube-apiserver`, `--service-cluster-ip-range`.
fn kubernetes(site: Site<'_>) -> NetworkPolicyEgressRule {
    let head = SERVICE_CIDR.split_once("0/").map_or(SERVICE_CIDR, |(head, _)| head);
    let vpc = range(&site.region.network().cidr().to_string(), &[]);
    to(vec![range(&format!("{head}1/32"), &[]), vpc], tcp([443]))
}

/// Who reaches brokers: the workloads that use the cluster, and who copies it.
fn brokers(streams: Streams<'_>) -> NetworkPolicy {
    let site = streams.site;
    let mut rules = Vec::new();
    let mut clients: Vec<NetworkPolicyPeer> = streams
        .users()
        .map(|workload| pods(workload.namespace().as_str(), selects_app(site.object(workload.name().as_str()))))
        .collect();
    clients.extend(mirror_name(streams).map(|name| own(&name, &format!("{name}-mirrormaker2"))));
    if !clients.is_empty() {
        rules.push(from(clients, tcp([streams.client_port()])));
    }
    if let Some(port) = streams.mirror_port() {
        // A network load balancer asks whether a broker is there, and hands on what it gets, from its own addresses, which
        // are those of the private subnets. Whom it takes something from, its listener says.
        let subnets = site.region.network().private_ranges();
        rules.push(from(subnets.iter().map(|cidr| range(&cidr.to_string(), &[])).collect(), tcp([port])));
    }
    let mut selects = part(&streams.name(), &streams.nodes());
    selects.insert(BROKER.to_owned(), "true".to_owned());
    policy(streams, ".brokers", selects, rules, Vec::new())
}

/// Brokers and controllers among themselves, and what watches over them. They read their certificates from Kubernetes.
fn nodes(streams: Streams<'_>) -> NetworkPolicy {
    let cluster = streams.name();
    let helper = |part: &str| own(&cluster, &streams.object(part));
    let ingress = vec![
        from(vec![nodes_of(streams)], tcp([CONTROL_PLANE, REPLICATION])),
        from(vec![operator()], tcp([AGENT, CONTROL_PLANE, REPLICATION])),
        from(vec![helper("-entity-operator"), helper("-kafka-exporter")], tcp([REPLICATION])),
        from(vec![prometheus(streams.site)], tcp([METRICS])),
    ];
    let egress = vec![to(vec![nodes_of(streams)], tcp([CONTROL_PLANE, REPLICATION])), kubernetes(streams.site)];
    policy(streams, ".nodes", part(&cluster, &streams.nodes()), ingress, egress)
}

/// The operators of topics and users.
fn entity_operator(streams: Streams<'_>) -> NetworkPolicy {
    let name = streams.object("-entity-operator");
    policy(
        streams,
        ".entity-operator",
        part(&streams.name(), &name),
        vec![from(vec![prometheus(streams.site)], tcp(OPERATORS))],
        vec![to(vec![nodes_of(streams)], tcp([REPLICATION])), kubernetes(streams.site)],
    )
}

fn exporter(streams: Streams<'_>) -> NetworkPolicy {
    let name = streams.object("-kafka-exporter");
    policy(
        streams,
        ".exporter",
        part(&streams.name(), &name),
        vec![from(vec![prometheus(streams.site)], tcp([METRICS]))],
        vec![to(vec![nodes_of(streams)], tcp([REPLICATION]))],
    )
}

/// The mirror: to the brokers of both regions.
fn mirror(streams: Streams<'_>) -> Option<NetworkPolicy> {
    let name = mirror_name(streams)?;
    let mirror = streams.mirror()?;
    let pods = format!("{name}-mirrormaker2");
    let itself = || own(&name, &pods);
    let primary = range(&mirror.primary.network().cidr().to_string(), &[]);
    Some(policy(
        streams,
        ".mirror",
        part(&name, &pods),
        vec![from(vec![itself(), operator()], tcp([CONNECT])), from(vec![prometheus(streams.site)], tcp([METRICS]))],
        vec![
            to(vec![itself()], tcp([CONNECT])),
            to(vec![brokers_of(streams)], tcp([streams.client_port()])),
            to(vec![primary], tcp([streams.kafka.mirror_port()])),
            kubernetes(streams.site),
        ],
    ))
}

fn brokers_of(streams: Streams<'_>) -> NetworkPolicyPeer {
    let mut labels = part(&streams.name(), &streams.nodes());
    labels.insert(BROKER.to_owned(), "true".to_owned());
    NetworkPolicyPeer { pod_selector: Some(selector(labels)), ..NetworkPolicyPeer::default() }
}

/// From a workload to the listener that it uses.
pub(super) fn to_brokers(streams: Streams<'_>) -> NetworkPolicyEgressRule {
    let brokers = selects([(CLUSTER, &streams.name()), (BROKER, "true")]);
    to(vec![pods(streams.namespace, brokers)], tcp([streams.client_port()]))
}

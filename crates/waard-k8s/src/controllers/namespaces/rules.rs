//! What each controller has to reach, and what reaches it. Labels and ports are those of the charts' pods.

use k8s_openapi::api::networking::v1::{
    NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use waard_model::topology::SERVICE_CIDR;
use waard_model::topology::reserved::{GATEWAY_LABEL, GATEWAY_NAMESPACE};

use crate::Site;
use crate::labels::{Labels, labels, selects};
use crate::network::{MESH_CONTROL_PORT, NOT_INTERNET, aws, from, pods, port, range, tcp, to};

/// A policy: for which pods, who comes in and where they go.
pub(super) struct Rules {
    pub(super) name: &'static str,
    /// The labels of the pods; none for every pod of the namespace.
    pub(super) pods: Labels,
    pub(super) ingress: Vec<NetworkPolicyIngressRule>,
    pub(super) egress: Vec<NetworkPolicyEgressRule>,
}

const NAME: &str = "app.kubernetes.io/name";
const INSTANCE: &str = "app.kubernetes.io/instance";
const PROMETHEUS: (&str, &str) = (NAME, "prometheus");
const ALERTMANAGER: (&str, &str) = (NAME, "alertmanager");
/// Ports of Kafka that only Strimzi's operator uses: Kafka Connect's own, its agent in each broker's pod, controllers,
/// and replication. Source: Strimzi 1.2.0, `KafkaCluster`, `KafkaAgentClient`, `KafkaConnectCluster`.
const KAFKA_OPERATION: [u16; 4] = [8083, 8443, 9090, 9091];
const KUBELET: u16 = 10_250;
const ALERTMANAGER_PORT: u16 = 9093;
const ALERTMANAGER_PEERS: u16 = 9094;
const PROMETHEUS_PORT: u16 = 9090;
/// Of the operator, of kube-state-metrics, and of what reloads configuration.
const METRICS: u16 = 8080;

/// The policies that a chart's pods need.
pub(super) fn of(site: Site<'_>, chart: &str) -> Vec<Rules> {
    match chart {
        "argo-cd" => argo_cd(site),
        "external-dns" => vec![external_dns(site)],
        "external-secrets" => external_secrets(site),
        "istiod" => vec![istiod(site)],
        "kube-prometheus-stack" => monitoring(site),
        "prometheus-yet-another-cloudwatch-exporter" => vec![cloudwatch_exporter(site)],
        "strimzi-kafka-operator" => vec![strimzi(site)],
        // What stands in `kube-system`, what has no pods, and the mesh's gateway, whose policy stands beside its routes.
        _ => Vec::new(),
    }
}

/// To the Kubernetes API: its Service's address, and the control plane's interfaces in the subnets of the cluster.
fn api(site: Site<'_>) -> NetworkPolicyEgressRule {
    let mut peers = vec![range(SERVICE_CIDR, &[])];
    peers.extend(control_plane(site));
    to(peers, tcp([443]))
}

/// The control plane's interfaces: they have addresses of the private subnets.
fn control_plane(site: Site<'_>) -> Vec<NetworkPolicyPeer> {
    let network = site.region.network();
    if network.private().is_empty() {
        return vec![range(&network.cidr().to_string(), &[])];
    }
    network.private().iter().map(|(_, cidr)| range(&cidr.to_string(), &[])).collect()
}

fn monitoring_namespace(site: Site<'_>) -> &str {
    site.topology.spec().observability.metrics.namespace.as_str()
}

/// From Prometheus, which asks for metrics.
fn scraped(site: Site<'_>, ports: impl IntoIterator<Item = u16>) -> NetworkPolicyIngressRule {
    from(vec![pods(monitoring_namespace(site), selects([PROMETHEUS]))], tcp(ports))
}

/// Pods of the same namespace.
fn beside(selector: LabelSelector) -> NetworkPolicyPeer {
    NetworkPolicyPeer { pod_selector: Some(selector), ..NetworkPolicyPeer::default() }
}

fn internet(ports: impl IntoIterator<Item = u16>) -> NetworkPolicyEgressRule {
    to(vec![range("0.0.0.0/0", &NOT_INTERNET)], tcp(ports))
}

/// The parts of Argo CD talk to each other and to the API; only what reads repositories goes out, by HTTPS or SSH.
fn argo_cd(site: Site<'_>) -> Vec<Rules> {
    let all = LabelSelector::default();
    vec![
        Rules {
            name: "argocd",
            pods: Labels::new(),
            ingress: vec![
                NetworkPolicyIngressRule { from: Some(vec![beside(all.clone())]), ports: None },
                scraped(site, [8080, 8082, 8083, 8084]),
            ],
            egress: vec![NetworkPolicyEgressRule { to: Some(vec![beside(all)]), ports: None }, api(site)],
        },
        Rules {
            name: "argocd-repositories",
            pods: labels([(NAME, "argocd-repo-server")]),
            ingress: Vec::new(),
            egress: vec![internet([22, 443])],
        },
    ]
}

fn external_dns(site: Site<'_>) -> Rules {
    Rules {
        name: "external-dns",
        pods: labels([(NAME, "external-dns")]),
        ingress: vec![scraped(site, [7979])],
        egress: [api(site)].into_iter().chain(aws(site)).collect(),
    }
}

/// Only the operator itself reads from AWS; the webhook is asked by the API server.
fn external_secrets(site: Site<'_>) -> Vec<Rules> {
    vec![
        Rules {
            name: "external-secrets",
            pods: labels([(INSTANCE, "external-secrets")]),
            ingress: vec![scraped(site, [8080])],
            egress: vec![api(site)],
        },
        Rules {
            name: "external-secrets-aws",
            pods: labels([(NAME, "external-secrets")]),
            ingress: Vec::new(),
            egress: aws(site).into(),
        },
        Rules {
            name: "external-secrets-webhook",
            pods: labels([(NAME, "external-secrets-webhook")]),
            ingress: vec![from(control_plane(site), tcp([10_250]))],
            egress: Vec::new(),
        },
    ]
}

/// From every proxy, and from the API server, which asks its webhooks.
/// Source: Istio documentation, "Application Requirements", ports of Istio.
fn istiod(site: Site<'_>) -> Rules {
    let everyone = |namespace: &str| pods(namespace, LabelSelector::default());
    let namespaces = site.namespaces().into_iter().filter(|namespace| site.has_workloads(namespace));
    let mut proxies: Vec<NetworkPolicyPeer> = namespaces.map(everyone).collect();
    if site.has_gateway() {
        proxies.push(pods(GATEWAY_NAMESPACE, selects([("istio", GATEWAY_LABEL)])));
    }
    Rules {
        name: "istiod",
        pods: labels([("app", "istiod")]),
        ingress: vec![
            from(proxies, tcp([MESH_CONTROL_PORT])),
            from(control_plane(site), tcp([15_017])),
            scraped(site, [15_014]),
        ],
        egress: vec![api(site)],
    }
}

/// To the API, and to the Kafka clusters that it runs.
fn strimzi(site: Site<'_>) -> Rules {
    let mut namespaces: Vec<&str> = site.region.stores().values().filter_map(|store| store.kafka_namespace()).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    let kafka = namespaces
        .into_iter()
        .map(|namespace| pods(namespace, selects([("app.kubernetes.io/managed-by", "strimzi-cluster-operator")])));
    Rules {
        name: "strimzi-cluster-operator",
        pods: labels([("strimzi.io/kind", "cluster-operator")]),
        ingress: vec![scraped(site, [8080])],
        egress: vec![api(site), to(kafka.collect(), tcp(KAFKA_OPERATION))],
    }
}

fn cloudwatch_exporter(site: Site<'_>) -> Rules {
    Rules {
        name: "cloudwatch-exporter",
        pods: labels([(INSTANCE, "cloudwatch-exporter")]),
        ingress: vec![scraped(site, [5000])],
        egress: aws(site).into(),
    }
}

fn monitoring(site: Site<'_>) -> Vec<Rules> {
    let prometheus = || vec![beside(selects([PROMETHEUS]))];
    let peers = || vec![beside(selects([ALERTMANAGER]))];
    let gossip =
        || -> Vec<NetworkPolicyPort> { vec![port(ALERTMANAGER_PEERS, "TCP"), port(ALERTMANAGER_PEERS, "UDP")] };
    let everywhere = NetworkPolicyPeer {
        namespace_selector: Some(LabelSelector::default()),
        pod_selector: Some(LabelSelector::default()),
        ..NetworkPolicyPeer::default()
    };
    let nodes = range(&site.region.network().cidr().to_string(), &[]);
    let asked = |name, label| Rules {
        name,
        pods: labels([label]),
        ingress: vec![from(prometheus(), tcp([METRICS]))],
        egress: vec![api(site)],
    };
    vec![
        Rules {
            name: "alertmanager",
            pods: labels([ALERTMANAGER]),
            ingress: vec![from(prometheus(), tcp([METRICS, ALERTMANAGER_PORT])), from(peers(), gossip())],
            egress: [to(peers(), gossip())].into_iter().chain(aws(site)).collect(),
        },
        asked("kube-state-metrics", (NAME, "kube-state-metrics")),
        Rules {
            name: "prometheus",
            pods: labels([PROMETHEUS]),
            // Both ask each other for their own metrics.
            ingress: vec![from(prometheus(), tcp([METRICS, PROMETHEUS_PORT]))],
            // It asks pods everywhere, on whatever port their monitor names: the policies of those pods let it in.
            egress: vec![
                NetworkPolicyEgressRule { to: Some(vec![everywhere]), ports: None },
                to(vec![nodes], tcp([KUBELET])),
                api(site),
            ],
        },
        asked("prometheus-operator", ("app", "kube-prometheus-stack-operator")),
    ]
}

//! Who reaches whom: for every pair of what runs in a cluster and what it talks to, the emitted NetworkPolicies allow a
//! connection exactly where the topology says so. Evaluated by an evaluator that knows only the policies.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::similar_names,
    clippy::too_many_lines,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::reach::{End, allowed_by};
use support::{Document, documents, fixture};
use waard_model::Topology;
use waard_model::spec::{EntryPath, KafkaSpec};
use waard_model::strategy;
use waard_model::topology::{Region, Store, StoreKind, Workload};

/// Something that may open connections or take them, with its name for messages.
struct Actor {
    name: String,
    namespace: Option<String>,
    labels: Value,
    address: String,
}

impl Actor {
    fn pods(name: &str, namespace: &str, labels: Value) -> Self {
        Self { name: name.to_owned(), namespace: Some(namespace.to_owned()), labels, address: String::new() }
    }

    fn at(name: &str, address: String) -> Self {
        Self { name: name.to_owned(), namespace: None, labels: Value::Null, address }
    }

    fn end(&self) -> End<'_> {
        match &self.namespace {
            Some(namespace) => End::Pod { namespace, labels: &self.labels },
            None => End::Address(&self.address),
        }
    }
}

/// An address inside of a range, away from its ends.
fn inside(range: &str) -> String {
    let (net, _) = range.split_once('/').unwrap();
    let number = u32::from(net.parse::<std::net::Ipv4Addr>().unwrap()) + 9;
    std::net::Ipv4Addr::from(number).to_string()
}

fn brokers(topology: &Topology, store: &Store) -> Actor {
    let cluster = format!("{}-{}", topology.platform(), store.name());
    let labels = json!({
        "strimzi.io/cluster": cluster, "strimzi.io/kind": "Kafka", "strimzi.io/name": format!("{cluster}-kafka"),
        "strimzi.io/broker-role": "true", "strimzi.io/controller-role": "false",
        "app.kubernetes.io/name": "kafka",
        "app.kubernetes.io/managed-by": "strimzi-cluster-operator",
    });
    Actor::pods(&format!("the brokers of {}", store.name()), store.kafka_namespace().unwrap(), labels)
}

fn kafka(store: &Store) -> &KafkaSpec {
    match store.kind() {
        StoreKind::Kafka(kafka) => kafka,
        _ => panic!("{} is no Kafka cluster", store.name()),
    }
}

/// A connection and whether the topology allows it.
struct Case<'c> {
    from: &'c Actor,
    to: &'c Actor,
    port: u64,
    protocol: &'static str,
    said: bool,
}

/// Checks every pair of a region, and says how many there were.
fn judge(topology: &Topology, region: &Region, policies: &[&Document]) -> usize {
    let platform = topology.platform();
    let monitoring = topology.spec().observability.metrics.namespace.as_str();
    let mesh = topology.spec().mesh.is_some();
    let through_mesh = topology.entry() == EntryPath::Mesh;
    let network = region.network();
    let exposed: Vec<&Workload> =
        region.workloads().values().map(|w| &**w).filter(|workload| !workload.exposed().is_empty()).collect();

    let own =
        |name: &str, namespace: &str| Actor::pods(name, namespace, json!({ "app": format!("{platform}-{name}") }));
    let workloads: Vec<(&Workload, Actor)> = region
        .workloads()
        .values()
        .map(|workload| (&**workload, own(workload.name().as_str(), workload.namespace().as_str())))
        .collect();
    let migrations: Vec<(&Workload, Actor)> = workloads
        .iter()
        .filter(|(workload, _)| workload.migration().is_some() && region.writes_data_of(workload))
        .map(|(workload, _)| (*workload, own(&format!("{}-migrate", workload.name()), workload.namespace().as_str())))
        .collect();
    let clusters: Vec<(&Store, Actor)> = region
        .stores()
        .values()
        .filter(|store| matches!(store.kind(), StoreKind::Kafka(_)))
        .map(|store| (&**store, brokers(topology, store)))
        .collect();
    let balancer = Actor::at("the load balancer", inside(&network.balancer_ranges()[0].to_string()));
    let gateway = Actor::pods(
        "the gateway",
        "istio-ingress",
        json!({ "istio": "ingressgateway", "app": "istio-ingressgateway" }),
    );
    let prometheus = Actor::pods("Prometheus", monitoring, json!({ "app.kubernetes.io/name": "prometheus" }));
    let stranger = Actor::pods("a stranger", "elsewhere", json!({ "app": "stranger" }));
    let outside = Actor::at("the internet", "52.216.0.1".to_owned());
    let database = Actor::at("the databases", inside(&network.database_ranges()[0].to_string()));
    let dns = Actor::pods("DNS", "kube-system", json!({ "k8s-app": "kube-dns" }));
    let other_dns = Actor::at("another DNS", "8.8.8.8".to_owned());
    let istiod = Actor::pods("istiod", "istio-system", json!({ "app": "istiod", "istio": "pilot" }));
    let agent = Actor::at("the pod identity agent", "169.254.170.23".to_owned());
    let instance = Actor::at("the node's metadata", "169.254.169.254".to_owned());

    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut case = |from, to, port: u64, said| cases.push(Case { from, to, port, protocol: "TCP", said });

    // Into workloads.
    for (callee, target) in &workloads {
        let metrics = callee.spec().metrics.as_ref().map(|metrics| &metrics.port);
        for (name, number) in callee.ports() {
            let port = u64::from(*number);
            let serving = metrics != Some(name);
            let routed = callee.exposed().iter().any(|route| route.port == *name);
            for (caller, source) in &workloads {
                let itself = caller.name() == callee.name();
                case(source, target, port, serving && (itself || caller.calls().contains(callee.name())));
            }
            for (_, source) in &migrations {
                case(source, target, port, false);
            }
            // The load balancer asks for readiness where it sends requests to the pods itself.
            // Ports of gRPC are asked themselves.
            let ready = callee.probes().readiness.as_ref().filter(|probe| probe.path.is_some());
            let grpc = |port: &str| port.split('-').next() == Some("grpc");
            let asks = callee.exposed().iter().any(|route| !grpc(route.port.as_str()));
            let balanced = routed || (asks && ready.is_some_and(|probe| probe.port == *name));
            case(&balancer, target, port, balanced && !through_mesh);
            case(&gateway, target, port, routed && through_mesh);
            case(&prometheus, target, port, !mesh && !serving);
            case(&stranger, target, port, false);
            case(&outside, target, port, false);
            for (_, source) in &clusters {
                case(source, target, port, false);
            }
        }
        // With a mesh, the proxy serves the application's metrics beside its own.
        case(&prometheus, target, 15_020, mesh);
        case(&gateway, target, 15_020, false);
    }
    // Out of workloads and their migrations.
    let mut any_of: Vec<(&Actor, &Actor, Vec<u64>, bool)> = Vec::new();
    let leaving = workloads
        .iter()
        .map(|(w, actor)| (*w, actor, false))
        .chain(migrations.iter().map(|(w, actor)| (*w, actor, true)));
    for (workload, source, migration) in leaving {
        let uses = |kind: fn(&StoreKind) -> bool| {
            workload.uses().iter().filter_map(|name| region.stores().get(name)).any(|store| kind(store.kind()))
        };
        case(source, &database, 5432, uses(|kind| matches!(kind, StoreKind::Database(_))));
        case(source, &database, 6379, uses(|kind| matches!(kind, StoreKind::Cache(_))));
        case(source, &database, 22, false);
        let permitted = uses(|kind| matches!(kind, StoreKind::Bucket(_))) || !workload.spec().permissions.is_empty();
        // A migration has no identity in AWS.
        let aws = permitted && !migration;
        let internet = |port: u16| !migration && workload.spec().internet.contains(&port);
        case(source, &outside, 443, aws || internet(443));
        case(source, &outside, 8443, internet(8443));
        case(source, &agent, 80, aws);
        case(source, &instance, 80, false);
        case(source, &istiod, 15_012, mesh);
        case(source, &istiod, 15_017, false);
        case(source, &dns, 53, true);
        case(source, &other_dns, 53, internet(53));
        case(source, &stranger, 8080, false);
        for (store, target) in &clusters {
            // A client is given one listener; a migration none.
            let uses = !migration && workload.uses().contains(store.name());
            any_of.push((
                source,
                target,
                kafka(store).listeners.values().map(|l| u64::from(l.port)).collect::<Vec<_>>(),
                uses,
            ));
            // Controllers and the replication among brokers are for Strimzi's own pods.
            case(source, target, 9090, false);
            case(source, target, 9091, false);
        }
    }
    // The gateway and Kafka.
    if mesh && through_mesh && !exposed.is_empty() {
        case(&balancer, &gateway, 8080, true);
        case(&balancer, &gateway, 15_021, true);
        case(&balancer, &gateway, 15_090, false);
        case(&stranger, &gateway, 8080, false);
        case(&outside, &gateway, 8080, false);
        case(&gateway, &istiod, 15_012, true);
        case(&gateway, &outside, 443, false);
        case(&gateway, &database, 5432, false);
    }
    for (store, target) in &clusters {
        for listener in kafka(store).listeners.values() {
            case(&stranger, target, listener.port.into(), false);
            case(&outside, target, listener.port.into(), false);
            case(&gateway, target, listener.port.into(), false);
            case(&prometheus, target, listener.port.into(), false);
        }
        case(&prometheus, target, 9404, true);
        case(target, target, 9091, true);
        case(target, &outside, 443, false);
        case(target, &database, 5432, false);
        case(target, &dns, 53, true);
    }
    let pairs = cases.len() + any_of.len();
    for (from, to, ports, said) in any_of {
        let open = ports.iter().filter(|port| allowed_by(policies, &from.end(), &to.end(), **port, "TCP")).count();
        assert_eq!(open, usize::from(said), "{}: {} → {}", region.cluster().name(), from.name, to.name);
    }
    for Case { from, to, port, protocol, said } in cases {
        let found = allowed_by(policies, &from.end(), &to.end(), port, protocol);
        assert_eq!(found, said, "{}: {} → {}:{port}/{protocol}", region.cluster().name(), from.name, to.name);
    }
    // DNS is asked by UDP first.
    for (_, source) in &workloads {
        assert!(allowed_by(policies, &source.end(), &dns.end(), 53, "UDP"));
        assert!(!allowed_by(policies, &source.end(), &other_dns.end(), 53, "UDP"));
    }
    pairs
}

fn all(topology: &Topology) -> usize {
    let documents = documents(&waard_k8s::emit(topology));
    let mut pairs = 0;
    for (environment, region) in topology.regions() {
        let folder = format!("{}/{}", environment.name(), region.cluster().name());
        let policies: Vec<&Document> = documents
            .iter()
            .filter(|document| document.cluster() == folder && document.kind() == "NetworkPolicy")
            .collect();
        pairs += judge(topology, region, &policies);
    }
    pairs
}

#[test]
fn connections_are_allowed_exactly_where_the_topology_says_so() {
    assert!(all(&fixture("minimal")) > 10);
    assert!(all(&fixture("waardhaven")) > 500);
}

/// What a test can't see fail may be blind: without a policy, or with one rule more, the table no longer holds.
#[test]
fn a_policy_less_or_a_rule_more_is_noticed() {
    let topology = fixture("waardhaven");
    let documents = documents(&waard_k8s::emit(&topology));
    let (environment, region) = topology.regions().next().unwrap();
    let folder = format!("{}/{}", environment.name(), region.cluster().name());
    let policies: Vec<&Document> = documents
        .iter()
        .filter(|document| document.cluster() == folder && document.kind() == "NetworkPolicy")
        .collect();
    let notices = |policies: &[&Document]| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| judge(&topology, region, policies))).is_err()
    };
    let namespaces: Vec<&str> = region.workloads().values().map(|workload| workload.namespace().as_str()).collect();
    let judged: Vec<usize> = (0..policies.len()).filter(|at| namespaces.contains(&policies[*at].namespace())).collect();
    for at in judged {
        // A namespace denies everything twice over once its pods have policies of their own.
        let name = policies[at].name();
        // Strimzi's other pods are no actors of this table; a test of Kafka's own has them.
        let of_others = [".entity-operator", ".exporter", ".mirror", ".nodes"].iter().any(|end| name.contains(end));
        if name == "default-deny" || of_others {
            continue;
        }
        let mut fewer = policies.clone();
        let gone = fewer.remove(at);
        assert!(notices(&fewer), "without {}/{} nothing is noticed", gone.namespace(), gone.name());
        let mut value = policies[at].value.clone();
        let anybody = json!([{ "ports": [{ "port": 22, "protocol": "TCP" }, { "port": 5432, "protocol": "TCP" }, { "port": 8000, "protocol": "TCP" }, { "port": 9091, "protocol": "TCP" }] }]);
        value["spec"]["egress"] = anybody.clone();
        value["spec"]["ingress"] = anybody;
        value["spec"]["policyTypes"] = json!(["Ingress", "Egress"]);
        let wide = Document { path: policies[at].path.clone(), text: String::new(), value };
        let mut more = policies.clone();
        more.push(&wide);
        assert!(notices(&more), "{}/{} opened wide is not noticed", wide.namespace(), wide.name());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_holds_of_random_platforms(topology in strategy::shown()) {
        all(&topology);
    }
}

//! Kafka clusters: pools, topics, users, clients, mirrors and who reaches them, for shipped and for random topologies.
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
use support::reach::{End, allowed};
use support::streams::{faults, node_labels, of_region};
use support::{Document, documents, fixture};
use waard_model::Topology;
use waard_model::strategy;
use waard_model::topology::Duty;

/// A topology that is shown as its file when a property fails.
struct Random(Topology);

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.spec().to_yaml())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_wrong_with_kafka(topology in strategy::topology().prop_map(Random)) {
        let documents = documents(&waard_k8s::emit(&topology.0));
        prop_assert_eq!(faults(&topology.0, &documents), Vec::<String>::new());
        prop_assert_eq!(connections(&topology.0, &documents), Vec::<String>::new());
    }
}

#[test]
fn nothing_is_wrong_with_kafka_of_the_shipped_topologies() {
    for name in ["minimal", "waardhaven"] {
        let topology = fixture(name);
        let documents = documents(&waard_k8s::emit(&topology));
        assert_eq!(faults(&topology, &documents), Vec::<String>::new(), "{name}");
        assert_eq!(connections(&topology, &documents), Vec::<String>::new(), "{name}");
    }
}

/// The founding platform has a Kafka cluster in each region, and each standby copies the one of the region that it protects.
#[test]
fn the_founding_platform_has_its_mirrors() {
    let topology = fixture("waardhaven");
    let documents = documents(&waard_k8s::emit(&topology));
    let of =
        |kind: &str| documents.iter().filter(|d| d.kind() == kind).map(|d| d.cluster().to_owned()).collect::<Vec<_>>();
    assert_eq!(of("Kafka").len(), 7);
    assert_eq!(
        of("KafkaMirrorMaker2"),
        ["production/waardhaven-production-eu-central-1", "production/waardhaven-production-us-west-2"]
    );
    let brokers = documents.iter().filter(|d| d.kind() == "KafkaNodePool" && d.name().starts_with("broker-"));
    for pool in brokers {
        let apart = &pool.value["spec"]["template"]["pod"]["affinity"]["podAntiAffinity"];
        assert!(!apart["requiredDuringSchedulingIgnoredDuringExecution"].is_null(), "{}", pool.path);
    }
}

/// Who reaches a Kafka cluster, and whom it reaches, is what the topology says and nothing else.
fn connections(topology: &Topology, documents: &[Document]) -> Vec<String> {
    let mut found = Vec::new();
    for (environment, region) in topology.regions() {
        let here = of_region(environment, region, documents);
        let policies: Vec<&Document> = here.iter().copied().filter(|d| d.kind() == "NetworkPolicy").collect();
        for store in region.stores().values() {
            let Some(kafka) = store.kafka() else { continue };
            let namespace = store.kafka_namespace().unwrap();
            let cluster = format!("{}-{}", topology.platform(), store.name());
            let (brokers, controllers) = (node_labels(&cluster, "broker"), node_labels(&cluster, "controller"));
            let part = |cluster: &str, name: String| {
                json!({
                    "app.kubernetes.io/managed-by": "strimzi-cluster-operator",
                    "strimzi.io/cluster": cluster,
                    "strimzi.io/name": name,
                })
            };
            let (helper, exporter) = (
                part(&cluster, format!("{cluster}-entity-operator")),
                part(&cluster, format!("{cluster}-kafka-exporter")),
            );
            let mirror = part(&format!("{cluster}-mirror"), format!("{cluster}-mirror-mirrormaker2"));
            let operator = json!({ "strimzi.io/kind": "cluster-operator" });
            let prometheus = json!({ "app.kubernetes.io/name": "prometheus" });
            let metrics = topology.spec().observability.metrics.namespace.as_str();
            let pod = |labels| End::Pod { namespace, labels };
            let (broker, controller) = (pod(&brokers), pod(&controllers));
            let chosen =
                kafka.listeners.values().find(|l| l.authentication == waard_model::spec::ListenerAuthentication::Mtls);
            let client_port = chosen.or_else(|| kafka.listeners.values().next()).unwrap().port;
            let listeners: Vec<u16> = kafka.listeners.values().map(|l| l.port).collect();
            let mut check = |what: &str, from: &End<'_>, to: &End<'_>, port: u16, wanted: bool| {
                if allowed(&policies, from, to, port.into()) != wanted {
                    let not = if wanted { "not " } else { "" };
                    found.push(format!("{}: {cluster}: {what}:{port} is {not}allowed", region.cluster().name()));
                }
            };
            for workload in region.workloads().values() {
                let labels = json!({ "app": format!("{}-{}", topology.platform(), workload.name()) });
                let client = End::Pod { namespace: workload.namespace().as_str(), labels: &labels };
                for port in listeners.iter().copied().chain([8443, 9090, 9091, 9404]) {
                    let uses = workload.uses().contains(store.name()) && port == client_port;
                    check(&format!("{} → broker", workload.name()), &client, &broker, port, uses);
                    check(&format!("{} → controller", workload.name()), &client, &controller, port, false);
                }
                let migration = json!({ "app": format!("{}-{}-migrate", topology.platform(), workload.name()) });
                let migration = End::Pod { namespace: workload.namespace().as_str(), labels: &migration };
                check(&format!("migration of {} → broker", workload.name()), &migration, &broker, client_port, false);
            }
            for (what, labels, ports) in [
                ("broker", &brokers, [9090_u16, 9091].as_slice()),
                ("controller", &controllers, &[9090, 9091]),
                ("entity operator", &helper, &[9091]),
                ("exporter", &exporter, &[9091]),
            ] {
                for port in [8443_u16, 9090, 9091, 9404].into_iter().chain([client_port]) {
                    check(&format!("{what} → broker"), &pod(labels), &broker, port, ports.contains(&port));
                }
                check(&format!("{what} → internet"), &pod(labels), &End::Address("52.216.0.1"), 443, false);
                let kubernetes = !what.starts_with("exporter");
                check(&format!("{what} → Kubernetes"), &pod(labels), &End::Address("172.20.0.1"), 443, kubernetes);
            }
            let outside = End::Pod { namespace: "strimzi-system", labels: &operator };
            for port in [8443, 9090, 9091] {
                check("operator → broker", &outside, &broker, port, true);
                check("operator → controller", &outside, &controller, port, true);
            }
            let collector = End::Pod { namespace: metrics, labels: &prometheus };
            for (what, labels, port) in [
                ("broker", &brokers, 9404),
                ("controller", &controllers, 9404),
                ("exporter", &exporter, 9404),
                ("entity operator", &helper, 8080),
                ("entity operator", &helper, 8081),
            ] {
                check(&format!("Prometheus → {what}"), &collector, &pod(labels), port, true);
                let stranger = json!({ "app": "nobody" });
                let stranger = End::Pod { namespace: metrics, labels: &stranger };
                check(&format!("stranger → {what}"), &stranger, &pod(labels), port, false);
            }
            let copied =
                here.iter().any(|d| d.kind() == "KafkaMirrorMaker2" && d.name() == format!("{cluster}-mirror"));
            check("mirror → broker", &pod(&mirror), &broker, client_port, copied);
            // The load balancer's addresses are those of the private subnets.
            let own = here.iter().find(|d| d.kind() == "Kafka" && d.name() == cluster).unwrap();
            let listener = support::items(&own.value["spec"]["kafka"]["listeners"]).find(|l| l["name"] == "mirror");
            let port = listener.map_or(kafka.mirror_port(), |l| u16::try_from(l["port"].as_u64().unwrap()).unwrap());
            let (inside, elsewhere) = (first_address(region), End::Address("192.0.2.1"));
            check("load balancer → broker", &End::Address(&inside), &broker, port, listener.is_some());
            check("load balancer → controller", &End::Address(&inside), &controller, port, false);
            check("internet → broker", &elsewhere, &broker, port, false);
            if copied && let Duty::Standby { protects, .. } = region.duty() {
                let there = first_address(&environment.regions()[protects]);
                check("mirror → primary region", &pod(&mirror), &End::Address(&there), kafka.mirror_port(), true);
                check("mirror → internet", &pod(&mirror), &elsewhere, kafka.mirror_port(), false);
                check("operator → mirror", &outside, &pod(&mirror), 8083, true);
            }
        }
    }
    found
}

/// An address in a private subnet of a region, or in its network if the subnets aren't ours.
fn first_address(region: &waard_model::topology::Region) -> String {
    let range =
        region.network().private().first().map_or_else(|| region.network().cidr(), |(_, cidr)| *cidr).to_string();
    let (net, _) = range.split_once('/').unwrap();
    let last = net.rfind('.').unwrap();
    format!("{}.9", &net[..last])
}

/// What a test can't see fail may be blind: each fault, put into good objects, is found.
#[test]
fn each_fault_is_found() {
    type Damage = fn(&mut Value);
    let primary = "production/waardhaven-production-us-east-1";
    let standby = "production/waardhaven-production-us-west-2";
    let cases: &[(&str, &str, &str, Damage, &str)] = &[
        (primary, "Kafka", "waardhaven-kafka", |v| v["metadata"]["name"] = "gone".into(), "no such cluster"),
        (primary, "Kafka", "waardhaven-kafka", |v| v["spec"]["kafka"]["listeners"][0]["tls"] = false.into(), "is open"),
        (
            primary,
            "Kafka",
            "waardhaven-kafka",
            |v| v["spec"]["kafka"]["authorization"] = Value::Null,
            "no authorization",
        ),
        (
            primary,
            "Kafka",
            "waardhaven-kafka",
            |v| v["spec"]["kafka"]["config"]["inter.broker.protocol.version"] = "4.3".into(),
            "Kafka 4 has no",
        ),
        (
            primary,
            "Kafka",
            "waardhaven-kafka",
            |v| v["spec"]["kafka"]["listeners"][1]["port"] = 9999.into(),
            "is no listener of",
        ),
        (primary, "KafkaNodePool", "broker-a", |v| v["spec"]["replicas"] = 2.into(), "instead of 3"),
        (
            primary,
            "KafkaNodePool",
            "broker-a",
            |v| v["metadata"]["labels"]["strimzi.io/cluster"] = "other".into(),
            "belongs to no cluster",
        ),
        (
            primary,
            "KafkaNodePool",
            "broker-a",
            |v| v["spec"]["storage"]["volumes"][0]["class"] = "gp2".into(),
            "no storage class gp2",
        ),
        (primary, "KafkaNodePool", "broker-a", |v| v["spec"]["jvmOptions"]["-Xms"] = "1024m".into(), "a heap of"),
        (primary, "KafkaNodePool", "broker-a", |v| v["spec"]["resources"]["limits"] = json!({}), "not limited"),
        (
            primary,
            "KafkaNodePool",
            "broker-a",
            |v| v["spec"]["template"]["pod"]["tolerations"] = Value::Null,
            "doesn't tolerate",
        ),
        (
            primary,
            "KafkaNodePool",
            "broker-a",
            |v| {
                v["spec"]["template"]["pod"]["affinity"]["podAntiAffinity"] =
                    json!({ "preferredDuringSchedulingIgnoredDuringExecution": [] });
            },
            "may share",
        ),
        (
            primary,
            "KafkaNodePool",
            "broker-a",
            |v| v["spec"]["template"]["pod"]["securityContext"]["runAsNonRoot"] = false.into(),
            "root",
        ),
        (
            primary,
            "KafkaNodePool",
            "broker-a",
            |v| v["spec"]["template"]["kafkaContainer"]["env"][0]["value"] = "us-east-1b".into(),
            "doesn't tell",
        ),
        (
            primary,
            "KafkaNodePool",
            "broker-a",
            |v| v["spec"]["template"]["pod"]["priorityClassName"] = "none".into(),
            "no priority class",
        ),
        (primary, "KafkaTopic", "market-data-stream", |v| v["spec"]["replicas"] = 1.into(), "copies are others"),
        (
            primary,
            "KafkaTopic",
            "market-data-stream",
            |v| v["metadata"]["annotations"] = json!({}),
            "deleted without asking",
        ),
        (
            primary,
            "KafkaTopic",
            "market-data-stream",
            |v| v["spec"]["config"]["retention.bytes"] = 1000.into(),
            "deleted early",
        ),
        (
            primary,
            "KafkaTopic",
            "market-data-stream",
            |v| v["spec"]["config"]["retention.bytes"] = 900_000_000_000_u64.into(),
            "may become full",
        ),
        (
            primary,
            "KafkaUser",
            "waardhaven-api.kafka",
            |v| v["spec"]["authorization"]["acls"][0]["operations"] = json!(["Describe", "Write", "Create"]),
            "Create",
        ),
        (
            primary,
            "KafkaUser",
            "waardhaven-api.kafka",
            |v| v["spec"]["authorization"]["acls"][0]["operations"] = json!(["Describe", "Write", "Read"]),
            "its rights are others",
        ),
        (primary, "KafkaUser", "waardhaven-api.kafka", |v| v["metadata"]["name"] = "x".into(), "nobody is this user"),
        (
            primary,
            "Role",
            "waardhaven-kafka.client.production",
            |v| v["rules"][0]["resourceNames"] = json!(["other"]),
            "may not read",
        ),
        (
            primary,
            "ExternalSecret",
            "waardhaven-api.kafka",
            |v| v["spec"]["data"][1]["remoteRef"]["key"] = "other".into(),
            "nothing makes the secret",
        ),
        (
            primary,
            "ExternalSecret",
            "waardhaven-api.kafka",
            |v| v["spec"]["target"]["name"] = "other".into(),
            "nothing makes the secret",
        ),
        (
            primary,
            "Deployment",
            "waardhaven-api",
            |v| v["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = json!([]),
            "nothing is mounted",
        ),
        (
            primary,
            "PushSecret",
            "waardhaven-kafka.mirror.source",
            |v| v["spec"]["data"][0]["match"]["remoteRef"]["remoteKey"] = "other".into(),
            "doesn't write",
        ),
        (
            primary,
            "SecretStore",
            "waardhaven-kafka.mirror",
            |v| v["spec"]["provider"]["aws"]["region"] = "us-east-1".into(),
            "doesn't write",
        ),
        (standby, "KafkaMirrorMaker2", "waardhaven-kafka-mirror", |v| v["metadata"]["name"] = "x".into(), "not there"),
        (
            standby,
            "KafkaMirrorMaker2",
            "waardhaven-kafka-mirror",
            |v| v["spec"]["mirrors"][0]["topicsPattern"] = ".*".into(),
            "it copies",
        ),
        (
            standby,
            "KafkaMirrorMaker2",
            "waardhaven-kafka-mirror",
            |v| {
                v["spec"]["mirrors"][0]["checkpointConnector"]["config"]["emit.checkpoints.interval.seconds"] =
                    600.into();
            },
            "too long",
        ),
        (
            standby,
            "KafkaUser",
            "waardhaven-kafka.mirror.target",
            |v| v["metadata"]["name"] = "a.b.c".into(),
            "nothing makes the secret",
        ),
        (
            primary,
            "PodMonitor",
            "waardhaven-kafka.pods",
            |v| v["spec"]["selector"]["matchLabels"]["strimzi.io/cluster"] = "x".into(),
            "nobody collects",
        ),
    ];
    let topology = fixture("waardhaven");
    let artifacts = waard_k8s::emit(&topology);
    for (cluster, kind, name, damage, expected) in cases {
        let mut documents = documents(&artifacts);
        let document = documents
            .iter_mut()
            .find(|d| d.cluster() == *cluster && d.kind() == *kind && d.name() == *name)
            .unwrap_or_else(|| panic!("{kind}/{name}"));
        damage(&mut document.value);
        let found = faults(&topology, &documents);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{kind}/{name}: {expected}: {found:#?}");
    }
}

/// A policy that is missing or wider than it should be is seen.
#[test]
fn each_hole_in_the_network_is_found() {
    let topology = fixture("waardhaven");
    let artifacts = waard_k8s::emit(&topology);
    for name in ["brokers", "nodes", "entity-operator", "exporter", "mirror"] {
        let mut documents = documents(&artifacts);
        let before = documents.len();
        documents.retain(|d| d.kind() != "NetworkPolicy" || d.name() != format!("waardhaven-kafka.{name}"));
        assert!(documents.len() < before);
        assert_ne!(connections(&topology, &documents), Vec::<String>::new(), "without {name}");
        let mut wide = support::documents(&artifacts);
        for document in wide.iter_mut().filter(|d| d.name() == format!("waardhaven-kafka.{name}")) {
            document.value["spec"]["ingress"] = json!([{}]);
            document.value["spec"]["egress"] = json!([{}]);
        }
        assert_ne!(connections(&topology, &wide), Vec::<String>::new(), "all through {name}");
    }
}

//! The shipped topologies: what is emitted is whole, safe, schedulable, and says who may talk to whom.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::too_many_lines,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use support::reach::{End, allowed};
use support::routes::balancer_address;
use support::{Document, documents, fixture, judge};
use waard_model::topology::{Region, StoreKind};

#[test]
fn nothing_is_wrong_with_the_objects() {
    for name in ["minimal", "waardhaven"] {
        let topology = fixture(name);
        let documents = documents(&waard_k8s::emit(&topology));
        assert!(!documents.is_empty());
        assert_eq!(judge::faults(&topology, &documents), Vec::<String>::new(), "{name}");
    }
}

/// What a test can't see fail may be blind: each fault, put into good objects, is found.
#[test]
fn each_fault_is_found() {
    type Damage = fn(&mut Document);
    let cases: &[(&str, &str, Damage, &str)] = &[
        (
            "Deployment",
            "token",
            |d| d.value["spec"]["template"]["spec"]["automountServiceAccountToken"] = true.into(),
            "token",
        ),
        (
            "Deployment",
            "host network",
            |d| d.value["spec"]["template"]["spec"]["hostNetwork"] = true.into(),
            "hostNetwork",
        ),
        (
            "Deployment",
            "escalation",
            |d| {
                d.value["spec"]["template"]["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"] =
                    true.into();
            },
            "escalate",
        ),
        (
            "Deployment",
            "capabilities",
            |d| {
                d.value["spec"]["template"]["spec"]["containers"][0]["securityContext"]["capabilities"]["drop"] =
                    serde_json::json!([]);
            },
            "keeps capabilities",
        ),
        (
            "Deployment",
            "root",
            |d| d.value["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"] = false.into(),
            "root",
        ),
        (
            "Deployment",
            "seccomp",
            |d| d.value["spec"]["template"]["spec"]["securityContext"]["seccompProfile"] = serde_json::Value::Null,
            "seccomp",
        ),
        (
            "Deployment",
            "root file system",
            |d| {
                d.value["spec"]["template"]["spec"]["containers"][0]["securityContext"]["readOnlyRootFilesystem"] =
                    false.into();
            },
            "root file system",
        ),
        ("Deployment", "replicas", |d| d.value["spec"]["replicas"] = 3.into(), "autoscaler owns"),
        (
            "Deployment",
            "cpu",
            |d| d.value["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "9000".into(),
            "no node group takes",
        ),
        (
            "Deployment",
            "node selector",
            |d| d.value["spec"]["template"]["spec"]["nodeSelector"]["workload-type"] = "nowhere".into(),
            "no node group takes",
        ),
        (
            "Deployment",
            "service account",
            |d| d.value["spec"]["template"]["spec"]["serviceAccountName"] = "nobody".into(),
            "service account",
        ),
        (
            "Deployment",
            "volume",
            |d| {
                d.value["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] =
                    serde_json::json!([{ "name": "gone", "mountPath": "/gone" }]);
            },
            "no volume",
        ),
        (
            "Deployment",
            "startup",
            |d| d.value["spec"]["template"]["spec"]["containers"][0]["startupProbe"]["failureThreshold"] = 900.into(),
            "longer to start",
        ),
        (
            "Deployment",
            "drain",
            |d| d.value["spec"]["template"]["spec"]["containers"][0]["lifecycle"] = serde_json::Value::Null,
            "forgotten",
        ),
        ("Deployment", "namespace", |d| d.value["metadata"]["namespace"] = "nowhere".into(), "no namespace"),
        ("Service", "selector", |d| d.value["spec"]["selector"]["app"] = "nothing".into(), "selects the pods of 0"),
        ("Service", "port", |d| d.value["spec"]["ports"][0]["port"] = 1.into(), "leads nowhere"),
        ("PodDisruptionBudget", "budget", |d| d.value["spec"]["maxUnavailable"] = 0.into(), "drained"),
        ("HorizontalPodAutoscaler", "bounds", |d| d.value["spec"]["minReplicas"] = 900.into(), "bounds"),
        (
            "HorizontalPodAutoscaler",
            "target",
            |d| d.value["spec"]["scaleTargetRef"]["name"] = "nothing".into(),
            "target",
        ),
    ];
    let topology = fixture("waardhaven");
    let artifacts = waard_k8s::emit(&topology);
    for (kind, what, damage, expected) in cases {
        let mut documents = documents(&artifacts);
        let document = documents
            .iter_mut()
            .find(|d| d.kind() == *kind && d.name() == "waardhaven-api" && d.path.contains("production-us-east-1"))
            .unwrap();
        damage(document);
        let found = judge::faults(&topology, &documents);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{what}: {found:#?}");
    }
}

/// The pods of a workload in a cluster.
fn pods<'d>(here: &[&'d Document], platform: &str, workload: &str) -> End<'d> {
    let name = format!("{platform}-{workload}");
    let document = here
        .iter()
        .find(|document| matches!(document.kind(), "Deployment" | "CronJob") && document.name() == name)
        .unwrap();
    End::Pod { namespace: document.namespace(), labels: &document.template().unwrap()["metadata"]["labels"] }
}

/// For each pair of workloads, and for each workload and store, a connection is allowed exactly where the topology says so.
#[test]
fn connections_are_allowed_exactly_where_the_topology_says_so() {
    let topology = fixture("waardhaven");
    let documents = documents(&waard_k8s::emit(&topology));
    let mut pairs = 0;
    for (environment, region) in topology.regions() {
        let folder = format!("{}/{}", environment.name(), region.cluster().name());
        let here: Vec<&Document> = documents.iter().filter(|document| document.cluster() == folder).collect();
        let policies: Vec<&Document> =
            here.iter().copied().filter(|document| document.kind() == "NetworkPolicy").collect();
        let platform = topology.platform().as_str();
        for (from, caller) in region.workloads() {
            let source = pods(&here, platform, from.as_str());
            for (to, callee) in region.workloads() {
                let target = pods(&here, platform, to.as_str());
                for (name, port) in callee.ports() {
                    let serving = callee.spec().metrics.as_ref().is_none_or(|metrics| metrics.port != *name);
                    let said = serving && (from == to || caller.calls().contains(to));
                    assert_eq!(
                        allowed(&policies, &source, &target, u64::from(*port)),
                        said,
                        "{folder}: {from} → {to}:{port}"
                    );
                    pairs += 1;
                }
            }
            let uses =
                |kind: fn(&StoreKind) -> bool| caller.uses().iter().any(|name| kind(region.stores()[name].kind()));
            let database = first_address(region);
            assert_eq!(
                allowed(&policies, &source, &End::Address(&database), 5432),
                uses(|kind| matches!(kind, StoreKind::Database(_))),
                "{folder}: {from} → database"
            );
            assert_eq!(
                allowed(&policies, &source, &End::Address(&database), 6379),
                uses(|kind| matches!(kind, StoreKind::Cache(_))),
                "{folder}: {from} → cache"
            );
            assert!(!allowed(&policies, &source, &End::Address(&database), 22), "{folder}: {from} → ssh");
            let bucket = uses(|kind| matches!(kind, StoreKind::Bucket(_)));
            let internet = caller.spec().internet.contains(&443);
            assert_eq!(
                allowed(&policies, &source, &End::Address("52.216.0.1"), 443),
                bucket || internet,
                "{folder}: {from} → internet"
            );
            assert_eq!(
                allowed(&policies, &source, &End::Address("169.254.170.23"), 80),
                bucket,
                "{folder}: {from} → pod identity"
            );
            assert!(
                !allowed(&policies, &source, &End::Address("169.254.169.254"), 80),
                "{folder}: {from} → instance metadata"
            );
            let brokers =
                serde_json::json!({ "strimzi.io/cluster": "waardhaven-kafka", "strimzi.io/broker-role": "true" });
            // The broker's own policy belongs to what runs Kafka; here only what leaves the workload is judged.
            let leaving: Vec<&Document> =
                policies.iter().copied().filter(|policy| policy.name() == format!("{platform}-{from}")).collect();
            let kafka = End::Pod { namespace: "data-processing", labels: &brokers };
            assert_eq!(
                allowed(&leaving, &source, &kafka, 9093),
                uses(|kind| matches!(kind, StoreKind::Kafka(_))),
                "{folder}: {from} → Kafka"
            );
        }
        let labels = serde_json::json!({ "istio": "ingressgateway" });
        let gateway = End::Pod { namespace: "istio-ingress", labels: &labels };
        let address = balancer_address(region);
        let balancer = End::Address(&address);
        for port in [8080, 15_021] {
            assert!(allowed(&policies, &balancer, &gateway, port), "{folder}: load balancer → gateway:{port}");
            assert!(
                !allowed(&policies, &End::Address("198.51.100.7"), &gateway, port),
                "{folder}: the internet → gateway:{port}"
            );
        }
        for (name, workload) in region.workloads() {
            let target = pods(&here, platform, name.as_str());
            for (port, number) in workload.ports() {
                let routed = workload.exposed().iter().any(|route| route.port == *port);
                assert_eq!(
                    allowed(&policies, &gateway, &target, u64::from(*number)),
                    routed,
                    "{folder}: gateway → {name}:{number}"
                );
                assert!(
                    !allowed(&policies, &balancer, &target, u64::from(*number)),
                    "{folder}: load balancer → {name}:{number}"
                );
                assert!(!allowed(&policies, &target, &gateway, 8080), "{folder}: {name} → gateway");
                let prometheus_labels = serde_json::json!({ "app.kubernetes.io/name": "prometheus" });
                let collector = End::Pod { namespace: "monitoring", labels: &prometheus_labels };
                assert!(allowed(&policies, &collector, &target, 15_020), "{folder}: Prometheus → {name}");
                let stranger = End::Address("10.0.0.5");
                assert!(
                    !allowed(&policies, &stranger, &target, u64::from(*number)),
                    "{folder}: a node → {name}:{number}"
                );
                let prometheus = serde_json::json!({ "app.kubernetes.io/name": "prometheus" });
                let monitoring = End::Pod { namespace: "monitoring", labels: &prometheus };
                // In the mesh the proxy serves the metrics, and nothing else is open to who collects them.
                assert!(
                    !allowed(&policies, &monitoring, &target, u64::from(*number)),
                    "{folder}: Prometheus → {name}:{number}"
                );
            }
        }
    }
    assert!(pairs > 60, "only {pairs} pairs were looked at");
}

/// An address in a database subnet of a region.
fn first_address(region: &Region) -> String {
    let range = region.network().database_ranges()[0].to_string();
    let (net, _) = range.split_once('/').unwrap();
    let last = net.rfind('.').unwrap();
    format!("{}.9", &net[..last])
}

//! Nothing that an object names is missing, in any cluster; and a reference of any kind that leads nowhere is found.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::too_many_lines,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::references::{dangling_in, judged};
use support::{Document, documents, documents_below, fixture};
use waard_model::strategy;

#[test]
fn nothing_that_is_named_is_missing() {
    for name in ["minimal", "waardhaven"] {
        let topology = fixture(name);
        assert_eq!(dangling_in(&topology, &waard_k8s::emit(&topology)), Vec::<String>::new(), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nor_is_it_in_random_platforms(topology in strategy::shown()) {
        prop_assert_eq!(dangling_in(&topology, &waard_k8s::emit(&topology)), Vec::<String>::new());
    }
}

/// The document of a kind whose name ends so, in the first cluster that has one.
fn find<'d>(documents: &'d mut [Document], kind: &str, end: &str) -> &'d mut Document {
    documents
        .iter_mut()
        .find(|document| document.kind() == kind && document.name().ends_with(end))
        .unwrap_or_else(|| panic!("there is no {kind} …{end}"))
}

/// What a test can't see fail may be blind: each kind of reference, led astray in a good platform, is found.
#[test]
fn a_reference_of_each_kind_that_leads_nowhere_is_found() {
    type Damage = fn(&mut Value);
    let astray: &[(&str, &str, Damage, &str)] = &[
        ("Deployment", "-api", |v| v["metadata"]["namespace"] = "nowhere".into(), "namespace"),
        ("Deployment", "-api", |v| v["spec"]["template"]["spec"]["serviceAccountName"] = "x".into(), "service account"),
        ("Deployment", "-api", |v| v["spec"]["template"]["spec"]["priorityClassName"] = "x".into(), "priority class"),
        (
            "Deployment",
            "-api",
            |v| {
                v["spec"]["template"]["spec"]["containers"][0]["env"] =
                    json!([{ "name": "A", "valueFrom": { "secretKeyRef": { "name": "x", "key": "y" } } }]);
            },
            "secret",
        ),
        (
            "Deployment",
            "-api",
            |v| {
                v["spec"]["template"]["spec"]["containers"][0]["env"] =
                    json!([{ "name": "A", "valueFrom": { "secretKeyRef": { "name": "app-secrets", "key": "y" } } }]);
            },
            "key",
        ),
        (
            "Deployment",
            "-api",
            |v| {
                v["spec"]["template"]["spec"]["containers"][0]["env"] =
                    json!([{ "name": "A", "valueFrom": { "configMapKeyRef": { "name": "x", "key": "y" } } }]);
            },
            "config map",
        ),
        (
            "Deployment",
            "-api",
            |v| {
                v["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] =
                    json!([{ "name": "x", "mountPath": "/x" }]);
            },
            "volume",
        ),
        (
            "Deployment",
            "-api",
            |v| v["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["httpGet"]["port"] = "x".into(),
            "port of a probe",
        ),
        (
            "CronJob",
            "-ml-training",
            |v| {
                v["spec"]["jobTemplate"]["spec"]["template"]["spec"]["volumes"][0] = json!({ "name": "work",
                    "ephemeral": { "volumeClaimTemplate": { "spec": { "storageClassName": "gp9" } } } });
            },
            "storage class",
        ),
        ("Service", "-api", |v| v["spec"]["selector"] = json!({ "app": "x" }), "pods of a service"),
        ("Service", "-api", |v| v["spec"]["ports"][0]["targetPort"] = "x".into(), "port of a service"),
        ("HorizontalPodAutoscaler", "-api", |v| v["spec"]["scaleTargetRef"]["name"] = "x".into(), "scale target"),
        ("VerticalPodAutoscaler", "-api", |v| v["spec"]["targetRef"]["name"] = "x".into(), "scale target"),
        (
            "HorizontalPodAutoscaler",
            "-api",
            |v| v["spec"]["metrics"][0]["containerResource"]["container"] = "x".into(),
            "container",
        ),
        (
            "PodDisruptionBudget",
            "-api",
            |v| v["spec"]["selector"] = json!({ "matchLabels": { "app": "x" } }),
            "pods of a budget",
        ),
        (
            "NetworkPolicy",
            "-api",
            |v| v["spec"]["podSelector"] = json!({ "matchLabels": { "app": "x" } }),
            "pods of a policy",
        ),
        (
            "NetworkPolicy",
            "-api",
            |v| v["spec"]["ingress"][0]["from"][0]["podSelector"] = json!({ "matchLabels": { "app": "x" } }),
            "peer of a policy",
        ),
        ("ClusterRoleBinding", "cluster-autoscaler", |v| v["roleRef"]["name"] = "x".into(), "role"),
        ("ClusterRoleBinding", "cluster-autoscaler", |v| v["subjects"][0]["name"] = "x".into(), "subject"),
        ("Ingress", "", |v| v["spec"]["ingressClassName"] = "x".into(), "ingress class"),
        (
            "Ingress",
            "",
            |v| v["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"] = "x".into(),
            "backend",
        ),
        (
            "Ingress",
            "",
            |v| v["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["port"] = json!({ "number": 1 }),
            "port of a backend",
        ),
        ("IngressClass", "", |v| v["spec"]["parameters"]["name"] = "x".into(), "parameters of a class"),
        ("Gateway", "", |v| v["spec"]["selector"] = json!({ "istio": "x" }), "pods of a gateway"),
        ("VirtualService", "", |v| v["spec"]["gateways"] = json!(["x"]), "gateway"),
        ("VirtualService", "", |v| v["spec"]["hosts"] = json!(["x.example"]), "host of a gateway"),
        ("VirtualService", "", |v| v["spec"]["http"][0]["route"][0]["destination"]["host"] = "x".into(), "destination"),
        (
            "VirtualService",
            "",
            |v| v["spec"]["http"][0]["route"][0]["destination"]["port"]["number"] = 1.into(),
            "port of a destination",
        ),
        ("VirtualService", "", |v| v["spec"]["http"][0]["route"][0]["destination"]["subset"] = "x".into(), "subset"),
        ("DestinationRule", "-api", |v| v["spec"]["host"] = "x".into(), "host of a rule"),
        (
            "DestinationRule",
            "-api",
            |v| v["spec"]["subsets"] = json!([{ "name": "x", "labels": { "version": "x" } }]),
            "pods of a subset",
        ),
        (
            "AuthorizationPolicy",
            "-api",
            |v| v["spec"]["selector"] = json!({ "matchLabels": { "app": "x" } }),
            "pods of a mesh policy",
        ),
        (
            "AuthorizationPolicy",
            "-api",
            |v| v["spec"]["rules"][0]["from"][0]["source"]["principals"] = json!(["cluster.local/ns/x/sa/y"]),
            "principal",
        ),
        ("KafkaTopic", "", |v| v["metadata"]["labels"]["strimzi.io/cluster"] = "x".into(), "Kafka cluster"),
        ("KafkaUser", "", |v| v["metadata"]["labels"]["strimzi.io/cluster"] = "x".into(), "Kafka cluster"),
        (
            "KafkaUser",
            "",
            |v| {
                v["spec"]["authorization"]["acls"] =
                    json!([{ "resource": { "type": "topic", "name": "x", "patternType": "literal" } }]);
            },
            "topic",
        ),
        ("KafkaNodePool", "", |v| v["spec"]["storage"]["volumes"][0]["class"] = "gp9".into(), "storage class"),
        (
            "KafkaMirrorMaker2",
            "",
            |v| {
                v["spec"]["target"]["tls"] =
                    json!({ "trustedCertificates": [{ "secretName": "x", "pattern": "*.crt" }] });
            },
            "secret",
        ),
        ("ExternalSecret", "", |v| v["spec"]["secretStoreRef"]["name"] = "x".into(), "secret store"),
        ("PushSecret", "", |v| v["spec"]["selector"]["secret"]["name"] = "x".into(), "secret"),
        (
            "PodMonitor",
            "-api",
            |v| v["spec"]["selector"] = json!({ "matchLabels": { "app": "x" } }),
            "pods of a monitor",
        ),
        ("PrometheusRule", "", |v| v["apiVersion"] = "unknown.example/v1".into(), "operator"),
        ("Application", "", |v| v["spec"]["project"] = "x".into(), "project"),
        ("ApplicationSet", "", |v| v["spec"]["template"]["spec"]["project"] = "x".into(), "project"),
    ];
    let topology = fixture("waardhaven");
    let artifacts = waard_k8s::emit(&topology);
    for (kind, end, damage, what) in astray {
        let (mut objects, mut gitops) = (documents(&artifacts), documents_below(&artifacts, "gitops/"));
        let of_argo = matches!(*kind, "Application" | "ApplicationSet");
        damage(&mut find(if of_argo { &mut gitops } else { &mut objects }, kind, end).value);
        let found = judged(&topology, &artifacts, &objects, &gitops);
        assert!(found.iter().any(|fault| fault.contains(&format!(": {what}: "))), "{kind} …{end}, {what}: {found:#?}");
    }
    // What is gone is missed, too: a node pool of each role, and the chart that serves a kind.
    let (mut objects, gitops) = (documents(&artifacts), documents_below(&artifacts, "gitops/"));
    objects.retain(|document| !(document.kind() == "KafkaNodePool" && document.name().starts_with("broker")));
    assert!(judged(&topology, &artifacts, &objects, &gitops).iter().any(|fault| fault.contains(": node pool: ")));
    let objects = documents(&artifacts);
    for chart in [
        "external-secrets",
        "aws-load-balancer-controller",
        "istiod",
        "strimzi-kafka-operator",
        "kube-prometheus-stack",
    ] {
        let mut fewer = documents_below(&artifacts, "gitops/");
        fewer.retain(|document| document.value["spec"]["source"]["chart"] != chart);
        let found = judged(&topology, &artifacts, &objects, &fewer);
        assert!(found.iter().any(|fault| fault.contains(": operator: ")), "without {chart}");
    }
}

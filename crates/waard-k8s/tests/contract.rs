//! Custom resources and eksctl's configurations against the facts of waard-catalog.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::too_many_lines,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use serde_json::{Value, json};
use support::{contract, documents, fixture, typed};
use waard_catalog::custom::Definition;

/// One document for each way in which a kind is described.
fn good() -> Vec<Value> {
    let meta = |name: &str| json!({ "name": name, "namespace": "data", "labels": { "a": "b" } });
    vec![
        json!({
            "apiVersion": "kafka.strimzi.io/v1", "kind": "Kafka", "metadata": meta("kafka"),
            "spec": {
                "kafka": {
                    "version": "4.3.1",
                    "config": { "min.insync.replicas": 2, "auto.create.topics.enable": false },
                    "listeners": [
                        { "name": "tls", "port": 9093, "type": "internal", "tls": true, "authentication": { "type": "tls" } },
                        { "name": "scram", "port": 9094, "type": "internal", "tls": true },
                    ],
                    "jvmOptions": { "-Xms": "2g", "-Xmx": "2g" },
                    "template": { "pod": { "affinity": { "podAntiAffinity": {
                        "requiredDuringSchedulingIgnoredDuringExecution": [{ "topologyKey": "kubernetes.io/hostname" }],
                    } } } },
                },
                "entityOperator": { "topicOperator": {}, "template": { "pod": { "affinity": { "podAntiAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": [{ "topologyKey": "kubernetes.io/hostname" }],
                } } } } },
            },
        }),
        json!({
            "apiVersion": "kafka.strimzi.io/v1", "kind": "KafkaTopic", "metadata": meta("orders"),
            "spec": { "partitions": 12, "replicas": 3, "config": { "retention.ms": 604_800_000 } },
        }),
        json!({
            "apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": meta("api"),
            "spec": { "hosts": ["api.example.org"], "http": [{
                "match": [{ "uri": { "prefix": "/" } }],
                "route": [{ "destination": { "host": "api", "port": { "number": 80 } }, "weight": 100 }],
                "timeout": "5s",
            }] },
        }),
        json!({
            "apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "IngressClassParams", "metadata": { "name": "alb" },
            "spec": { "scheme": "internet-facing", "subnets": { "ids": ["subnet-0a1b"] }, "tags": [{ "key": "a", "value": "b" }] },
        }),
        json!({
            "apiVersion": "autoscaling.k8s.io/v1", "kind": "VerticalPodAutoscaler", "metadata": meta("api"),
            "spec": {
                "targetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "api" },
                "resourcePolicy": { "containerPolicies": [{ "containerName": "*", "minAllowed": { "cpu": 1, "memory": "1Gi" } }] },
            },
        }),
        json!({
            "apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": { "name": "general" },
            "spec": {
                "disruption": { "consolidateAfter": "5m", "budgets": [{ "nodes": "10%" }] },
                "template": { "spec": {
                    "nodeClassRef": { "group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "general" },
                    "requirements": [{ "key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"] }],
                } },
            },
        }),
        json!({
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": meta("platform"),
            "spec": {
                "project": "platform", "destination": { "server": "https://kubernetes.default.svc" },
                "source": { "repoURL": "https://example.org/deploy.git", "helm": { "valuesObject": { "any": [1, { "thing": null }] } } },
            },
        }),
        json!({
            "apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": meta("aws"),
            "spec": { "provider": { "aws": { "service": "SecretsManager", "region": "eu-central-1" } } },
        }),
        json!({
            "apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": meta("api"),
            "spec": { "groups": [{ "name": "slo", "rules": [{ "alert": "Burns", "expr": "vector(1)", "for": "5m" }] }] },
        }),
        json!({
            "apiVersion": "eksctl.io/v1alpha5", "kind": "ClusterConfig",
            "metadata": { "name": "shop", "region": "eu-central-1", "version": "1.36", "tags": { "a": "b" } },
            "managedNodeGroups": [{ "name": "system", "volumeType": "gp3", "minSize": 2, "taints": [{ "key": "a", "effect": "NoSchedule" }] }],
        }),
    ]
}

#[test]
fn good_documents_have_no_faults() {
    for document in good() {
        assert_eq!(contract::faults(&document), Vec::<String>::new(), "{document:#}");
    }
}

/// What a test can't see fail may be blind: each way to be wrong, put into a good document, is found at its place.
#[test]
fn each_fault_is_found() {
    // The kind, where, what to put there (nothing removes it), and what is found: exactly that.
    let cases: &[(&str, &str, Option<Value>, &str)] = &[
        // Names.
        ("KafkaTopic", "/spec/partition", Some(json!(12)), "spec.partition: no such field"),
        ("KafkaTopic", "/surplus", Some(json!(1)), "surplus: no such field"),
        ("KafkaTopic", "/status", Some(json!({})), "status: no such field"),
        ("KafkaTopic", "/metadata/finalizer", Some(json!("a")), "metadata.finalizer: no such field"),
        ("Kafka", "/spec/kafka/listeners/1/tlsX", Some(json!(true)), "spec.kafka.listeners[1].tlsX: no such field"),
        ("SecretStore", "/spec/provider", Some(json!({ "vault": {} })), "spec.provider.vault: no such field"),
        (
            "NodePool",
            "/spec/template/spec/requirements/0/value",
            Some(json!("a")),
            "spec.template.spec.requirements[0].value: no such field",
        ),
        (
            "ClusterConfig",
            "/managedNodeGroups/0/minsize",
            Some(json!(1)),
            "managedNodeGroups[0].minsize: no such field",
        ),
        ("ClusterConfig", "/metadata/labels", Some(json!({})), "metadata.labels: no such field"),
        // Below a part that is described like another.
        (
            "Kafka",
            "/spec/entityOperator/template/pod/affinity/podAntiAffinity/required",
            Some(json!([])),
            "spec.entityOperator.template.pod.affinity.podAntiAffinity.required: no such field",
        ),
        // Types.
        ("KafkaTopic", "/spec/partitions", Some(json!("12")), "spec.partitions: \"12\" is no integer"),
        ("KafkaTopic", "/spec/partitions", Some(json!(1.5)), "spec.partitions: 1.5 is no integer"),
        ("KafkaTopic", "/spec/config", Some(json!([])), "spec.config: [] is no object"),
        ("Kafka", "/spec/kafka/version", Some(json!(4.3)), "spec.kafka.version: 4.3 is no string"),
        (
            "Kafka",
            "/spec/kafka/listeners/0/tls",
            Some(json!("true")),
            "spec.kafka.listeners[0].tls: \"true\" is no boolean",
        ),
        ("Kafka", "/spec/kafka/listeners", Some(json!({})), "spec.kafka.listeners: {} is no list"),
        ("VirtualService", "/spec/hosts/0", Some(Value::Null), "spec.hosts[0]: has no value"),
        (
            "VirtualService",
            "/spec/http/0/route/0/weight",
            Some(json!("100")),
            "spec.http[0].route[0].weight: \"100\" is no integer",
        ),
        (
            "VerticalPodAutoscaler",
            "/spec/resourcePolicy/containerPolicies/0/minAllowed/cpu",
            Some(json!(0.5)),
            "spec.resourcePolicy.containerPolicies[0].minAllowed.cpu: 0.5 is no int-or-string",
        ),
        ("ClusterConfig", "/metadata/tags/a", Some(json!(1)), "metadata.tags.a: 1 is no string"),
        ("Kafka", "/metadata/labels/a", Some(json!(1)), "metadata: "),
        // What must be there.
        ("Kafka", "/spec/kafka/listeners/0/port", None, "spec.kafka.listeners[0].port: is missing"),
        ("KafkaTopic", "/spec", None, "spec: is missing"),
        ("KafkaTopic", "/metadata", None, "metadata: is missing"),
        ("KafkaTopic", "/metadata/name", None, "metadata.name: is missing"),
        ("ClusterConfig", "/metadata/region", None, "metadata.region: is missing"),
        // Words and bounds.
        ("IngressClassParams", "/spec/scheme", Some(json!("public")), "spec.scheme: \"public\" breaks enum"),
        (
            "ClusterConfig",
            "/managedNodeGroups/0/volumeType",
            Some(json!("gp9")),
            "managedNodeGroups[0].volumeType: \"gp9\" breaks enum",
        ),
        ("KafkaTopic", "/spec/partitions", Some(json!(0)), "spec.partitions: 0 breaks minimum 1"),
        ("Kafka", "/spec/kafka/listeners", Some(json!([])), "spec.kafka.listeners: [] breaks minItems 1"),
        (
            "IngressClassParams",
            "/spec/subnets/ids/0",
            Some(json!("net-1")),
            "spec.subnets.ids[0]: \"net-1\" breaks pattern",
        ),
        (
            "NodePool",
            "/spec/disruption/consolidateAfter",
            Some(json!("5 m")),
            "spec.disruption.consolidateAfter: \"5 m\" breaks pattern",
        ),
        ("SecretStore", "/spec/provider", Some(json!({})), "spec.provider: {} breaks minProperties 1"),
        (
            "VirtualService",
            "/spec/http/0/match/0/uri/exact",
            Some(json!("/a")),
            "spec.http[0].match[0].uri: {\"exact\":\"/a\",\"prefix\":\"/\"} breaks atMostOne",
        ),
        // Versions and scope.
        (
            "Kafka",
            "/apiVersion",
            Some(json!("kafka.strimzi.io/v1beta2")),
            "apiVersion: kafka.strimzi.io/v1beta2 is not served; served: v1",
        ),
        (
            "SecretStore",
            "/apiVersion",
            Some(json!("external-secrets.io/v1beta1")),
            "apiVersion: external-secrets.io/v1beta1 is not served; served: v1",
        ),
        (
            "VirtualService",
            "/apiVersion",
            Some(json!("networking.istio.io/v1beta1")),
            "apiVersion: networking.istio.io/v1beta1 is older than networking.istio.io/v1",
        ),
        (
            "Kafka",
            "/kind",
            Some(json!("KafkaThing")),
            "there are no facts about KafkaThing in `kafka.strimzi.io`: add it to facts/kinds.csv",
        ),
        ("Kafka", "/metadata/namespace", None, "metadata.namespace: is missing"),
        ("NodePool", "/metadata/namespace", Some(json!("karpenter")), "metadata.namespace: it belongs to no namespace"),
    ];
    let good = good();
    for (kind, at, put, expected) in cases {
        let mut document = good.iter().find(|document| document["kind"] == *kind).unwrap().clone();
        let (parent, name) = at.rsplit_once('/').unwrap();
        match (document.pointer_mut(parent).unwrap(), put) {
            (Value::Object(fields), Some(value)) => drop(fields.insert(name.to_owned(), value.clone())),
            (Value::Object(fields), None) => drop(fields.remove(name).unwrap()),
            (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value.clone(),
            other => panic!("{other:?}"),
        }
        let found = contract::faults(&document);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{kind} {at}: {found:#?}");
    }
}

/// Bounds that no document above has: each in facts of its own.
#[test]
fn each_bound_is_judged() {
    let facts = |bounds: &str, form: &str| {
        format!(
            "group: a\nkind: A\nscope: File\nserved: v1\nrelease: A 1\nsource: a\nsha256: 0\nas_of: 2026-01-31\n\n\
             value {form} {bounds}\nvalue.a string\nvalue.b string\nvalue[] any\n"
        )
    };
    for (form, bounds, good, bad) in [
        ("string", r#"{"maxLength":2}"#, json!("öö"), json!("ööö")),
        ("string", r#"{"minLength":1}"#, json!("a"), json!("")),
        ("number", r#"{"maximum":1.5}"#, json!(1.5), json!(1.6)),
        ("integer", r#"{"multipleOf":5}"#, json!(10), json!(11)),
        ("list", r#"{"maxItems":1}"#, json!([1]), json!([1, 2])),
        ("list", r#"{"unique":true}"#, json!([1, 2]), json!([1, 1])),
        (
            "list",
            r#"{"keys":["name"]}"#,
            json!([{"name": "a"}, {"name": "b"}]),
            json!([{"name": "a"}, {"name": "a", "b": 1}]),
        ),
        ("object", r#"{"maxProperties":1}"#, json!({"a": ""}), json!({"a": "", "b": ""})),
        ("object", r#"{"exactlyOne":[["a","b"]]}"#, json!({"a": ""}), json!({"a": "", "b": ""})),
        ("object", r#"{"exactlyOne":[["a","b"]]}"#, json!({"b": ""}), json!({})),
        ("int-or-string", r#"{"pattern":"^[0-9]+%$"}"#, json!("10%"), json!("10")),
        ("int-or-string", r#"{"pattern":"^[0-9]+%$"}"#, json!(10), json!("ten")),
    ] {
        let facts = Definition::read(&facts(bounds, form)).unwrap();
        assert_eq!(contract::judge(&json!({ "value": good }), &facts.root), Vec::<String>::new(), "{bounds}");
        let found = contract::judge(&json!({ "value": bad }), &facts.root);
        assert!(found.len() == 1 && found[0].contains("breaks"), "{bounds}: {found:?}");
    }
}

/// Every shipped topology that is meant to be good.
fn fixtures() -> Vec<String> {
    let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures")).unwrap();
    let folders = folders.map(Result::unwrap).filter(|folder| folder.path().join("waard.yaml").is_file());
    let names: Vec<String> = folders.map(|folder| folder.file_name().into_string().unwrap()).collect();
    assert!(names.len() >= 2, "{names:?}");
    names
}

#[test]
fn every_document_of_the_fixtures_is_what_its_kind_can_be() {
    for name in fixtures() {
        let documents = documents(&waard_k8s::emit(&fixture(&name)));
        assert!(!documents.is_empty());
        for document in documents {
            assert_eq!(typed::faults(&document.value), Vec::<String>::new(), "{}\n{}", document.path, document.text);
        }
    }
}

/// Built-in kinds go through the types of k8s-openapi, which drop what they don't know.
#[test]
fn each_fault_of_a_built_in_kind_is_found() {
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": { "name": "api", "namespace": "shop" },
        "spec": { "ports": [{ "port": 80, "targetPort": "http" }], "selector": { "app": "api" } },
    });
    assert_eq!(typed::faults(&service), Vec::<String>::new());
    for (at, value, expected) in [
        ("/spec/port", json!(80), "spec.port: no such field"),
        ("/spec/ports/0/targetport", json!(80), "spec.ports[0].targetport: no such field"),
        ("/spec/ports/0/port", json!("80"), "invalid type"),
        ("/spec/clusterIP", Value::Null, "spec.clusterIP: no such field, or no value"),
        ("/apiVersion", json!("core/v1"), "apiVersion: \"core/v1\" instead of v1"),
        ("/kind", json!("Secret"), "\"v1\" Secret is no kind that is known here"),
        ("/metadata/namespace", Value::Null, "metadata.namespace: is missing"),
    ] {
        let mut document = service.clone();
        let (parent, name) = at.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[name] = value;
        let found = typed::faults(&document);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{at}: {found:?}");
    }
}

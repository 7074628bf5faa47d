//! Secrets: every one that a pod refers to is made, of what its operator may read, and before anything needs it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use support::{Document, containers, documents, fixture, items};
use waard_model::{Topology, strategy};

type Keys = BTreeSet<(String, String, String)>;

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Namespace, secret and key of all that pods refer to.
fn wanted(here: &[&Document]) -> Keys {
    let mut found = Keys::new();
    for document in here {
        let Some(template) = document.template() else { continue };
        let pod = &template["spec"];
        let mut add = |secret: String, key: String| found.insert((document.namespace().to_owned(), secret, key));
        for variable in containers(pod).flat_map(|container| items(&container["env"])) {
            let reference = &variable["valueFrom"]["secretKeyRef"];
            if !reference.is_null() {
                add(text(&reference["name"]), text(&reference["key"]));
            }
        }
        for secret in items(&pod["volumes"]).map(|volume| &volume["secret"]).filter(|secret| !secret.is_null()) {
            for item in items(&secret["items"]) {
                add(text(&secret["secretName"]), text(&item["key"]));
            }
        }
    }
    found
}

/// What is wrong with the secrets of a topology.
fn faults(topology: &Topology, documents: &[Document]) -> Vec<String> {
    let mut found = Vec::new();
    for (environment, region) in topology.regions() {
        let folder = format!("{}/{}", environment.name(), region.cluster().name());
        let here: Vec<&Document> = documents.iter().filter(|document| document.cluster() == folder).collect();
        let of = |kind: &'static str| here.iter().copied().filter(move |document| document.kind() == kind);
        let identities = topology.identities(environment, region);
        let operator = identities.iter().find(|identity| identity.service_account == "external-secrets");
        let readable: BTreeSet<&str> = operator
            .iter()
            .flat_map(|identity| &identity.statements)
            .filter(|statement| statement.sid == "ReadSecrets")
            .flat_map(|statement| statement.resources.iter().map(String::as_str))
            .collect();
        let mut made = Keys::new();
        for document in of("ExternalSecret").filter(|document| document.path.ends_with("/secrets.yaml")) {
            let spec = &document.value["spec"];
            let mut report = |fault: &str| found.push(format!("{folder}: {}: {fault}", document.name()));
            let store = &spec["secretStoreRef"];
            let known = |other: &Document| {
                other.namespace() == document.namespace()
                    && store["name"] == other.name()
                    && store["kind"] == other.kind()
                    && other.value["spec"]["provider"]["aws"]["region"] == region.name().as_str()
            };
            if !of("SecretStore").any(known) {
                report("no store of this region");
            }
            if document.value["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] != "-2" {
                report("not before migrations");
            }
            if spec["target"]["name"] != document.name() || spec["target"]["deletionPolicy"] != "Retain" {
                report("it makes another secret, or takes it away");
            }
            for entry in items(&spec["data"]) {
                let (key, remote) = (text(&entry["secretKey"]), text(&entry["remoteRef"]["key"]));
                if entry["remoteRef"]["property"] != key.as_str() {
                    report("another property");
                }
                if remote != format!("{}/{}/{}", topology.platform(), environment.name(), document.name()) {
                    report("another environment's secret");
                }
                if !readable.iter().any(|arn| arn.ends_with(&format!(":secret:{remote}-??????"))) {
                    report("the operator may not read it");
                }
                if !made.insert((document.namespace().to_owned(), document.name().to_owned(), key)) {
                    report("a key twice");
                }
            }
        }
        let mut wanted = wanted(&here);
        // What runs in a standby region only once it serves must find its secrets then.
        if let Some(serving) = environment.after_failover(region) {
            let after = self::documents(&waard_k8s::emit_region(topology, environment, &serving));
            wanted.extend(self::wanted(&after.iter().collect::<Vec<_>>()));
        }
        // Credentials of Kafka come from another namespace of the cluster, and not from AWS.
        let mut elsewhere = Keys::new();
        for document in of("ExternalSecret").filter(|document| !document.path.ends_with("/secrets.yaml")) {
            for entry in items(&document.value["spec"]["data"]) {
                let secret = document.value["spec"]["target"]["name"].as_str().unwrap_or(document.name());
                elsewhere.insert((document.namespace().to_owned(), secret.to_owned(), text(&entry["secretKey"])));
            }
        }
        let wanted: Keys = wanted.difference(&elsewhere).cloned().collect();
        found.extend(wanted.difference(&made).map(|missing| format!("{folder}: {missing:?} is not made")));
        found.extend(made.difference(&wanted).map(|idle| format!("{folder}: nobody wants {idle:?}")));
        if of("Secret").next().is_some() {
            found.push(format!("{folder}: a secret's value"));
        }
        // A migration has no identity in AWS, and no way there.
        for job in of("Job").filter(|job| job.value["metadata"]["labels"]["app.kubernetes.io/component"] == "migration")
        {
            let account = text(&job.template().unwrap()["spec"]["serviceAccountName"]);
            let mut report = |fault: &str| found.push(format!("{folder}: {}: {fault}", job.name()));
            if !account.ends_with("-migrate") || !of("ServiceAccount").any(|other| other.name() == account) {
                report("it has the workload's identity");
            }
            if identities.iter().any(|identity| identity.service_account == account) {
                report("it has rights in AWS");
            }
            let policy = of("NetworkPolicy").find(|policy| policy.name() == account).unwrap();
            if policy.text.contains("169.254.170.23") {
                report("it asks for an identity");
            }
        }
    }
    found
}

#[test]
fn every_secret_of_the_shipped_platforms_is_made() {
    for name in ["minimal", "waardhaven"] {
        let topology = fixture(name);
        assert_eq!(faults(&topology, &documents(&waard_k8s::emit(&topology))), Vec::<String>::new(), "{name}");
    }
}

/// What a test can't see fail may be blind.
#[test]
fn each_fault_is_found() {
    type Damage = fn(&mut serde_json::Value);
    let cases: [(&str, &str, Damage); 6] = [
        ("ExternalSecret", "no store", |value| value["spec"]["secretStoreRef"]["name"] = "other".into()),
        ("ExternalSecret", "not before", |value| value["metadata"]["annotations"] = serde_json::json!({})),
        ("ExternalSecret", "another environment", |value| {
            value["spec"]["data"][0]["remoteRef"]["key"] = "waardhaven/staging/app-secrets".into();
        }),
        ("ExternalSecret", "is not made", |value| value["spec"]["data"][0]["secretKey"] = "other".into()),
        ("SecretStore", "no store", |value| value["spec"]["provider"]["aws"]["region"] = "us-gov-east-1".into()),
        ("Job", "the workload's identity", |value| {
            value["spec"]["template"]["spec"]["serviceAccountName"] = "waardhaven-api".into();
        }),
    ];
    let topology = fixture("waardhaven");
    for (kind, expected, damage) in cases {
        let mut documents = documents(&waard_k8s::emit(&topology));
        let document = documents.iter_mut().find(|document| document.kind() == kind).unwrap();
        damage(&mut document.value);
        let found = faults(&topology, &documents);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{kind}, {expected}: {found:?}");
    }
}

/// One way in: no Service may open another, but for brokers that a standby region copies from.
#[test]
fn only_mirrored_brokers_have_balancers_of_their_own() {
    let topology = fixture("waardhaven");
    let documents = documents(&waard_k8s::emit(&topology));
    let mut seen = BTreeSet::new();
    for quota in documents.iter().filter(|document| document.kind() == "ResourceQuota") {
        let hard = &quota.value["spec"]["hard"];
        assert_eq!(hard["services.nodeports"], "0");
        let mirrored =
            ["production-us-east-1", "production-eu-west-1"].iter().any(|end| quota.cluster().ends_with(end))
                && quota.namespace() == "data-processing";
        // Three brokers, and one to ask.
        assert_eq!(hard["services.loadbalancers"], if mirrored { "4" } else { "0" }, "{}", quota.path);
        assert_eq!(hard.as_object().unwrap().len(), 2, "nothing that could hold an autoscaler back");
        seen.insert((quota.cluster().to_owned(), quota.namespace().to_owned()));
    }
    for (environment, region) in topology.regions() {
        let workloads = region.workloads().values().map(|workload| workload.namespace().to_string());
        let kafka = region.stores().values().filter_map(|store| store.kafka_namespace()).map(str::to_owned);
        for namespace in workloads.chain(kafka) {
            let cluster = format!("{}/{}", environment.name(), region.cluster().name());
            assert!(seen.contains(&(cluster, namespace.clone())), "{namespace} of {}", region.cluster().name());
        }
    }
    for (cluster, namespace) in seen {
        let limits = documents.iter().find(|document| {
            document.kind() == "LimitRange" && document.namespace() == namespace && document.cluster() == cluster
        });
        let limit = &limits.unwrap().value["spec"]["limits"][0];
        assert!(limit["default"]["cpu"].is_null(), "a CPU limit for containers that have none on purpose");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_secret_of_random_platforms_is_made(topology in strategy::topology()) {
        prop_assert_eq!(faults(&topology, &documents(&waard_k8s::emit(&topology))), Vec::<String>::new());
    }
}

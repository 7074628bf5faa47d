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

use support::{Document, documents, fixture, judge};

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

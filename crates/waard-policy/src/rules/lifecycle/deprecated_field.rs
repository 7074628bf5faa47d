//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "lifecycle/deprecated-field",
    looks_at: "objects with fields that are on their way out",
    page: include_str!("deprecated_field.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// A field that is deprecated, where it stands, and what to write instead.
struct Field {
    group: &'static str,
    kind: &'static str,
    /// Keys; `[]` after one stands for every item of its list.
    path: &'static str,
    /// The last key, which may have dots.
    key: &'static str,
    instead: &'static str,
}

/// Sources: eksctl `pkg/apis/eksctl.io/v1alpha5/validation.go` on `ssh.enableSsm`; Kubernetes API reference v1.35 on the
/// others of Kubernetes; Apache Kafka, "KIP-584" and the upgrade notes of 4.0: `inter.broker.protocol.version` is ignored
/// with KRaft; Strimzi, "Upgrading Kafka", `spec.kafka.metadataVersion`.
const FIELDS: [Field; 8] = [
    Field {
        group: "eksctl.io",
        kind: "ClusterConfig",
        path: "nodeGroups[].ssh",
        key: "enableSsm",
        instead: "leave it out: SSM is always on",
    },
    Field {
        group: "eksctl.io",
        kind: "ClusterConfig",
        path: "managedNodeGroups[].ssh",
        key: "enableSsm",
        instead: "leave it out: SSM is always on",
    },
    Field {
        group: "kafka.strimzi.io",
        kind: "Kafka",
        path: "spec.kafka.config",
        key: "inter.broker.protocol.version",
        instead: "set `spec.kafka.metadataVersion`: clusters with KRaft don't read it",
    },
    Field {
        group: "kafka.strimzi.io",
        kind: "Kafka",
        path: "spec.kafka.config",
        key: "log.message.format.version",
        instead: "remove it: Kafka 4 doesn't know it",
    },
    Field {
        group: "",
        kind: "Service",
        path: "spec",
        key: "loadBalancerIP",
        instead: "use the annotation of the controller",
    },
    Field {
        group: "",
        kind: "Service",
        path: "metadata.annotations",
        key: "service.alpha.kubernetes.io/tolerate-unready-endpoints",
        instead: "set `spec.publishNotReadyAddresses`",
    },
    Field {
        group: "",
        kind: "PersistentVolumeClaim",
        path: "metadata.annotations",
        key: "volume.beta.kubernetes.io/storage-class",
        instead: "set `spec.storageClassName`",
    },
    Field { group: "", kind: "Pod", path: "spec", key: "serviceAccount", instead: "set `spec.serviceAccountName`" },
];

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for object in cluster.configs().iter().chain(cluster.objects()) {
        let fields: Vec<&Field> =
            FIELDS.iter().filter(|field| field.group == object.group() && field.kind == object.kind()).collect();
        if fields.is_empty() {
            continue;
        }
        findings.looked_at_one();
        for field in fields {
            for node in at(object.node(), field.path) {
                if let Some(entry) = node.entry(field.key).filter(|entry| !entry.value().is_null()) {
                    findings.report(entry, format!("`{}` is deprecated", field.key)).help(field.instead);
                }
            }
        }
    }
}

/// What stands at a path of keys, those in all items of lists.
fn at<'n>(node: &'n Node, path: &str) -> Vec<&'n Node> {
    let mut found = vec![node];
    for part in path.split('.') {
        found = match part.strip_suffix("[]") {
            Some(key) => found.into_iter().flat_map(|node| node.list(key)).collect(),
            None => found.into_iter().filter_map(|node| node.get(part)).collect(),
        };
    }
    found
}

//! See its page.

use crate::cluster::{Cluster, Defined, IngressView, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/class-missing",
    severity: Severity::Error,
    looks_at: "names of storage, ingress, priority and runtime classes",
    page: include_str!("class_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for object in cluster.objects() {
        match (object.group(), object.kind()) {
            ("", "PersistentVolumeClaim") => claim(cluster, object, object.node(), findings),
            ("apps", "StatefulSet") => {
                for template in object.list("spec.volumeClaimTemplates") {
                    claim(cluster, object, template, findings);
                }
            }
            ("kafka.strimzi.io", "Kafka" | "KafkaNodePool") => kafka(cluster, object, findings),
            ("networking.k8s.io" | "extensions", "Ingress") => {
                if let Some(name) = IngressView::class_node(object) {
                    judge(cluster, object, "IngressClass", name, "no controller reads the ingress", findings);
                }
            }
            _ => {}
        }
    }
    for workload in cluster.workloads() {
        if let Some(name) = workload.pod_at("priorityClassName") {
            judge(cluster, workload.object, "PriorityClass", name, "admission refuses the pods", findings);
        }
        if let Some(name) = workload.pod_at("runtimeClassName") {
            judge(cluster, workload.object, "RuntimeClass", name, "admission refuses the pods", findings);
        }
        for volume in workload.pod_list("volumes") {
            if let Some(template) = volume.at("ephemeral.volumeClaimTemplate") {
                claim(cluster, workload.object, template, findings);
            }
        }
    }
}

fn claim(cluster: &Cluster, object: &Object, template: &Node, findings: &mut Findings<'_>) {
    // A claim that names its volume is bound by name, and the class is only a label then.
    if template.at("spec.volumeName").is_some() {
        return;
    }
    if let Some(name) = template.at("spec.storageClassName") {
        judge(cluster, object, "StorageClass", name, "the claim stays pending, and with it the pod", findings);
    }
}

/// Strimzi's storage: one volume, or a list of them. `storageClass` is no field, but shows what was meant.
fn kafka(cluster: &Cluster, object: &Object, findings: &mut Findings<'_>) {
    for path in ["spec.storage", "spec.kafka.storage", "spec.zookeeper.storage"] {
        let Some(storage) = object.at(path) else { continue };
        for volume in storage.list("volumes").iter().chain([storage]) {
            if let Some(name) = volume.get("class").or_else(|| volume.get("storageClass")) {
                judge(cluster, object, "StorageClass", name, "the claims of the brokers stay pending", findings);
            }
        }
    }
}

fn judge(cluster: &Cluster, object: &Object, kind: &str, name: &Node, effect: &str, findings: &mut Findings<'_>) {
    let Some(text) = name.text().filter(|text| !text.is_empty()) else { return };
    findings.looked_at_one();
    // EKS makes one storage class by itself, `gp2`: Amazon EKS User Guide, "Use Kubernetes volume storage with Amazon EBS".
    if kind == "StorageClass" && text == "gp2" {
        return;
    }
    match cluster.defines(kind, "", text) {
        Defined::Object(_) | Defined::Made(_) => {}
        Defined::Perhaps(_) => {
            findings.unknown(name, format!("{kind} `{text}` may come from something that isn't among the files"));
        }
        Defined::No => {
            let known: Vec<&str> = cluster.of(kind).map(Object::name).collect();
            let help = match known.as_slice() {
                [] => format!("make the {kind}, or install what brings it: {effect}"),
                known => format!("make the {kind}, or name one that is there ({}): {effect}", known.join(", ")),
            };
            findings.report(name, format!("nothing makes {kind} `{text}`, which {} names", object.title())).help(help);
        }
    }
}

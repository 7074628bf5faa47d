//! See its page.

use crate::cluster::{Cluster, Defined, Object, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/config-map-missing",
    severity: Severity::Error,
    looks_at: "references to config maps",
    page: include_str!("config_map_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for workload in cluster.workloads() {
        for (name, keys) in of_pods(workload) {
            judge(cluster, workload.object, name, &keys, findings);
        }
    }
    // Operators read them by the same form of reference: metrics and logging of Strimzi, values of others.
    let others = cluster.objects().iter().filter(|object| !object.is_builtin() && object.namespace().is_some());
    for object in others {
        let Some(spec) = object.at("spec") else { continue };
        spec.walk(&mut |node| {
            let Some(reference) = node.get("configMapKeyRef").filter(|node| needed(node)) else { return };
            let Some(name) = reference.get("name") else { return };
            judge(cluster, object, name, &reference.get("key").into_iter().collect::<Vec<_>>(), findings);
        });
    }
}

fn needed(reference: &Node) -> bool {
    reference.bool_at("optional") != Some(true)
}

/// Every config map that a pod can't do without, and the keys that it reads from it.
fn of_pods(workload: Workload<'_>) -> Vec<(&Node, Vec<&Node>)> {
    let mut found: Vec<(&Node, Vec<&Node>)> = Vec::new();
    for container in workload.containers() {
        for reference in container.node.list("env").iter().filter_map(|env| env.at("valueFrom.configMapKeyRef")) {
            if let Some(name) = reference.get("name").filter(|_| needed(reference)) {
                found.push((name, reference.get("key").into_iter().collect()));
            }
        }
        for reference in container.node.list("envFrom").iter().filter_map(|env| env.get("configMapRef")) {
            found.extend(reference.get("name").filter(|_| needed(reference)).map(|name| (name, Vec::new())));
        }
    }
    for volume in workload.pod_list("volumes") {
        let projected = volume.list("projected.sources").iter().filter_map(|source| source.get("configMap"));
        for reference in volume.get("configMap").into_iter().chain(projected).filter(|node| needed(node)) {
            let keys = reference.list("items").iter().filter_map(|item| item.get("key")).collect();
            found.extend(reference.get("name").map(|name| (name, keys)));
        }
    }
    found
}

fn judge(cluster: &Cluster, object: &Object, name: &Node, keys: &[&Node], findings: &mut Findings<'_>) {
    let (Some(text), namespace) = (name.text(), object.ns()) else { return };
    findings.looked_at_one();
    match cluster.defines("ConfigMap", namespace, text) {
        Defined::Object(map) => {
            for key in keys {
                let Some(wanted) = key.text() else { continue };
                let has = |path: &str| map.at(path).is_some_and(|data| data.get(wanted).is_some());
                if !has("data") && !has("binaryData") {
                    findings
                        .report(
                            *key,
                            format!("config map `{text}` has no key `{wanted}`, which {} reads", object.title()),
                        )
                        .related(map, "the config map")
                        .help("add the key, or read one that is there");
                }
            }
        }
        Defined::Made(_) => {}
        Defined::Perhaps(_) => {
            findings.unknown(name, format!("config map `{text}` may come from something that isn't among the files"));
        }
        Defined::No => {
            let message =
                format!("nothing makes config map `{text}` in namespace `{namespace}`, which {} reads", object.title());
            let draft = findings.report(name, message);
            draft.help(
                "make the config map; until then the pods wait in ContainerCreating or CreateContainerConfigError",
            );
            if let Some(map) = cluster.of("ConfigMap").find(|map| map.name() == text) {
                draft.related(map, format!("this one is in namespace `{}`", map.ns()));
            }
        }
    }
}

//! References of built-in kinds.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::{Document, containers, items};
use super::{Missing, World};

/// Namespaces that every cluster has.
const GIVEN: [&str; 2] = ["default", "kube-system"];

pub(crate) fn namespaces(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    let namespace = document.namespace();
    let made = |chart: &super::world::Chart| chart.namespace == namespace;
    if !namespace.is_empty()
        && !GIVEN.contains(&namespace)
        && !world.exists("Namespace", "", namespace)
        && !world.charts.iter().any(made)
    {
        missing("namespace", namespace.to_owned());
    }
}

/// What a pod names: identity, priority, secrets, config maps, classes of volumes.
pub(crate) fn pods(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    let Some(template) = document.template() else { return };
    let (pod, namespace) = (&template["spec"], document.namespace());
    let account = pod["serviceAccountName"].as_str().unwrap_or("default");
    if account != "default" && !world.exists("ServiceAccount", namespace, account) {
        missing("service account", account.to_owned());
    }
    if let Some(class) = pod["priorityClassName"].as_str()
        && !class.starts_with("system-")
        && !world.exists("PriorityClass", "", class)
    {
        missing("priority class", class.to_owned());
    }
    for container in containers(pod) {
        for variable in items(&container["env"]) {
            for (kind, reference) in [("secret", "secretKeyRef"), ("config map", "configMapKeyRef")] {
                let reference = &variable["valueFrom"][reference];
                if let Some(name) = reference["name"].as_str() {
                    keyed(world, namespace, kind, name, reference["key"].as_str().unwrap(), missing);
                }
            }
        }
        assert!(container["envFrom"].is_null(), "whole Secrets as variables are not followed");
    }
    let volumes: Vec<&Value> = items(&pod["volumes"])
        .flat_map(|volume| std::iter::once(volume).chain(items(&volume["projected"]["sources"])))
        .collect();
    for volume in volumes {
        for (kind, source, name) in [
            ("secret", &volume["secret"], "secretName"),
            ("secret", &volume["secret"], "name"),
            ("config map", &volume["configMap"], "name"),
        ] {
            if let Some(name) = source[name].as_str() {
                for item in items(&source["items"]) {
                    keyed(world, namespace, kind, name, item["key"].as_str().unwrap(), missing);
                }
            }
        }
        if let Some(class) = volume["ephemeral"]["volumeClaimTemplate"]["spec"]["storageClassName"].as_str()
            && !world.exists("StorageClass", "", class)
        {
            missing("storage class", class.to_owned());
        }
    }
    volumes_and_ports(pod, missing);
}

/// A key of a Secret or of a ConfigMap.
fn keyed(world: &World<'_>, namespace: &str, kind: &'static str, name: &str, key: &str, missing: Missing<'_>) {
    let found = match kind {
        "secret" => world.secrets.get(&(namespace.to_owned(), name.to_owned())).map(|keys| keys.contains(key)),
        _ => world.find("ConfigMap", namespace, name).map(|map| !map.value["data"][key].is_null()),
    };
    match found {
        None => missing(kind, name.to_owned()),
        Some(false) => missing("key", format!("{name}/{key}")),
        Some(true) => {}
    }
}

/// What containers name of their own pod.
fn volumes_and_ports(pod: &Value, missing: Missing<'_>) {
    let volumes: BTreeSet<&str> = items(&pod["volumes"]).map(|volume| volume["name"].as_str().unwrap()).collect();
    for container in containers(pod) {
        for mount in items(&container["volumeMounts"]) {
            let name = mount["name"].as_str().unwrap();
            if !volumes.contains(name) {
                missing("volume", name.to_owned());
            }
        }
        let ports: BTreeSet<&str> = items(&container["ports"]).filter_map(|port| port["name"].as_str()).collect();
        for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
            for kind in ["httpGet", "tcpSocket"] {
                if let Some(port) = container[probe][kind]["port"].as_str()
                    && !ports.contains(port)
                {
                    missing("port of a probe", port.to_owned());
                }
            }
        }
    }
}

/// A Service leads to pods, and each of its ports to one of theirs.
pub(crate) fn services(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    if document.kind() != "Service" {
        return;
    }
    let spec = &document.value["spec"];
    let selector = serde_json::json!({ "matchLabels": spec["selector"] });
    let selected: Vec<_> = world.selected(document.namespace(), &selector).collect();
    if selected.is_empty() {
        missing("pods of a service", spec["selector"].to_string());
    }
    for port in items(&spec["ports"]) {
        let target = &port["targetPort"];
        let leads = |pods: &&super::world::Pods| match target {
            Value::String(name) => pods.ports.contains_key(name),
            Value::Number(number) => pods.ports.values().any(|port| Some(*port) == number.as_u64()),
            _ => pods.ports.values().any(|number| port["port"] == *number),
        };
        if !selected.is_empty() && !selected.iter().any(leads) {
            missing("port of a service", target.to_string());
        }
    }
}

pub(crate) fn autoscalers(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    let target = match document.kind() {
        "HorizontalPodAutoscaler" => &document.value["spec"]["scaleTargetRef"],
        "VerticalPodAutoscaler" => &document.value["spec"]["targetRef"],
        _ => return,
    };
    let (kind, name) = (target["kind"].as_str().unwrap(), target["name"].as_str().unwrap());
    let Some(scaled) = world.find(kind, document.namespace(), name) else {
        missing("scale target", format!("{kind}/{name}"));
        return;
    };
    let names: BTreeSet<&str> =
        containers(&scaled.template().unwrap()["spec"]).map(|container| container["name"].as_str().unwrap()).collect();
    let metrics = items(&document.value["spec"]["metrics"])
        .filter_map(|metric| metric["containerResource"]["container"].as_str());
    let policies = items(&document.value["spec"]["resourcePolicy"]["containerPolicies"])
        .filter_map(|policy| policy["containerName"].as_str())
        .filter(|name| *name != "*");
    for container in metrics.chain(policies).filter(|container| !names.contains(container)) {
        missing("container", container.to_owned());
    }
}

pub(crate) fn budgets(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    if document.kind() == "PodDisruptionBudget"
        && !world.has_pods(document.namespace(), &document.value["spec"]["selector"])
    {
        missing("pods of a budget", document.value["spec"]["selector"].to_string());
    }
}

/// A policy is for pods that exist, and names peers that exist. One for every pod of a namespace names none.
pub(crate) fn network_policies(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    if document.kind() != "NetworkPolicy" {
        return;
    }
    let spec = &document.value["spec"];
    let everything = |selector: &Value| selector.as_object().is_none_or(serde_json::Map::is_empty);
    if !everything(&spec["podSelector"]) && !world.has_pods(document.namespace(), &spec["podSelector"]) {
        missing("pods of a policy", spec["podSelector"].to_string());
    }
    let peers = items(&spec["ingress"])
        .flat_map(|rule| items(&rule["from"]))
        .chain(items(&spec["egress"]).flat_map(|rule| items(&rule["to"])));
    for peer in peers.filter(|peer| !peer["podSelector"].is_null() && !everything(&peer["podSelector"])) {
        let namespace = &peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"];
        let namespace = if peer["namespaceSelector"].is_null() {
            document.namespace()
        } else {
            namespace.as_str().unwrap_or_default()
        };
        if !world.has_pods(namespace, &peer["podSelector"]) {
            missing("peer of a policy", format!("{namespace}: {}", peer["podSelector"]));
        }
    }
}

pub(crate) fn role_bindings(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    if !matches!(document.kind(), "ClusterRoleBinding" | "RoleBinding") {
        return;
    }
    let role = &document.value["roleRef"];
    let (kind, name) = (role["kind"].as_str().unwrap(), role["name"].as_str().unwrap());
    let namespace = if kind == "Role" { document.namespace() } else { "" };
    if !world.exists(kind, namespace, name) {
        missing("role", format!("{kind}/{name}"));
    }
    for subject in items(&document.value["subjects"]).filter(|subject| subject["kind"] == "ServiceAccount") {
        let (namespace, name) =
            (subject["namespace"].as_str().unwrap_or(document.namespace()), subject["name"].as_str().unwrap());
        if !world.exists("ServiceAccount", namespace, name)
            && !world.charts.iter().any(|chart| chart.namespace == namespace && namespace != "kube-system")
        {
            missing("subject", format!("{namespace}/{name}"));
        }
    }
}

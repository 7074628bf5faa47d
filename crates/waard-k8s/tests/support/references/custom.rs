//! References of custom resources, and that somebody serves them.

use serde_json::{Value, json};

use super::super::{Document, items, strings};
use super::{Missing, World};

/// Who serves the kinds of a group: the chart that brings its definitions and its controller.
const OPERATORS: [(&str, &str); 11] = [
    ("argoproj.io", "argo-cd"),
    ("autoscaling.k8s.io", "vertical-pod-autoscaler"),
    ("elbv2.k8s.aws", "aws-load-balancer-controller"),
    ("external-secrets.io", "external-secrets"),
    ("kafka.strimzi.io", "strimzi-kafka-operator"),
    ("karpenter.k8s.aws", "karpenter"),
    ("karpenter.sh", "karpenter"),
    ("monitoring.coreos.com", "kube-prometheus-stack"),
    ("networking.istio.io", "istiod"),
    ("security.istio.io", "istiod"),
    ("telemetry.istio.io", "istiod"),
];

/// Groups of the API server itself.
const BUILT_IN: [&str; 10] = [
    "",
    "apps",
    "autoscaling",
    "batch",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
    "admissionregistration.k8s.io",
];

/// Somebody serves the kind.
pub(crate) fn operator(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    let version = document.value["apiVersion"].as_str().unwrap();
    let group = version.rsplit_once('/').map_or("", |(group, _)| group);
    if BUILT_IN.contains(&group) {
        return;
    }
    match OPERATORS.iter().find(|(served, _)| *served == group) {
        Some((_, chart)) if world.has_chart(chart) => {}
        Some((_, chart)) => missing("operator", format!("{chart} for {version} {}", document.kind())),
        None => missing("operator", format!("nobody for {version} {}", document.kind())),
    }
    // The controller of an IngressClass is no group of its own.
}

/// A host of the cluster's own DNS as namespace and name of a Service.
fn service_of(host: &str, namespace: &str) -> Option<(String, String)> {
    let mut parts = host.split('.');
    let (name, second, third) = (parts.next()?, parts.next(), parts.next());
    match (second, third) {
        (None, _) => Some((namespace.to_owned(), name.to_owned())),
        (Some(namespace), Some("svc")) => Some((namespace.to_owned(), name.to_owned())),
        _ => None,
    }
}

pub(crate) fn ingresses(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    let spec = &document.value["spec"];
    match document.kind() {
        "IngressClass" => {
            let parameters = &spec["parameters"];
            if let (Some(kind), Some(name)) = (parameters["kind"].as_str(), parameters["name"].as_str())
                && !world.exists(kind, "", name)
            {
                missing("parameters of a class", format!("{kind}/{name}"));
            }
            if spec["controller"] == "ingress.k8s.aws/alb" && !world.has_chart("aws-load-balancer-controller") {
                missing("controller of a class", spec["controller"].to_string());
            }
        }
        "Ingress" => {
            let class = spec["ingressClassName"].as_str().unwrap_or_default();
            if !world.exists("IngressClass", "", class) {
                missing("ingress class", class.to_owned());
            }
            let backends =
                items(&spec["rules"]).flat_map(|rule| items(&rule["http"]["paths"])).map(|path| &path["backend"]);
            for backend in backends.chain(spec["defaultBackend"].as_object().map(|_| &spec["defaultBackend"])) {
                let service = &backend["service"];
                let name = service["name"].as_str().unwrap();
                // An action of the load balancer is an annotation, not a Service.
                if service["port"]["name"] == "use-annotation" {
                    let annotation = format!("alb.ingress.kubernetes.io/actions.{name}");
                    if document.value["metadata"]["annotations"][&annotation].is_null() {
                        missing("action of a load balancer", name.to_owned());
                    }
                    continue;
                }
                let Some(ports) = world.services.get(&(document.namespace().to_owned(), name.to_owned())) else {
                    missing("backend", name.to_owned());
                    continue;
                };
                let port = &service["port"];
                if !ports.iter().any(|(name, number)| port["name"] == name.as_str() || port["number"] == *number) {
                    missing("port of a backend", format!("{name}: {port}"));
                }
            }
        }
        _ => {}
    }
}

pub(crate) fn gateways_and_routes(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    let (spec, namespace) = (&document.value["spec"], document.namespace());
    match document.kind() {
        "Gateway" => {
            if !world.has_pods(namespace, &json!({ "matchLabels": spec["selector"] })) {
                missing("pods of a gateway", spec["selector"].to_string());
            }
        }
        "DestinationRule" => {
            let host = spec["host"].as_str().unwrap();
            let Some(key) = service_of(host, namespace).filter(|key| world.services.contains_key(key)) else {
                missing("host of a rule", host.to_owned());
                return;
            };
            for subset in items(&spec["subsets"]) {
                if !world.has_pods(&key.0, &json!({ "matchLabels": subset["labels"] })) {
                    missing("pods of a subset", subset["labels"].to_string());
                }
            }
        }
        "VirtualService" => {
            for gateway in strings(&spec["gateways"]).filter(|gateway| *gateway != "mesh") {
                let (home, name) = gateway.split_once('/').unwrap_or((namespace, gateway));
                match world.find("Gateway", home, name) {
                    None => missing("gateway", gateway.to_owned()),
                    Some(found) => {
                        let hosts: Vec<&str> = items(&found.value["spec"]["servers"])
                            .flat_map(|server| strings(&server["hosts"]))
                            .collect();
                        for host in strings(&spec["hosts"])
                            .filter(|host| !hosts.iter().any(|each| each.rsplit('/').next() == Some(host)))
                        {
                            missing("host of a gateway", host.to_owned());
                        }
                    }
                }
            }
            let routes = items(&spec["http"]).chain(items(&spec["tcp"])).chain(items(&spec["tls"]));
            for destination in routes.flat_map(|route| items(&route["route"])).map(|route| &route["destination"]) {
                let host = destination["host"].as_str().unwrap();
                let Some(ports) = service_of(host, namespace).and_then(|key| world.services.get(&key)) else {
                    missing("destination", host.to_owned());
                    continue;
                };
                if let Some(port) = destination["port"]["number"].as_u64()
                    && !ports.iter().any(|(_, number)| *number == port)
                {
                    missing("port of a destination", format!("{host}:{port}"));
                }
                if let Some(subset) = destination["subset"].as_str() {
                    let of_host = |rule: &&&Document| {
                        rule.kind() == "DestinationRule"
                            && service_of(rule.value["spec"]["host"].as_str().unwrap(), rule.namespace())
                                == service_of(host, namespace)
                    };
                    let known = world
                        .documents
                        .iter()
                        .filter(of_host)
                        .any(|rule| items(&rule.value["spec"]["subsets"]).any(|each| each["name"] == subset));
                    if !known {
                        missing("subset", format!("{host}/{subset}"));
                    }
                }
            }
        }
        _ => {}
    }
}

/// Policies of the mesh are for pods that exist, and name identities that exist.
pub(crate) fn mesh_policies(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    let (spec, namespace) = (&document.value["spec"], document.namespace());
    let selector = match document.kind() {
        "AuthorizationPolicy" | "PeerAuthentication" | "Telemetry" => spec["selector"].clone(),
        "EnvoyFilter" | "Sidecar" => json!({ "matchLabels": spec["workloadSelector"]["labels"] }),
        _ => return,
    };
    if !selector["matchLabels"].is_null() && !world.has_pods(namespace, &selector) {
        missing("pods of a mesh policy", selector.to_string());
    }
    let sources = items(&spec["rules"]).flat_map(|rule| items(&rule["from"])).map(|from| &from["source"]);
    for principal in sources.flat_map(|source| strings(&source["principals"])) {
        let parts: Vec<&str> = principal.split('/').collect();
        let [_, "ns", home, "sa", account] = parts.as_slice() else {
            missing("principal", principal.to_owned());
            continue;
        };
        let made_by_chart = world.charts.iter().any(|chart| chart.namespace == *home);
        if !world.exists("ServiceAccount", home, account) && !made_by_chart {
            missing("principal", principal.to_owned());
        }
    }
    for host in items(&spec["egress"]).flat_map(|egress| strings(&egress["hosts"])) {
        let (home, name) = host.split_once('/').unwrap_or((namespace, host));
        let key = (name != "*").then(|| service_of(name, home)).flatten();
        if key.is_some_and(|key| !world.services.contains_key(&key)) {
            missing("host of a sidecar", host.to_owned());
        }
    }
}

pub(crate) fn kafka(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    let (value, namespace) = (&document.value, document.namespace());
    let cluster = &value["metadata"]["labels"]["strimzi.io/cluster"];
    match document.kind() {
        "KafkaNodePool" | "KafkaTopic" | "KafkaUser" => {
            let cluster = cluster.as_str().unwrap_or_default();
            if !world.exists("Kafka", namespace, cluster) {
                missing("Kafka cluster", cluster.to_owned());
            }
        }
        "Kafka" => {
            let pool = |each: &&Document, role: &str| {
                each.kind() == "KafkaNodePool"
                    && each.value["metadata"]["labels"]["strimzi.io/cluster"] == document.name()
                    && items(&each.value["spec"]["roles"]).any(|own| own == role)
            };
            for role in ["broker", "controller"] {
                if !world.documents.iter().any(|each| pool(each, role)) {
                    missing("node pool", role.to_owned());
                }
            }
        }
        _ => {}
    }
    if value["apiVersion"].as_str().is_some_and(|version| version.starts_with("kafka.strimzi.io/")) {
        named_below(world, namespace, &value["spec"], missing);
    }
    if document.kind() == "KafkaUser" {
        for rule in items(&value["spec"]["authorization"]["acls"]).map(|acl| &acl["resource"]) {
            let topic = rule["type"] == "topic" && rule["patternType"] != "prefix" && rule["name"] != "*";
            let name = rule["name"].as_str().unwrap_or_default();
            let known = |each: &&Document| {
                each.kind() == "KafkaTopic" && (each.value["spec"]["topicName"] == name || each.name() == name)
            };
            // What the mirror itself keeps track by is made by it.
            let of_mirror = name.ends_with(".internal") || world.documents.iter().any(|each| keeps(each, name));
            if topic && !of_mirror && !world.documents.iter().any(known) {
                missing("topic", name.to_owned());
            }
        }
    }
}

/// True for a mirror that keeps its offsets, settings or state in a topic.
fn keeps(document: &Document, topic: &str) -> bool {
    document.kind() == "KafkaMirrorMaker2"
        && document.value["spec"]["target"]
            .as_object()
            .is_some_and(|target| target.values().any(|value| value == topic))
}

/// Secrets, config maps and storage classes that are named anywhere below a Strimzi resource.
fn named_below(world: &World<'_>, namespace: &str, value: &Value, missing: Missing<'_>) {
    match value {
        Value::Object(map) => {
            if let Some(class) = map.get("class").and_then(Value::as_str)
                && map.get("type").is_some_and(|kind| kind == "persistent-claim")
                && !world.exists("StorageClass", "", class)
            {
                missing("storage class", class.to_owned());
            }
            if let Some(reference) = map.get("configMapKeyRef") {
                let (name, key) = (reference["name"].as_str().unwrap(), reference["key"].as_str().unwrap());
                if world.find("ConfigMap", namespace, name).is_none_or(|found| found.value["data"][key].is_null()) {
                    missing("config map", format!("{name}/{key}"));
                }
            }
            if let Some(name) = map.get("secretName").and_then(Value::as_str) {
                let keys = world.secrets.get(&(namespace.to_owned(), name.to_owned()));
                if keys.is_none() {
                    missing("secret", name.to_owned());
                }
                let wanted = ["certificate", "key", "pattern", "passwordSecret"]
                    .iter()
                    .filter_map(|key| map.get(*key)?.as_str());
                for key in wanted.filter(|key| *key != "*.crt" && keys.is_some_and(|keys| !keys.contains(*key))) {
                    missing("key", format!("{name}/{key}"));
                }
            }
            if let Some(class) = map.get("priorityClassName").and_then(Value::as_str)
                && !world.exists("PriorityClass", "", class)
                && !class.starts_with("system-")
            {
                missing("priority class", class.to_owned());
            }
            map.values().for_each(|value| named_below(world, namespace, value, missing));
        }
        Value::Array(list) => list.iter().for_each(|value| named_below(world, namespace, value, missing)),
        _ => {}
    }
}

pub(crate) fn secrets(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    let (spec, namespace) = (&document.value["spec"], document.namespace());
    let stores: Vec<&Value> = match document.kind() {
        "ExternalSecret" => std::iter::once(&spec["secretStoreRef"])
            .chain(items(&spec["data"]).map(|data| &data["sourceRef"]["storeRef"]))
            .filter(|store| !store.is_null())
            .collect(),
        "PushSecret" => items(&spec["secretStoreRefs"]).collect(),
        _ => return,
    };
    for store in stores {
        let (kind, name) =
            (store["kind"].as_str().unwrap_or("SecretStore"), store["name"].as_str().unwrap_or_default());
        let home = if kind == "ClusterSecretStore" { "" } else { namespace };
        if !world.exists(kind, home, name) {
            missing("secret store", format!("{kind}/{name}"));
        }
    }
    if let Some(name) = spec["selector"]["secret"]["name"].as_str() {
        let keys = world.secrets.get(&(namespace.to_owned(), name.to_owned()));
        if keys.is_none() {
            missing("secret", name.to_owned());
        }
        for key in items(&spec["data"]).filter_map(|data| data["match"]["secretKey"].as_str()) {
            if keys.is_some_and(|keys| !keys.contains(key)) {
                missing("key", format!("{name}/{key}"));
            }
        }
    }
}

pub(crate) fn karpenter(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    if document.kind() == "NodePool" {
        let class = &document.value["spec"]["template"]["spec"]["nodeClassRef"];
        let (kind, name) = (class["kind"].as_str().unwrap(), class["name"].as_str().unwrap());
        if !world.exists(kind, "", name) {
            missing("node class", format!("{kind}/{name}"));
        }
    }
}

/// Monitors look at pods or Services that exist, on ports that those have.
pub(crate) fn monitors(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    let (spec, own) = (&document.value["spec"], document.namespace());
    let namespaces: Vec<&str> = if spec["namespaceSelector"]["matchNames"].is_null() {
        vec![own]
    } else {
        strings(&spec["namespaceSelector"]["matchNames"]).collect()
    };
    match document.kind() {
        "PodMonitor" => {
            let selected: Vec<_> =
                namespaces.iter().flat_map(|namespace| world.selected(namespace, &spec["selector"])).collect();
            if selected.is_empty() {
                missing("pods of a monitor", spec["selector"].to_string());
                return;
            }
            for endpoint in items(&spec["podMetricsEndpoints"]) {
                let named = endpoint["port"].as_str();
                // Ports of the mesh's proxy are in no pod template: it is added when the pod is made.
                let proxy = named.is_some_and(|name| name.starts_with("http-envoy")) && world.has_chart("istiod");
                if named.is_some_and(|name| !selected.iter().any(|pods| pods.ports.contains_key(name))) && !proxy {
                    missing("port of a monitor", endpoint["port"].to_string());
                }
            }
        }
        "ServiceMonitor" => {
            let found = world.documents.iter().any(|each| {
                each.kind() == "Service"
                    && namespaces.contains(&each.namespace())
                    && super::selects(&spec["selector"], &each.value["metadata"]["labels"])
            });
            if !found {
                missing("services of a monitor", spec["selector"].to_string());
            }
        }
        _ => {}
    }
}

pub(crate) fn applications(world: &World<'_>, document: &Document, missing: Missing<'_>) {
    let spec = match document.kind() {
        "Application" => &document.value["spec"],
        "ApplicationSet" => &document.value["spec"]["template"]["spec"],
        _ => return,
    };
    let project = spec["project"].as_str().unwrap_or_default();
    if project != "default" && !world.exists("AppProject", document.namespace(), project) {
        missing("project", project.to_owned());
    }
}

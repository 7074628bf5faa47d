//! What must hold of the objects of every cluster, judged from the emitted files alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use waard_catalog::catalog;
use waard_model::Topology;
use waard_model::spec::{Architecture, MeshSpec};
use waard_model::topology::{NodeGroup, Region, reserved};

use super::{Document, bytes, containers, items, millicores, security, strings};

/// Everything that is wrong with the objects, in words.
pub(crate) fn faults(topology: &Topology, documents: &[Document]) -> Vec<String> {
    let mut found = Vec::new();
    for (environment, region) in topology.regions() {
        let folder = format!("{}/{}", environment.name(), region.cluster().name());
        let here: Vec<&Document> = documents.iter().filter(|document| document.cluster() == folder).collect();
        let mut report = |document: &Document, fault: String| {
            found.push(format!("{folder}: {}/{}: {fault}", document.kind(), document.name()));
        };
        identities(&here, &mut report);
        pods(topology, region, &here, &mut report);
        references(topology, &here, &mut report);
        waves(&here, &mut report);
        standby(region, &here, &mut report);
        scaling(region, &here, &mut report);
    }
    found
}

type Report<'r> = &'r mut dyn FnMut(&Document, String);

/// No two objects have the same kind, namespace and name, and every name and label is one that Kubernetes accepts.
fn identities(here: &[&Document], report: Report<'_>) {
    let mut seen = BTreeSet::new();
    for document in here {
        if !seen.insert((document.kind(), document.namespace(), document.name())) {
            report(document, "exists twice".to_owned());
        }
        // Labels are made of most names; those of hosts are only names.
        let most = if document.kind() == "VirtualService" { 253 } else { 63 };
        if document.name().len() > most
            || !document.name().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b))
        {
            report(document, "the name is refused".to_owned());
        }
        if document.kind() == "CronJob" && document.name().len() > 52 {
            report(document, "the name leaves no room for those of its jobs".to_owned());
        }
        let template = document.template().map(|template| &template["metadata"]["labels"]);
        for labels in [Some(&document.value["metadata"]["labels"]), template].into_iter().flatten() {
            for (key, value) in labels.as_object().unwrap() {
                let value = value.as_str().unwrap();
                let edge = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
                let inner = value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
                if value.len() > 63 || !inner || !edge(value.chars().next()) || !edge(value.chars().next_back()) {
                    report(document, format!("the label {key} has the value {value:?}"));
                }
            }
        }
    }
}

/// Every pod passes the restricted level, stops in time, and has a node group that takes it.
fn pods(topology: &Topology, region: &Region, here: &[&Document], report: Report<'_>) {
    for document in here {
        let Some(template) = document.template() else {
            continue;
        };
        let pod = &template["spec"];
        for refusal in security::refusals(pod, region.cluster().version().number()) {
            report(document, refusal);
        }
        if pod["automountServiceAccountToken"] != Value::Bool(false) && !is_of_the_cluster(document) {
            report(document, "a token is mounted".to_owned());
        }
        for container in containers(pod) {
            if container["securityContext"]["readOnlyRootFilesystem"] != Value::Bool(true) {
                report(document, "a root file system can be written".to_owned());
            }
            let limit = &container["resources"]["limits"]["memory"];
            if limit.is_null() || container["resources"]["requests"]["memory"] != *limit {
                report(document, "memory is not limited to what is requested".to_owned());
            }
            let image = container["image"].as_str().unwrap();
            if !image.contains("@sha256:")
                && image.rsplit(':').next().is_none_or(|tag| !tag.bytes().any(|b| b.is_ascii_digit()))
            {
                report(document, format!("the image {image} may change"));
            }
            let startup = &container["startupProbe"];
            if let (Some(target), false) = (topology.spec().targets.container_start, startup.is_null()) {
                let seconds = |key: &str| startup[key].as_u64().unwrap_or(0);
                if seconds("initialDelaySeconds") + seconds("periodSeconds") * seconds("failureThreshold")
                    > target.as_secs()
                {
                    report(document, "it may take longer to start than the target".to_owned());
                }
            }
            let sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64().unwrap_or(0);
            if sleep >= pod["terminationGracePeriodSeconds"].as_u64().unwrap() {
                report(document, "the grace period ends before the hook does".to_owned());
            }
        }
        let injected = !is_of_the_cluster(document)
            && template["metadata"]["labels"]["sidecar.istio.io/inject"] != Value::String("false".to_owned());
        let mesh = topology.spec().mesh.as_ref().filter(|_| injected);
        let refusals: Vec<String> =
            region.cluster().node_groups().values().filter_map(|group| group_refuses(group, pod, mesh)).collect();
        if refusals.len() == region.cluster().node_groups().len() {
            report(document, format!("no node group takes its pods: {}", refusals.join("; ")));
        }
    }
    for workload in region.workloads().values().filter(|workload| !workload.exposed().is_empty()) {
        let name = format!("{}-{}", topology.platform(), workload.name());
        let document = here.iter().find(|document| document.kind() == "Deployment" && document.name() == name).unwrap();
        let main = &document.template().unwrap()["spec"]["containers"][0];
        if main["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64().unwrap_or(0)
            < topology.spec().ingress.deregistration.as_secs()
        {
            report(document, "its pods stop before the load balancer has forgotten them".to_owned());
        }
    }
}

/// True of what runs for the cluster and not for the platform, and may talk to the Kubernetes API.
fn is_of_the_cluster(document: &Document) -> bool {
    document.namespace() == reserved::SYSTEM_NAMESPACE
}

/// True of a namespace that every cluster has, or that comes with a controller that is installed there.
fn is_given(topology: &Topology, namespace: &str) -> bool {
    namespace == reserved::SYSTEM_NAMESPACE
        || namespace == topology.spec().observability.metrics.namespace.as_str()
        || [reserved::MESH_NAMESPACE, reserved::GATEWAY_NAMESPACE].contains(&namespace)
        || reserved::CONTROLLER_NAMESPACES.contains(&namespace)
}

/// Why the scheduler would not put a pod on any node of a group: selector, affinity, taints, architecture, size.
fn group_refuses(group: &NodeGroup, pod: &Value, mesh: Option<&MeshSpec>) -> Option<String> {
    let name = group.name();
    let shapes: Vec<_> =
        group.instances().iter().map(|instance| catalog().instance(instance.as_str()).unwrap()).collect();
    let arch = shapes[0].arch.to_string();
    let mut labels: BTreeMap<String, String> =
        group.labels().iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    labels.insert("kubernetes.io/arch".to_owned(), arch);
    for (key, value) in pod["nodeSelector"].as_object().into_iter().flatten() {
        if labels.get(key).map(String::as_str) != value.as_str() {
            return Some(format!("{name} has not {key}={value}"));
        }
    }
    let terms = &pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"];
    for expression in items(terms).flat_map(|term| items(&term["matchExpressions"])) {
        assert_eq!(expression["operator"], "In");
        let key = expression["key"].as_str().unwrap();
        if !strings(&expression["values"]).any(|value| labels.get(key).map(String::as_str) == Some(value)) {
            return Some(format!("{name} is not among those of the affinity"));
        }
    }
    for taint in group.taints().iter().filter(|taint| taint.effect().as_str() != "PreferNoSchedule") {
        let tolerates = |toleration: &Value| {
            toleration["key"] == taint.key().as_str()
                && (toleration["operator"] == "Exists" || toleration["value"] == taint.value().as_str())
                && (toleration["effect"].is_null() || toleration["effect"] == taint.effect().as_str())
        };
        if !items(&pod["tolerations"]).any(tolerates) {
            return Some(format!("{name} has the taint {taint}"));
        }
    }
    if group.scaling().max() == 0 {
        return Some(format!("{name} can have no node"));
    }
    let sum = |key: &str, unit: fn(&Value) -> u64| -> u64 {
        let of = |container: &Value| {
            let request = &container["resources"]["requests"][key];
            if request.is_null() { 0 } else { unit(request) }
        };
        let beside: u64 =
            items(&pod["initContainers"]).filter(|container| container["restartPolicy"] == "Always").map(of).sum();
        let first = items(&pod["initContainers"])
            .filter(|container| container["restartPolicy"] != "Always")
            .map(of)
            .max()
            .unwrap_or(0);
        let main: u64 = items(&pod["containers"]).map(of).sum();
        beside + main.max(first)
    };
    let proxy = mesh.map_or((0, 0), |mesh| (u64::from(mesh.proxy.cpu.millicores()), mesh.proxy.memory.get()));
    let overhead = catalog().node_overhead().value;
    let fits = shapes.iter().any(|shape| {
        let room = shape.allocatable(group.max_pods().into()).minus(overhead);
        sum("cpu", millicores) + proxy.0 <= room.cpu_millis.into()
            && sum("memory", bytes) + proxy.1 <= u64::from(room.memory_mib) << 20
            && sum("nvidia.com/gpu", |count| count.as_str().unwrap().parse().unwrap()) <= room.gpus.into()
    });
    let known = Architecture::ALL.iter().any(|each| each.as_str() == labels["kubernetes.io/arch"]);
    (!fits || !known).then(|| format!("{name} is too small"))
}

/// What an object names exists in the same cluster.
fn references(topology: &Topology, here: &[&Document], report: Report<'_>) {
    let exists = |kind: &str, namespace: &str, name: &str| {
        here.iter()
            .any(|document| document.kind() == kind && document.namespace() == namespace && document.name() == name)
    };
    for document in here {
        let namespace = document.namespace();
        if !namespace.is_empty() && !exists("Namespace", "", namespace) && !is_given(topology, namespace) {
            report(document, format!("there is no namespace {}", document.namespace()));
        }
        if let Some(template) = document.template() {
            let pod = &template["spec"];
            if !exists("ServiceAccount", document.namespace(), pod["serviceAccountName"].as_str().unwrap()) {
                report(document, "its service account doesn't exist".to_owned());
            }
            if let Some(class) = pod["priorityClassName"].as_str()
                && !exists("PriorityClass", "", class)
                && !["system-cluster-critical", "system-node-critical"].contains(&class)
            {
                report(document, format!("there is no priority class {class}"));
            }
            let volumes: BTreeSet<&str> =
                items(&pod["volumes"]).map(|volume| volume["name"].as_str().unwrap()).collect();
            for container in containers(pod) {
                for mount in items(&container["volumeMounts"]) {
                    if !volumes.contains(mount["name"].as_str().unwrap()) {
                        report(document, format!("there is no volume {}", mount["name"]));
                    }
                }
                let ports: BTreeSet<&str> =
                    items(&container["ports"]).map(|port| port["name"].as_str().unwrap()).collect();
                for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
                    for kind in ["httpGet", "tcpSocket"] {
                        if let Some(port) = container[probe][kind]["port"].as_str()
                            && !ports.contains(port)
                        {
                            report(document, format!("a probe asks the port {port}, which doesn't exist"));
                        }
                    }
                }
            }
            for volume in items(&pod["volumes"]) {
                if let Some(class) = volume["ephemeral"]["volumeClaimTemplate"]["spec"]["storageClassName"].as_str()
                    && !exists("StorageClass", "", class)
                {
                    report(document, format!("there is no storage class {class}"));
                }
            }
        }
        let selector = match document.kind() {
            "Service" => &document.value["spec"]["selector"],
            "PodDisruptionBudget" | "Deployment" => &document.value["spec"]["selector"]["matchLabels"],
            _ => continue,
        };
        let selected: Vec<&Document> = here
            .iter()
            .copied()
            .filter(|other| other.namespace() == document.namespace() && selects(selector, other))
            .collect();
        if selected.len() != 1 || selected[0].kind() != "Deployment" {
            report(document, format!("it selects the pods of {} objects, not those of one Deployment", selected.len()));
        }
        if document.kind() == "Service" {
            let ports = &selected
                .first()
                .map_or(&Value::Null, |deployment| &deployment.template().unwrap()["spec"]["containers"][0]["ports"]);
            for port in items(&document.value["spec"]["ports"]) {
                let target = items(ports).find(|target| target["name"] == port["targetPort"]);
                if target.is_none_or(|target| target["containerPort"] != port["port"]) {
                    report(document, format!("the port {} leads nowhere", port["name"]));
                }
            }
        }
    }
}

fn selects(selector: &Value, document: &Document) -> bool {
    document.template().is_some_and(|template| {
        selector.as_object().unwrap().iter().all(|(key, value)| template["metadata"]["labels"][key] == *value)
    })
}

/// In a standby region nothing runs by itself: it would do everything a second time, on copies that can't be written.
fn standby(region: &Region, here: &[&Document], report: Report<'_>) {
    for document in here.iter().filter(|_| region.is_standby()) {
        if matches!(document.kind(), "Job" | "CronJob") {
            report(document, "it runs by itself in a standby region".to_owned());
        }
    }
}

/// Argo CD applies an object once everything of lower waves is healthy: what a Job needs must have a lower wave than the Job.
fn waves(here: &[&Document], report: Report<'_>) {
    let wave = |document: &Document| -> i32 {
        document.value["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]
            .as_str()
            .map_or(0, |wave| wave.parse().unwrap())
    };
    for job in here.iter().filter(|document| document.kind() == "Job") {
        let own = wave(job);
        let needed = here.iter().filter(|other| match other.kind() {
            "Namespace" => other.name() == job.namespace(),
            "ServiceAccount" => {
                other.namespace() == job.namespace()
                    && job.value["spec"]["template"]["spec"]["serviceAccountName"] == other.name()
            }
            "NetworkPolicy" => other.namespace() == job.namespace(),
            "StorageClass" | "PriorityClass" => true,
            _ => false,
        });
        for other in needed {
            if wave(other) >= own {
                report(job, format!("{}/{} comes after it", other.kind(), other.name()));
            }
        }
    }
}

/// Autoscalers own the number of pods, and drains can always take one away.
fn scaling(region: &Region, here: &[&Document], report: Report<'_>) {
    for document in here {
        match document.kind() {
            "HorizontalPodAutoscaler" => {
                let (min, max) = (
                    document.value["spec"]["minReplicas"].as_u64().unwrap(),
                    document.value["spec"]["maxReplicas"].as_u64().unwrap(),
                );
                if min < 1 || min >= max {
                    report(document, format!("its bounds are {min} and {max}"));
                }
                let target = document.value["spec"]["scaleTargetRef"]["name"].as_str().unwrap();
                let deployment = here.iter().find(|other| {
                    other.kind() == "Deployment" && other.name() == target && other.namespace() == document.namespace()
                });
                match deployment {
                    None => report(document, "its target doesn't exist".to_owned()),
                    Some(deployment) if !deployment.value["spec"]["replicas"].is_null() => {
                        report(deployment, "it says `replicas`, which an autoscaler owns".to_owned());
                    }
                    Some(deployment) => {
                        let names: Vec<&str> = containers(&deployment.template().unwrap()["spec"])
                            .map(|container| container["name"].as_str().unwrap())
                            .collect();
                        for metric in items(&document.value["spec"]["metrics"]) {
                            if let Some(container) = metric["containerResource"]["container"].as_str()
                                && !names.contains(&container)
                            {
                                report(document, format!("there is no container {container}"));
                            }
                        }
                    }
                }
            }
            "Deployment" => {
                let scaled = here.iter().any(|other| {
                    other.kind() == "HorizontalPodAutoscaler"
                        && other.value["spec"]["scaleTargetRef"]["name"] == document.name()
                });
                if document.value["spec"]["replicas"].is_null() && !scaled {
                    report(document, "nothing says how many pods it has".to_owned());
                }
                if region.is_dark()
                    && !is_of_the_cluster(document)
                    && (scaled || document.value["spec"]["replicas"] != 0)
                {
                    report(document, "it has pods in a region that is to have none".to_owned());
                }
            }
            "PodDisruptionBudget" => {
                let app = document.value["spec"]["selector"]["matchLabels"]["app"].as_str().unwrap();
                let least = here.iter().find_map(|other| match other.kind() {
                    "HorizontalPodAutoscaler" if other.value["spec"]["scaleTargetRef"]["name"] == app => {
                        other.value["spec"]["minReplicas"].as_u64()
                    }
                    "Deployment" if other.name() == app => other.value["spec"]["replicas"].as_u64(),
                    _ => None,
                });
                let Some(least) = least.filter(|least| *least > 0) else {
                    continue;
                };
                let allowed = match (&document.value["spec"]["maxUnavailable"], &document.value["spec"]["minAvailable"])
                {
                    (Value::Number(count), Value::Null) => count.as_u64().unwrap(),
                    (Value::String(share), Value::Null) => {
                        (least * share.trim_end_matches('%').parse::<u64>().unwrap()).div_ceil(100)
                    }
                    (Value::Null, Value::String(share)) => {
                        let share: u64 = share.trim_end_matches('%').parse().unwrap();
                        least - (least * share).div_ceil(100).min(least)
                    }
                    other => panic!("{other:?}"),
                };
                if allowed == 0 {
                    report(document, format!("with {least} pods no node could be drained"));
                }
            }
            _ => {}
        }
    }
}

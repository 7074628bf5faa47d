//! What adds and removes nodes and pods: held against the topology, for the shipped platforms and for random ones.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::similar_names,
    clippy::too_many_lines,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use proptest::prelude::*;
use serde_json::Value;
use support::{Document, bytes, documents, fixture, items, millicores, strings};
use waard_catalog::catalog;
use waard_model::Topology;
use waard_model::spec::{AutoscalerKind, VerticalMode, WorkKind, ZoneLayout};
use waard_model::strategy;
use waard_model::topology::{Environment, Region};

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// The documents of a cluster.
fn here<'d>(documents: &'d [Document], environment: &Environment, region: &Region) -> Vec<&'d Document> {
    let folder = format!("{}/{}", environment.name(), region.cluster().name());
    documents.iter().filter(|document| document.cluster() == folder).collect()
}

fn find<'d>(here: &[&'d Document], kind: &str, name: &str) -> Option<&'d Document> {
    here.iter().copied().find(|document| document.kind() == kind && document.name() == name)
}

fn flags(deployment: &Document) -> Vec<String> {
    let container = &deployment.value["spec"]["template"]["spec"]["containers"][0];
    strings(&container["args"]).map(str::to_owned).collect()
}

/// The topology of a fixture with something in its text replaced.
fn changed(name: &str, changes: &[(&str, &str)]) -> Topology {
    let mut text = fixture(name).spec().to_yaml();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}\n{text}");
        text = text.replace(from, to);
    }
    waard_model::source::read(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}")).0
}

#[test]
fn cluster_autoscaler_is_told_what_the_topology_says() {
    let topology = fixture("waardhaven");
    let documents = documents(&waard_k8s::emit(&topology));
    for (environment, region) in topology.regions() {
        let here = here(&documents, environment, region);
        let deployment = find(&here, "Deployment", "cluster-autoscaler").unwrap();
        let flags = flags(deployment);
        let cluster = region.cluster().name();
        let discovery = format!(
            "--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/{cluster}"
        );
        for flag in [
            discovery.as_str(),
            "--cloud-provider=aws",
            "--expander=least-waste",
            "--skip-nodes-with-local-storage=false",
            "--scale-down-delay-after-add=10m",
            "--scale-down-unneeded-time=10m",
            "--scale-down-utilization-threshold=0.5",
            "--expendable-pods-priority-cutoff=-10",
            "--leader-elect=true",
        ] {
            assert!(flags.iter().any(|given| given == flag), "{flag}: {flags:#?}");
        }
        let template = &deployment.value["spec"]["template"]["spec"];
        let container = &template["containers"][0];
        assert_eq!(container["image"], "registry.k8s.io/autoscaling/cluster-autoscaler:v1.36.1");
        assert!(items(&container["env"]).any(|variable| variable["value"] == region.name().as_str()));
        assert_eq!(template["priorityClassName"], "system-cluster-critical");
        for probe in ["livenessProbe", "readinessProbe"] {
            assert_eq!(container[probe]["httpGet"]["path"], "/health-check");
        }
        assert!(template["volumes"].is_null() && template["tolerations"].is_null());
        assert_eq!(deployment.value["spec"]["replicas"], 2);
        assert!(find(&here, "PodDisruptionBudget", "cluster-autoscaler").is_some());
        for kind in ["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"] {
            assert!(find(&here, kind, "cluster-autoscaler").is_some(), "{kind}");
        }
        assert!(find(&here, "ConfigMap", "cluster-autoscaler-priority-expander").is_none());
    }
}

/// Bindings lead to the roles and to the account; nothing is granted by a star, and no secret is read.
#[test]
fn the_rights_of_cluster_autoscaler_are_bound_and_narrow() {
    let documents = documents(&waard_k8s::emit(&fixture("minimal")));
    let all: Vec<&Document> = documents.iter().collect();
    for (binding, role) in [("ClusterRoleBinding", "ClusterRole"), ("RoleBinding", "Role")] {
        let binding = find(&all, binding, "cluster-autoscaler").unwrap();
        assert_eq!(binding.value["roleRef"]["kind"], role);
        assert_eq!(binding.value["roleRef"]["name"], "cluster-autoscaler");
        assert_eq!(binding.value["subjects"][0]["namespace"], "kube-system");
        let role = find(&all, role, "cluster-autoscaler").unwrap();
        for rule in items(&role.value["rules"]) {
            for word in ["apiGroups", "resources", "verbs"].iter().flat_map(|key| strings(&rule[*key])) {
                assert!(word != "*" && word != "secrets" && word != "extensions" && word != "endpoints", "{rule}");
            }
        }
    }
}

#[test]
fn the_priority_expander_has_its_list_and_may_read_it() {
    let topology = changed(
        "minimal",
        &[("    version: \"1.36\"\n", "    version: \"1.36\"\n    autoscaler: { expander: priority, replicas: 1 }\n")],
    );
    let documents = documents(&waard_k8s::emit(&topology));
    let all: Vec<&Document> = documents.iter().collect();
    let list = find(&all, "ConfigMap", "cluster-autoscaler-priority-expander").unwrap();
    assert_eq!(list.namespace(), "kube-system");
    let order: serde_yaml::Value = serde_yaml::from_str(list.value["data"]["priorities"].as_str().unwrap()).unwrap();
    assert_eq!(order.as_mapping().unwrap().len(), 2);
    let role = find(&all, "Role", "cluster-autoscaler").unwrap();
    assert!(items(&role.value["rules"]).any(|rule| {
        strings(&rule["resourceNames"]).any(|name| name == list.name()) && strings(&rule["verbs"]).any(|v| v == "get")
    }));
    let deployment = find(&all, "Deployment", "cluster-autoscaler").unwrap();
    assert!(flags(deployment).contains(&"--expander=priority,least-waste".to_owned()));
    assert!(find(&all, "PodDisruptionBudget", "cluster-autoscaler").is_none());
}

/// Node pools of a group: their limits add up to its largest size, they are bought as its share says, and their nodes
/// carry its labels and taints.
fn karpenter_faults(topology: &Topology) -> Vec<String> {
    let documents = documents(&waard_k8s::emit(topology));
    let mut faults = Vec::new();
    for (environment, region) in topology.regions() {
        let here = here(&documents, environment, region);
        let pools: Vec<&Document> = here.iter().copied().filter(|document| document.kind() == "NodePool").collect();
        let karpenter = region.cluster().settings().autoscaler.kind == AutoscalerKind::Karpenter;
        if karpenter == find(&here, "Deployment", "cluster-autoscaler").is_some() {
            faults.push("there are two autoscalers, or none".to_owned());
        }
        for group in region.cluster().node_groups().values() {
            let of_group: Vec<&Document> = pools
                .iter()
                .copied()
                .filter(|pool| pool.value["spec"]["template"]["spec"]["nodeClassRef"]["name"] == group.name().as_str())
                .collect();
            let kept = matches!(group.work(), WorkKind::System | WorkKind::Stateful);
            if !karpenter || kept {
                if !of_group.is_empty() {
                    faults.push(format!("{} is Karpenter's", group.name()));
                }
                continue;
            }
            if of_group.is_empty() {
                if !group.takes_everything() || group.scaling().min() == 0 {
                    faults.push(format!("nothing starts nodes of {}", group.name()));
                }
                continue;
            }
            let copies = if group.zones() == ZoneLayout::Each { region.zones().len() as u64 } else { 1 };
            let nodes = |spot: bool| -> u64 {
                let bought = |pool: &&&Document| {
                    items(&pool.value["spec"]["template"]["spec"]["requirements"]).any(|requirement| {
                        requirement["key"] == "karpenter.sh/capacity-type"
                            && (requirement["values"][0] == "spot") == spot
                    })
                };
                let limit = |pool: &&Document| -> u64 {
                    pool.value["spec"]["limits"]["nodes"].as_str().unwrap().parse().unwrap()
                };
                of_group.iter().filter(bought).map(limit).sum()
            };
            let most = u64::from(group.scaling().max());
            if nodes(true) + nodes(false) != most * copies {
                faults.push(format!("{} may have {} nodes", group.name(), nodes(true) + nodes(false)));
            }
            let above = group.scaling().max().saturating_sub(group.on_demand_base());
            if nodes(true) != u64::from(group.spot().floor_of(above)) * copies {
                faults.push(format!("{} may have {} spot nodes", group.name(), nodes(true)));
            }
            let mut names: Vec<&str> = of_group.iter().map(|pool| pool.name()).collect();
            names.dedup();
            if names.len() != of_group.len() {
                faults.push(format!("{}: pools of the same name", group.name()));
            }
            for pool in &of_group {
                let template = &pool.value["spec"]["template"];
                if template["metadata"]["labels"]["workload-type"] != group.name().as_str() {
                    faults.push(format!("{} has not its label", pool.name()));
                }
                if items(&template["spec"]["taints"]).count() != group.taints().len() {
                    faults.push(format!("{} has not its taints", pool.name()));
                }
                if find(&here, "EC2NodeClass", group.name().as_str()).is_none() {
                    faults.push(format!("{} has no class", pool.name()));
                }
            }
        }
        for class in here.iter().filter(|document| document.kind() == "EC2NodeClass") {
            let spec = &class.value["spec"];
            let alias = spec["amiSelectorTerms"][0]["alias"].as_str().unwrap();
            if alias != catalog().image("al2023").unwrap().reference
                || spec["metadataOptions"]["httpPutResponseHopLimit"] != 1
                || spec["metadataOptions"]["httpTokens"] != "required"
                || spec["blockDeviceMappings"][0]["ebs"]["encrypted"] != true
                || spec["role"] != region.cluster().node_role().as_str()
            {
                faults.push(format!("the class {} is not as it should be", class.name()));
            }
        }
    }
    faults
}

#[test]
fn karpenter_makes_the_nodes_of_the_groups_that_are_its() {
    let topology = changed(
        "waardhaven",
        &[("    version: \"1.36\"\n", "    version: \"1.36\"\n    autoscaler: { kind: karpenter }\n")],
    );
    assert_eq!(karpenter_faults(&topology), Vec::<String>::new());
    let documents = documents(&waard_k8s::emit(&topology));
    let (environment, region) = topology.regions().find(|(_, region)| region.name().as_str() == "eu-west-1").unwrap();
    let here = here(&documents, environment, region);
    // 3 to 20 nodes, a base of 3, and 40 % of the other 17 on spot.
    let limit = |name: &str| find(&here, "NodePool", name).unwrap().value["spec"]["limits"]["nodes"].clone();
    assert_eq!([limit("api.base"), limit("api.spot"), limit("api")], ["3", "6", "11"].map(Value::from));
    assert!(find(&here, "NodePool", "system").is_none() && find(&here, "NodePool", "kafka").is_none());
    // What runs to its end isn't moved.
    let run = documents.iter().find(|document| document.kind() == "CronJob").unwrap();
    let annotations = &run.template().unwrap()["metadata"]["annotations"];
    assert_eq!(annotations["karpenter.sh/do-not-disrupt"], "true");
    assert!(annotations["cluster-autoscaler.kubernetes.io/safe-to-evict"].is_null());
}

/// Pods that hold room ask for what the workload's pods take, where those go, and give way to them.
fn headroom_faults(topology: &Topology) -> Vec<String> {
    let documents = documents(&waard_k8s::emit(topology));
    let mut faults = Vec::new();
    for (environment, region) in topology.regions() {
        let here = here(&documents, environment, region);
        for workload in region.workloads().values() {
            let name = format!("{}-{}-headroom", topology.platform(), workload.name());
            let wanted = workload.spec().headroom.filter(|count| *count > 0 && !region.is_dark());
            let (Some(count), Some(holder)) = (wanted, find(&here, "Deployment", &name)) else {
                if wanted.is_some() || find(&here, "Deployment", &name).is_some() {
                    faults.push(format!("{name}: {wanted:?}"));
                }
                continue;
            };
            let template = holder.template().unwrap();
            let pod = &template["spec"];
            let main = find(&here, "Deployment", &name.replace("-headroom", "")).unwrap().template().unwrap();
            let asked = &pod["containers"][0]["resources"]["requests"];
            let needed = workload.pod_requests(topology.spec().mesh.as_ref());
            if holder.value["spec"]["replicas"] != count
                || millicores(&asked["cpu"]) != needed.cpu_millis
                || bytes(&asked["memory"]) != needed.memory
            {
                faults.push(format!("{name} holds other room than is needed"));
            }
            for key in ["nodeSelector", "tolerations", "affinity"] {
                if pod[key] != main["spec"][key] {
                    faults.push(format!("{name}: another {key}"));
                }
            }
            let class = find(&here, "PriorityClass", pod["priorityClassName"].as_str().unwrap()).unwrap();
            if class.value["value"] != -10 || class.value["preemptionPolicy"] != "Never" {
                faults.push(format!("{name} doesn't give way"));
            }
            for other in
                here.iter().filter(|document| document.kind() == "PriorityClass" && document.name() != class.name())
            {
                if other.value["value"].as_i64().unwrap() <= -10 {
                    faults.push(format!("{} gives way to {name}", other.name()));
                }
            }
            if topology.spec().mesh.is_some() && template["metadata"]["labels"]["sidecar.istio.io/inject"] != "false" {
                faults.push(format!("{name} gets a proxy"));
            }
            let selects = |document: &&&Document| {
                let selector = match document.kind() {
                    "Service" => &document.value["spec"]["selector"],
                    "PodDisruptionBudget" | "PodMonitor" => &document.value["spec"]["selector"]["matchLabels"],
                    "NetworkPolicy" => &document.value["spec"]["podSelector"]["matchLabels"],
                    _ => return false,
                };
                document.namespace() == holder.namespace()
                    && selector.as_object().is_some_and(|labels| {
                        labels.iter().all(|(key, value)| template["metadata"]["labels"][key] == *value)
                    })
            };
            if let Some(document) = here.iter().find(selects) {
                faults.push(format!("{}/{} selects {name}", document.kind(), document.name()));
            }
        }
    }
    faults
}

/// Recommendations are bounded, leave sidecars alone and limits as they are, and never move what an autoscaler measures by.
fn vertical_faults(topology: &Topology) -> Vec<String> {
    let documents = documents(&waard_k8s::emit(topology));
    let mut faults = Vec::new();
    for (environment, region) in topology.regions() {
        let here = here(&documents, environment, region);
        for workload in region.workloads().values() {
            let name = format!("{}-{}", topology.platform(), workload.name());
            let found = find(&here, "VerticalPodAutoscaler", &name);
            let Some(vertical) = &workload.spec().vertical else {
                assert!(found.is_none());
                continue;
            };
            let spec = &found.unwrap().value["spec"];
            let mode = if vertical.mode == VerticalMode::Off { "Off" } else { "Initial" };
            let main = &spec["resourcePolicy"]["containerPolicies"][0];
            let others = &spec["resourcePolicy"]["containerPolicies"][1];
            if spec["updatePolicy"]["updateMode"] != mode || spec["targetRef"]["name"] != name.as_str() {
                faults.push(format!("{name}: {spec}"));
            }
            if mode == "Initial" && find(&here, "HorizontalPodAutoscaler", &name).is_some() {
                faults.push(format!("{name} fights"));
            }
            if main["containerName"] != workload.name().as_str()
                || main["controlledValues"] != "RequestsOnly"
                || others["containerName"] != "*"
                || others["mode"] != "Off"
            {
                faults.push(format!("{name}: {main} {others}"));
            }
            let (min, max) = (&main["minAllowed"], &main["maxAllowed"]);
            if millicores_or_cores(&min["cpu"]) > millicores_or_cores(&max["cpu"])
                || bytes(&min["memory"]) > bytes(&max["memory"])
                || bytes(&max["memory"]) > vertical.max.memory.get()
            {
                faults.push(format!("{name}: from {min} to {max}"));
            }
        }
    }
    faults
}

/// A CPU as topologies write it, with a decimal point too.
fn millicores_or_cores(value: &Value) -> u64 {
    let cpu: waard_model::quantity::Cpu = value.as_str().unwrap().parse().unwrap();
    cpu.millicores().into()
}

#[test]
fn pods_scale_as_the_shipped_topology_says() {
    let topology = fixture("waardhaven");
    assert_eq!(headroom_faults(&topology), Vec::<String>::new());
    assert_eq!(vertical_faults(&topology), Vec::<String>::new());
    let documents = documents(&waard_k8s::emit(&topology));
    for autoscaler in documents.iter().filter(|document| document.kind() == "HorizontalPodAutoscaler") {
        // Beside a proxy, what one container uses says something, and the average over the pod little.
        for metric in items(&autoscaler.value["spec"]["metrics"]) {
            assert_eq!(metric["type"], "ContainerResource");
        }
        let behavior = &autoscaler.value["spec"]["behavior"];
        assert_eq!(behavior["scaleUp"]["stabilizationWindowSeconds"], 0);
        assert_eq!(behavior["scaleDown"]["stabilizationWindowSeconds"], 300);
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn nodes_and_pods_scale_as_a_topology_says(topology in strategy::topology()) {
        prop_assert_eq!(karpenter_faults(&topology), Vec::<String>::new());
        prop_assert_eq!(headroom_faults(&topology), Vec::<String>::new());
        prop_assert_eq!(vertical_faults(&topology), Vec::<String>::new());
    }
}

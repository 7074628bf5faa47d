//! The nodes of a cluster: groups of eksctl, of Terraform, and pools of Karpenter.

use std::collections::{BTreeMap, BTreeSet};

use waard_model::quantity::Cidr;

use super::object::Object;
use crate::hcl::{Block, Expr};
use crate::place::{Place, Placed};
use crate::terraform::{Instances, Known, Root, Scope};
use crate::yaml::Node;

/// The nodes that pods can run on.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    /// Groups of equal nodes.
    pub groups: Vec<NodeGroup>,
    /// What runs on Fargate.
    pub fargate: Vec<Fargate>,
    /// Why there may be other nodes than those: no answer that rests on all nodes is certain then.
    pub unknown: Option<String>,
}

/// A group of equal nodes.
#[derive(Clone, Debug)]
pub struct NodeGroup {
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// What makes it.
    pub kind: GroupKind,
    /// The labels of its nodes, each with the values that it can have. Those that Kubernetes sets are not among them.
    pub labels: BTreeMap<String, Vec<String>>,
    /// The taints of its nodes.
    pub taints: Vec<Taint>,
    /// The instance types that it can have; empty if they aren't known.
    pub instances: Vec<String>,
    /// The fewest nodes.
    pub min: Option<i64>,
    /// The nodes that it starts with.
    pub desired: Option<i64>,
    /// The most nodes.
    pub max: Option<i64>,
    /// The zones that it is bound to; empty if it is in all of the cluster.
    pub zones: Vec<String>,
    /// The address ranges of its subnets, in their order; empty if they aren't known.
    pub subnets: Vec<Cidr>,
    /// Cpu in thousandths and memory in bytes that daemonsets among the files take from each node.
    pub daemons: (i128, i128),
    /// Whether its instances are spot; `None` if both are there, or it isn't known.
    pub spot: Option<bool>,
    /// Whether labels or taints depend on what the files don't say.
    pub open: bool,
}

/// What makes the nodes of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKind {
    /// `managedNodeGroups` of eksctl.
    EksctlManaged,
    /// `nodeGroups` of eksctl.
    EksctlSelfManaged,
    /// `aws_eks_node_group`, or a managed node group of the EKS module.
    Terraform,
    /// A NodePool of Karpenter.
    Karpenter,
}

/// A taint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taint {
    /// Its key.
    pub key: String,
    /// Its value; empty if it has none.
    pub value: String,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: String,
    /// Where it is written.
    pub place: Place,
}

/// Pods that run on Fargate.
#[derive(Clone, Debug)]
pub struct Fargate {
    /// Their namespace, in which `*` and `?` stand for any characters.
    pub namespace: String,
    /// The labels that they have.
    pub labels: BTreeMap<String, String>,
}

impl std::fmt::Display for Taint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { key, value, effect, .. } = self;
        if value.is_empty() { write!(f, "{key}:{effect}") } else { write!(f, "{key}={value}:{effect}") }
    }
}

/// Whether one of the tolerations takes a taint.
///
/// Source: kubernetes/kubernetes `staging/src/k8s.io/api/core/v1/toleration.go`, `ToleratesTaint`, which compares numbers
/// too (`Lt` and `Gt`); and the API's validation, which refuses a toleration without a key unless it says `Exists`.
pub fn tolerates(tolerations: &[Node], taint: &Taint) -> bool {
    tolerations.iter().any(|toleration| {
        let text = |key: &str| toleration.get(key).and_then(Node::text).unwrap_or_default();
        (text("effect").is_empty() || text("effect") == taint.effect)
            && (text("key").is_empty() || text("key") == taint.key)
            && match text("operator") {
                "" | "Equal" => !text("key").is_empty() && text("value") == taint.value,
                "Exists" => true,
                operator @ ("Lt" | "Gt") => match (text("value").parse::<i64>(), taint.value.parse::<i64>()) {
                    (Ok(bound), Ok(value)) => {
                        if operator == "Lt" {
                            value < bound
                        } else {
                            value > bound
                        }
                    }
                    _ => false,
                },
                _ => false,
            }
    })
}

fn group(name: &str, place: Place, kind: GroupKind) -> NodeGroup {
    NodeGroup {
        name: name.to_owned(),
        place,
        kind,
        labels: BTreeMap::new(),
        taints: Vec::new(),
        instances: Vec::new(),
        min: None,
        desired: None,
        max: None,
        zones: Vec::new(),
        subnets: Vec::new(),
        daemons: (0, 0),
        spot: None,
        open: false,
    }
}

/// The nodes that an eksctl ClusterConfig makes.
pub(crate) fn eksctl_nodes(config: &Object, nodes: &mut Nodes) {
    if config.bool_at("autoModeConfig.enabled") == Some(true) {
        nodes.unknown = Some("EKS Auto Mode makes nodes by itself".to_owned());
    }
    for (key, kind) in [("managedNodeGroups", GroupKind::EksctlManaged), ("nodeGroups", GroupKind::EksctlSelfManaged)] {
        nodes.groups.extend(config.list(key).iter().map(|node| eksctl_group(node, kind, config.name())));
    }
    for profile in config.list("fargateProfiles") {
        for selector in profile.list("selectors") {
            nodes.fargate.push(Fargate {
                namespace: selector.str_at("namespace").unwrap_or_default().to_owned(),
                labels: texts(selector, "labels"),
            });
        }
    }
}

fn texts(node: &Node, path: &str) -> BTreeMap<String, String> {
    let entries = node.map(path).iter();
    entries.map(|entry| (entry.key().to_owned(), entry.value().text().unwrap_or_default().to_owned())).collect()
}

fn eksctl_group(node: &Node, kind: GroupKind, cluster: &str) -> NodeGroup {
    let name = node.get("name").and_then(Node::text).unwrap_or_default();
    let place = node.get("name").map_or(node.place(), Placed::place);
    let mut group = group(name, place, kind);
    group.labels = texts(node, "labels").into_iter().map(|(key, value)| (key, vec![value])).collect();
    for (key, value) in [("alpha.eksctl.io/nodegroup-name", name), ("alpha.eksctl.io/cluster-name", cluster)] {
        group.labels.entry(key.to_owned()).or_insert_with(|| vec![value.to_owned()]);
    }
    for taint in node.list("taints") {
        let text = |key: &str| taint.get(key).and_then(Node::text).unwrap_or_default().to_owned();
        let place = taint.get("key").map_or(taint.place(), Placed::place);
        group.taints.push(Taint { key: text("key"), value: text("value"), effect: text("effect"), place });
    }
    for entry in node.map("taints") {
        // The older form: `key: "value:Effect"`.
        let (value, effect) = entry.value().text().unwrap_or_default().rsplit_once(':').unwrap_or(("", ""));
        let (key, place) = (entry.key().to_owned(), entry.place());
        group.taints.push(Taint { key, value: value.to_owned(), effect: effect.to_owned(), place });
    }
    let lists = ["instanceTypes", "instancesDistribution.instanceTypes"];
    let listed: Vec<&Node> = lists.iter().flat_map(|path| node.list(path)).collect();
    let single = node.get("instanceType").filter(|single| listed.is_empty() || single.text() != Some("mixed"));
    // `instanceType` is left aside where several are listed.
    let named = if listed.is_empty() { single.into_iter().collect() } else { listed };
    group.instances = named.into_iter().filter_map(Node::text).map(str::to_owned).collect();
    if group.instances.is_empty() && node.get("instanceSelector").is_none() && node.get("launchTemplate").is_none() {
        // Source: eksctl `pkg/eks/nodegroup_service.go`, `Normalize`, and `DefaultNodeType`.
        group.instances.push("m5.large".to_owned());
    }
    if node.str_at("amiFamily").is_some_and(|family| family.starts_with("Windows")) {
        set_windows(&mut group);
    }
    // Source: eksctl `pkg/cfn/builder/nodegroup.go`, and `DefaultNodeCount`.
    group.min = node.int_at("minSize").or_else(|| node.int_at("desiredCapacity")).or(Some(2));
    group.desired = node.int_at("desiredCapacity").or(group.min);
    group.max = node.int_at("maxSize").or_else(|| node.int_at("desiredCapacity")).or(group.desired);
    group.zones = node.list("availabilityZones").iter().filter_map(Node::text).map(str::to_owned).collect();
    group.spot = match (node.bool_at("spot"), node.int_at("instancesDistribution.onDemandPercentageAboveBaseCapacity"))
    {
        (Some(spot), _) => Some(spot),
        (None, Some(0)) => Some(true),
        (None, Some(100) | None) => Some(false),
        (None, Some(_)) => None,
    };
    group
}

/// The pools of Karpenter among the objects.
pub(crate) fn karpenter_nodes<'o>(objects: impl Iterator<Item = &'o Object>, nodes: &mut Nodes) {
    for object in objects.filter(|object| object.group() == "karpenter.sh" && object.kind() == "NodePool") {
        let mut group = group(object.name(), object.place(), GroupKind::Karpenter);
        group.min = Some(0);
        let Some(template) = object.at("spec.template") else { continue };
        group.labels = texts(template, "metadata.labels").into_iter().map(|(key, value)| (key, vec![value])).collect();
        group.labels.insert("karpenter.sh/nodepool".to_owned(), vec![object.name().to_owned()]);
        for taint in template.list("spec.taints") {
            let text = |key: &str| taint.get(key).and_then(Node::text).unwrap_or_default().to_owned();
            let place = taint.get("key").map_or(taint.place(), Placed::place);
            group.taints.push(Taint { key: text("key"), value: text("value"), effect: text("effect"), place });
        }
        for requirement in template.list("spec.requirements") {
            let Some(key) = requirement.str_at("key") else { continue };
            let values: Vec<String> =
                requirement.list("values").iter().filter_map(Node::text).map(str::to_owned).collect();
            match (requirement.str_at("operator"), key) {
                (Some("In"), "node.kubernetes.io/instance-type") => group.instances = values,
                (Some("In"), "topology.kubernetes.io/zone") => group.zones = values,
                (Some("In"), "karpenter.sh/capacity-type") => {
                    group.spot = match &values[..] {
                        [only] => Some(only == "spot"),
                        _ => None,
                    };
                    group.labels.insert(key.to_owned(), values);
                }
                (Some("In"), _) => {
                    group.labels.insert(key.to_owned(), values);
                }
                _ => group.open = true,
            }
        }
        nodes.groups.push(group);
    }
}

/// What an `aws_eks_cluster`, or a call of the EKS module, makes.
pub(crate) fn terraform_nodes(root: &Root, cluster: &Block, nodes: &mut Nodes) {
    if &*cluster.kind == "module" {
        module_nodes(root, cluster, nodes);
        return;
    }
    if cluster.may_have("compute_config") {
        nodes.unknown = Some("EKS Auto Mode makes nodes by itself".to_owned());
    }
    let name = root.text(cluster, "name");
    let belongs = |block: &&Block| match block.get("cluster_name") {
        Some(expr) => match (expr.as_reference(), root.known(expr)) {
            (Some(reference), _) if reference.root() == Some("aws_eks_cluster") => {
                reference.name(1) == cluster.label(1)
            }
            (_, Known::Text(text)) => name.as_deref() == Some(text.as_str()),
            _ => root.resources("aws_eks_cluster").count() == 1,
        },
        None => false,
    };
    for block in root.resources("aws_eks_node_group").filter(belongs) {
        match root.instances(block) {
            Instances::Count(0) => {}
            Instances::One | Instances::Count(_) => nodes.groups.push(resource_group(root, block, &Scope::default())),
            Instances::Each(entries) => {
                let each = entries.iter().map(|(key, value)| resource_group(root, block, &Scope::each(key, value)));
                nodes.groups.extend(each);
            }
            Instances::Unknown => {
                nodes.unknown = Some(format!("how often `{}` is made is not known", block.address()));
            }
        }
    }
    for block in root.resources("aws_eks_fargate_profile").filter(belongs) {
        for selector in block.blocks("selector") {
            nodes.fargate.push(Fargate {
                namespace: root.text(selector, "namespace").unwrap_or_else(|| "*".to_owned()),
                labels: BTreeMap::new(),
            });
        }
    }
    if root.resources("aws_autoscaling_group").next().is_some() {
        nodes.unknown = Some("autoscaling groups may be nodes of it too".to_owned());
    }
}

fn resource_group(root: &Root, block: &Block, scope: &Scope<'_>) -> NodeGroup {
    let known = |expr: Option<&Expr>| expr.map(|expr| root.known_in(expr, scope));
    let name = known(block.get("node_group_name")).and_then(|name| name.as_str().map(str::to_owned));
    let mut group = group(&name.unwrap_or_else(|| block.address()), block.place, GroupKind::Terraform);
    let size = |key: &str| known(block.block("scaling_config")?.get(key))?.as_int();
    (group.min, group.desired, group.max) = (size("min_size"), size("desired_size"), size("max_size"));
    set_labels(&mut group, known(block.get("labels")));
    set_instances(&mut group, known(block.get("instance_types")), block.may_have("launch_template"));
    set_spot(&mut group, known(block.get("capacity_type")));
    set_system(&mut group, known(block.get("ami_type")).as_ref());
    let subnets: Option<Vec<&Block>> =
        block.get("subnet_ids").map_or(&[][..], Expr::items).iter().map(|expr| subnet(root, expr)).collect();
    let subnets = subnets.unwrap_or_default();
    let zones: Option<BTreeSet<String>> = subnets.iter().map(|subnet| root.text(subnet, "availability_zone")).collect();
    group.zones = zones.unwrap_or_default().into_iter().collect();
    let ranges: Option<BTreeSet<Cidr>> =
        subnets.iter().map(|subnet| root.text(subnet, "cidr_block")?.parse().ok()).collect();
    group.subnets = ranges.unwrap_or_default().into_iter().collect();
    for taint in block.blocks("taint") {
        let text = |key: &str| known(taint.get(key));
        add_taint(&mut group, text("key"), text("value"), text("effect"), taint.place);
    }
    group.open |= block.dynamic("taint").is_some();
    group
}

/// The subnet that an expression names, if it is one and known.
fn subnet<'r>(root: &'r Root, expr: &Expr) -> Option<&'r Block> {
    let reference = expr.as_reference()?;
    let is_data = reference.root() == Some("data");
    let (kind, name) = (reference.name(usize::from(is_data))?, reference.name(usize::from(is_data) + 1)?);
    let data = if is_data { "data." } else { "" };
    let subnet = root.block(&format!("{data}{kind}.{name}")).filter(|_| kind == "aws_subnet")?;
    (root.instances(subnet) == Instances::One).then_some(subnet)
}

/// Source: Amazon EKS user guide, "Deploy Windows nodes on EKS clusters": the label that pods select them by.
fn set_windows(group: &mut NodeGroup) {
    group.labels.insert("kubernetes.io/os".to_owned(), vec!["windows".to_owned()]);
}

/// The operating system, by an `amiType` of EKS such as `WINDOWS_CORE_2022_x86_64`.
fn set_system(group: &mut NodeGroup, ami_type: Option<&Known>) {
    match ami_type {
        Some(Known::Text(text)) if text.starts_with("WINDOWS") => set_windows(group),
        None | Some(Known::Null | Known::Text(_)) => {}
        Some(_) => group.open = true,
    }
}

fn set_labels(group: &mut NodeGroup, labels: Option<Known>) {
    match labels {
        None | Some(Known::Null) => {}
        Some(Known::Map(entries)) => {
            for (key, value) in entries {
                match value {
                    Known::Text(text) => drop(group.labels.insert(key, vec![text])),
                    Known::Bool(value) => drop(group.labels.insert(key, vec![value.to_string()])),
                    Known::Number(value) => drop(group.labels.insert(key, vec![value.to_string()])),
                    _ => group.open = true,
                }
            }
        }
        Some(_) => group.open = true,
    }
    if group.kind == GroupKind::Terraform {
        group.labels.insert("eks.amazonaws.com/nodegroup".to_owned(), vec![group.name.clone()]);
    }
}

fn set_instances(group: &mut NodeGroup, types: Option<Known>, template: bool) {
    match types {
        // Source: Amazon EKS API reference, CreateNodegroup `instanceTypes`: "If you don't specify an instance type in a
        // launch template or for instanceTypes, then t3.medium is used, by default".
        None | Some(Known::Null) if !template => group.instances.push("t3.medium".to_owned()),
        Some(Known::List(items)) => {
            let names: Option<Vec<&str>> = items.iter().map(Known::as_str).collect();
            group.instances = names.unwrap_or_default().into_iter().map(str::to_owned).collect();
        }
        _ => {}
    }
}

fn set_spot(group: &mut NodeGroup, capacity: Option<Known>) {
    group.spot = match capacity {
        None | Some(Known::Null) => Some(false),
        Some(Known::Text(text)) => Some(text == "SPOT"),
        Some(_) => None,
    };
}

fn add_taint(group: &mut NodeGroup, key: Option<Known>, value: Option<Known>, effect: Option<Known>, place: Place) {
    let (Some(Known::Text(key)), Some(Known::Text(effect))) = (key, effect) else {
        group.open = true;
        return;
    };
    let value = match value {
        None | Some(Known::Null) => String::new(),
        Some(Known::Text(text)) => text,
        Some(Known::Bool(value)) => value.to_string(),
        Some(_) => {
            group.open = true;
            return;
        }
    };
    let effect = match effect.as_str() {
        "NO_SCHEDULE" => "NoSchedule".to_owned(),
        "NO_EXECUTE" => "NoExecute".to_owned(),
        "PREFER_NO_SCHEDULE" => "PreferNoSchedule".to_owned(),
        _ => effect,
    };
    group.taints.push(Taint { key, value, effect, place });
}

fn module_nodes(root: &Root, module: &Block, nodes: &mut Nodes) {
    for other in
        ["self_managed_node_groups", "compute_config", "cluster_compute_config", "eks_managed_node_group_defaults"]
    {
        if let Some(argument) = module.argument(other) {
            let empty = matches!(root.known(&argument.value), Known::Map(entries) if entries.is_empty());
            if !empty {
                nodes.unknown = Some(format!("`{other}` makes or changes nodes too"));
            }
        }
    }
    let Some(argument) = module.argument("eks_managed_node_groups") else { return };
    let Known::Map(groups) = root.known(&argument.value) else {
        nodes.unknown = Some("`eks_managed_node_groups` is not known".to_owned());
        return;
    };
    for (name, value) in groups {
        let place = argument.value.entries().iter().find(|(key, _)| key.text.as_deref() == Some(name.as_str()));
        let place = place.map_or(argument.place, |(key, _)| key.place());
        let own_name = value.get("name").and_then(Known::as_str).unwrap_or(&name).to_owned();
        let mut group = group(&own_name, place, GroupKind::Terraform);
        let size = |key: &str| value.get(key).and_then(Known::as_int);
        (group.min, group.desired, group.max) = (size("min_size"), size("desired_size"), size("max_size"));
        set_labels(&mut group, value.get("labels").cloned());
        set_instances(&mut group, value.get("instance_types").cloned(), false);
        set_spot(&mut group, value.get("capacity_type").cloned());
        set_system(&mut group, value.get("ami_type"));
        let taints: Vec<&Known> = match value.get("taints") {
            None | Some(Known::Null) => Vec::new(),
            Some(Known::Map(entries)) => entries.values().collect(),
            Some(Known::List(items)) => items.iter().collect(),
            Some(_) => {
                group.open = true;
                Vec::new()
            }
        };
        for taint in taints {
            let part = |key: &str| taint.get(key).cloned();
            add_taint(&mut group, part("key"), part("value"), part("effect"), place);
        }
        nodes.groups.push(group);
    }
}

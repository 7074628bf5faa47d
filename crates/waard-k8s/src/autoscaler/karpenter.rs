//! Karpenter's node pools: the topology's groups, but for those that stay managed node groups.
//!
//! Karpenter runs on nodes that it doesn't start itself, and moves pods to cheaper nodes where it can, which nodes with
//! data must not do: so groups for the cluster itself and for data stay managed ones.
//!
//! It keeps no ratio of spot nodes. The way that its documentation names for one spreads pods over labels that stand for
//! fifths or tenths of the nodes, which starts as many nodes for a few pods, so it isn't used. Here a group with a share
//! is up to three pools in an order, each with a limit: first on demand, the base and as many as the fewest nodes must
//! have; then spot, as many as all nodes may have; then on demand, the rest. At its fewest and at its most nodes the group has the
//! share; between, spot nodes come first.
//! Source: Karpenter 1.14 documentation, "NodePools" (weight, limits), "Scheduling" (on-demand/spot ratio split).

use std::collections::BTreeSet;

use waard_catalog::{Instance, catalog};
use waard_model::name::ZoneName;
use waard_model::spec::ZoneLayout;
use waard_model::topology::NodeGroup;
use waard_model::topology::reserved::KARPENTER_DISCOVERY;

use super::flags;
use crate::Site;
use crate::custom::Custom;
use crate::custom::karpenter::{
    AmiTerm, BlockDevice, Budget, Disruption, Ebs, Ec2NodeClass, Kubelet, MetadataOptions, NodeClassRef, NodeMetadata,
    NodePool, NodeSpec, NodeTaint, NodeTemplate, Requirement, SelectorTerm,
};
use crate::file::File;
use crate::labels::{Labels, Wave, common, in_wave, labels, metadata};

/// How old a node gets, Karpenter's default: said, because fixes of the image come with new nodes.
const EXPIRE_AFTER: &str = "720h";
/// How many nodes may go at once, Karpenter's default, rounded up.
const AT_ONCE: &str = "10%";

/// The file of node classes and node pools; none if every group is a managed one.
pub(super) fn file(site: Site<'_>) -> Option<File> {
    let path = site.region.cluster().path().key("node_groups");
    let mut file = File::new(path, &site.region.path());
    for group in site.region.cluster().karpenter_groups() {
        file.custom(&Custom { metadata: object(site, group.name().as_str()), spec: class(site, group) });
        for (place, zones) in &places(site, group) {
            for part in parts(group) {
                let name = format!("{}{place}{}", group.name(), part.suffix);
                file.custom(&Custom { metadata: object(site, &name), spec: pool(site, group, zones, &part) });
            }
        }
    }
    (!file.is_empty()).then_some(file)
}

/// The zones that a group's pools are in, together or each by itself, with what their names have of it.
fn places<'t>(site: Site<'t>, group: &NodeGroup) -> Vec<(String, Vec<&'t ZoneName>)> {
    match group.zones() {
        ZoneLayout::Across => vec![(String::new(), site.region.zones().iter().collect())],
        ZoneLayout::Each => site.region.zones().iter().map(|zone| (format!(".{zone}"), vec![zone])).collect(),
    }
}

/// The pools that are filled when all others of their groups are, by name.
pub(crate) fn last_pools(site: Site<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for group in site.region.cluster().karpenter_groups() {
        let suffix = parts(group).last().map_or("", |part| part.suffix);
        found.extend(places(site, group).iter().map(|(place, _)| format!("{}{place}{suffix}", group.name())));
    }
    found
}

fn object(site: Site<'_>, name: &str) -> k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta {
    in_wave(Wave::Access, metadata(name.to_owned(), None, common(site)))
}

/// A part of a group: nodes that are bought alike.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    suffix: &'static str,
    spot: bool,
    nodes: u32,
    /// The larger, the earlier.
    weight: Option<u32>,
}

fn parts(group: &NodeGroup) -> Vec<Part> {
    let most = group.scaling().max();
    let fewest = group.scaling().min().max(1).min(most);
    let spot = most - group.on_demand(most);
    let first = group.on_demand(fewest).max(group.on_demand_base()).min(most - spot);
    let rest = most - spot - first;
    let part = |suffix, spot, nodes, weight| Part { suffix, spot, nodes, weight };
    if spot == 0 {
        return vec![part("", false, most, None)];
    }
    [part(".base", false, first, Some(100)), part(".spot", true, spot, Some(50)), part("", false, rest, Some(1))]
        .into_iter()
        .filter(|part| part.nodes > 0)
        .collect()
}

fn pool(site: Site<'_>, group: &NodeGroup, zones: &[&ZoneName], part: &Part) -> NodePool {
    let shapes: Vec<&Instance> =
        group.instances().iter().filter_map(|name| catalog().instance(name.as_str())).collect();
    let architectures: BTreeSet<String> = shapes.iter().map(|shape| shape.arch.to_string()).collect();
    let among = |key, values| Requirement { key, operator: "In", values };
    let mut requirements = vec![
        among("karpenter.sh/capacity-type", vec![if part.spot { "spot" } else { "on-demand" }.to_owned()]),
        among("kubernetes.io/os", vec!["linux".to_owned()]),
        among("node.kubernetes.io/instance-type", group.instances().iter().map(ToString::to_string).collect()),
        among("topology.kubernetes.io/zone", zones.iter().map(ToString::to_string).collect()),
    ];
    if !architectures.is_empty() {
        requirements.insert(1, among("kubernetes.io/arch", architectures.into_iter().collect()));
    }
    let taints = group.taints().iter().map(|taint| NodeTaint {
        key: taint.key().to_string(),
        value: taint.value().to_string(),
        effect: taint.effect().as_str(),
    });
    NodePool {
        weight: part.weight,
        limits: limits(&shapes, part.nodes),
        disruption: Disruption {
            consolidation_policy: "WhenEmptyOrUnderutilized",
            consolidate_after: flags::go(site.region.cluster().settings().autoscaler.scale_down.unneeded),
            budgets: vec![Budget { nodes: AT_ONCE.to_owned() }],
        },
        template: NodeTemplate {
            metadata: NodeMetadata {
                labels: group.labels().iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
            },
            spec: NodeSpec {
                node_class_ref: NodeClassRef {
                    group: "karpenter.k8s.aws",
                    kind: "EC2NodeClass",
                    name: group.name().to_string(),
                },
                expire_after: EXPIRE_AFTER.to_owned(),
                requirements,
                taints: taints.collect(),
            },
        },
    }
}

/// As many nodes, of whichever of the instance types.
fn limits(shapes: &[&Instance], nodes: u32) -> Labels {
    let mut limits = labels([("nodes", &nodes.to_string())]);
    if let Some(cpu) = shapes.iter().map(|shape| u64::from(shape.vcpu)).max() {
        limits.insert("cpu".to_owned(), (cpu * u64::from(nodes)).to_string());
    }
    if let Some(memory) = shapes.iter().map(|shape| u64::from(shape.memory_mib)).max() {
        limits.insert("memory".to_owned(), format!("{}Mi", memory * u64::from(nodes)));
    }
    limits
}

fn class(site: Site<'_>, group: &NodeGroup) -> Ec2NodeClass {
    let cluster = site.region.cluster();
    let found = || SelectorTerm { id: None, tags: Some(labels([(KARPENTER_DISCOVERY, cluster.name())])) };
    let subnets = match site.region.network().existing() {
        Some(network) => {
            network.private.values().map(|subnet| SelectorTerm { id: Some(subnet.to_string()), tags: None }).collect()
        }
        None => vec![found()],
    };
    let image = catalog().image("al2023").map_or("al2023@v20260903", |image| image.reference.as_str());
    Ec2NodeClass {
        ami_selector_terms: vec![AmiTerm { alias: image.to_owned() }],
        associate_public_ip_address: false,
        block_device_mappings: vec![BlockDevice {
            device_name: "/dev/xvda",
            root_volume: true,
            ebs: Ebs {
                delete_on_termination: true,
                encrypted: true,
                volume_size: group.disk().to_string(),
                volume_type: "gp3",
            },
        }],
        kubelet: Kubelet { max_pods: group.max_pods() },
        // Pods have identities of their own: they don't get at the node's.
        metadata_options: MetadataOptions {
            http_endpoint: "enabled",
            http_protocol_ipv6: "disabled",
            http_put_response_hop_limit: 1,
            http_tokens: "required",
        },
        role: cluster.node_role(),
        security_group_selector_terms: vec![found()],
        subnet_selector_terms: subnets,
        tags: labels([
            ("Name", &format!("{}-{}", cluster.name(), group.name())),
            ("environment", site.environment.name().as_str()),
            ("platform", site.topology.platform().as_str()),
        ]),
    }
}

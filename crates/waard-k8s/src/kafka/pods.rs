//! What the pods of a Kafka cluster have in common: security, placement, sizes.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Affinity, Capabilities, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodAffinityTerm,
    PodAntiAffinity, PodSecurityContext, PreferredSchedulingTerm, ResourceRequirements, SeccompProfile,
    SecurityContext, WeightedPodAffinityTerm,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use waard_model::quantity::{Bytes, Cpu};
use waard_model::spec::{Priority, ZoneLayout};
use waard_model::topology::Placement;
use waard_model::topology::reserved::WORKLOAD_TYPE;

use super::{CLUSTER, Streams};
use crate::cluster::priority_class;
use crate::custom::kafka::{ContainerTemplate, EnvironmentVariable, JvmOptions, PodMetadata, PodTemplate};
use crate::labels::{labels, selects};
use crate::workload::pod::tolerations;

const ZONE: &str = "topology.kubernetes.io/zone";
const HOST: &str = "kubernetes.io/hostname";

/// The group that volumes belong to, the same number as the user of Strimzi's images.
/// Source: Strimzi, `docker-images/kafka-based/kafka/Dockerfile`, `USER 1001`.
const GROUP: i64 = 1001;
/// Time to hand leadership over and to write what is in memory; Kubernetes gives 30 seconds by default.
const STOP_SECONDS: u16 = 120;

/// A pod of a Kafka cluster, on nodes that take every pod unless it says more.
pub(super) fn pod(streams: Streams<'_>) -> PodTemplate {
    let outside = || PodMetadata { labels: labels([("sidecar.istio.io/inject", "false")]) };
    PodTemplate {
        // Strimzi has certificates of its own, which a proxy in between would only hide.
        metadata: streams.site.has_mesh().then(outside),
        security_context: PodSecurityContext {
            run_as_non_root: Some(true),
            fs_group: Some(GROUP),
            // A disk of a terabyte is not walked through at every start.
            fs_group_change_policy: Some("OnRootMismatch".to_owned()),
            seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), ..SeccompProfile::default() }),
            ..PodSecurityContext::default()
        },
        priority_class_name: Some(priority_class(streams.site, Priority::High)),
        affinity: None,
        tolerations: None,
        termination_grace_period_seconds: STOP_SECONDS,
        enable_service_links: false,
    }
}

/// A pod on the nodes that are for the Kafka cluster.
pub(super) fn placed_pod(streams: Streams<'_>) -> PodTemplate {
    let placement = streams.site.region.placement(streams.store.name().as_str());
    let groups = among_groups(&placement);
    let required = (!groups.is_empty()).then(|| required(groups));
    PodTemplate {
        affinity: required.map(|node| Affinity { node_affinity: Some(node), ..Affinity::default() }),
        tolerations: tolerations(&placement),
        ..pod(streams)
    }
}

/// A pod of a pool of one zone, on a node that has no other of the same role.
///
/// Where the node groups can't have a node for each of them in each zone, the pods would wait for ever:
/// there it is only a wish.
pub(super) fn zonal_pod(streams: Streams<'_>, zone: &str, role: &str, in_each_zone: u16) -> PodTemplate {
    let placement = streams.site.region.placement(streams.store.name().as_str());
    let strict = nodes_in_a_zone(&placement, streams.site.region.zones().len()) >= u32::from(in_each_zone);
    let in_zone = among(ZONE, vec![zone.to_owned()]);
    let mut groups = among_groups(&placement);
    let mut preferred = None;
    if strict {
        groups.push(in_zone);
    } else {
        let preference = NodeSelectorTerm { match_expressions: Some(vec![in_zone]), ..NodeSelectorTerm::default() };
        preferred = Some(vec![PreferredSchedulingTerm { weight: 100, preference }]);
    }
    let nodes = NodeAffinity {
        preferred_during_scheduling_ignored_during_execution: preferred,
        ..if groups.is_empty() { NodeAffinity::default() } else { required(groups) }
    };
    let role = format!("strimzi.io/{role}-role");
    let apart = PodAffinityTerm {
        label_selector: Some(selects([(CLUSTER, &streams.name()), (&role, "true")])),
        topology_key: HOST.to_owned(),
        ..PodAffinityTerm::default()
    };
    let pods = if strict {
        PodAntiAffinity {
            required_during_scheduling_ignored_during_execution: Some(vec![apart]),
            ..PodAntiAffinity::default()
        }
    } else {
        let wish = WeightedPodAffinityTerm { weight: 100, pod_affinity_term: apart };
        PodAntiAffinity {
            preferred_during_scheduling_ignored_during_execution: Some(vec![wish]),
            ..PodAntiAffinity::default()
        }
    };
    PodTemplate {
        affinity: Some(Affinity { node_affinity: Some(nodes), pod_anti_affinity: Some(pods), ..Affinity::default() }),
        ..placed_pod(streams)
    }
}

/// How many nodes the groups of a placement can have in each zone, for certain.
fn nodes_in_a_zone(placement: &Placement<'_>, zones: usize) -> u32 {
    let zones = u32::try_from(zones).unwrap_or(1).max(1);
    let of = |group: &&waard_model::topology::NodeGroup| match group.zones() {
        ZoneLayout::Each => group.scaling().max(),
        // The nodes of such a group are spread over the zones as evenly as their number allows.
        ZoneLayout::Across => group.scaling().max() / zones,
    };
    placement.groups().iter().map(of).sum()
}

fn among(key: &str, values: Vec<String>) -> NodeSelectorRequirement {
    NodeSelectorRequirement { key: key.to_owned(), operator: "In".to_owned(), values: Some(values) }
}

fn among_groups(placement: &Placement<'_>) -> Vec<NodeSelectorRequirement> {
    let names = || placement.groups().iter().map(|group| group.name().to_string()).collect();
    placement.is_dedicated().then(|| among(WORKLOAD_TYPE, names())).into_iter().collect()
}

fn required(expressions: Vec<NodeSelectorRequirement>) -> NodeAffinity {
    let term = NodeSelectorTerm { match_expressions: Some(expressions), ..NodeSelectorTerm::default() };
    NodeAffinity {
        required_during_scheduling_ignored_during_execution: Some(NodeSelector { node_selector_terms: vec![term] }),
        ..NodeAffinity::default()
    }
}

/// A container that passes the restricted level. Strimzi mounts what it writes to, so its root can be read-only.
/// Source: Strimzi, pull request 4162, "Make it possible to run Strimzi with read-only root filesystem".
pub(super) fn container(env: Vec<EnvironmentVariable>) -> ContainerTemplate {
    ContainerTemplate {
        env,
        security_context: SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), ..Capabilities::default() }),
            read_only_root_filesystem: Some(true),
            ..SecurityContext::default()
        },
    }
}

/// Requests, and as limits: memory always, CPU where it is said.
pub(super) fn resources(cpu: Cpu, cpu_limit: Option<Cpu>, memory: Bytes) -> ResourceRequirements {
    let requests = BTreeMap::from([
        ("cpu".to_owned(), Quantity(cpu.to_string())),
        ("memory".to_owned(), Quantity(memory.to_string())),
    ]);
    let mut limits = BTreeMap::from([("memory".to_owned(), Quantity(memory.to_string()))]);
    if let Some(limit) = cpu_limit {
        limits.insert("cpu".to_owned(), Quantity(limit.to_string()));
    }
    ResourceRequirements { requests: Some(requests), limits: Some(limits), ..ResourceRequirements::default() }
}

/// A heap that is taken at the start, so that it can't grow beyond what is there.
pub(super) fn heap(size: Bytes, options: BTreeMap<&'static str, String>) -> JvmOptions {
    let mebibytes = format!("{}m", size.get() >> 20);
    JvmOptions { least: mebibytes.clone(), most: mebibytes, options }
}

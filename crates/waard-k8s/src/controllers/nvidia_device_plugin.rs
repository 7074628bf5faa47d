//! NVIDIA's device plugin: tells the kubelet of the GPUs of a node, so that pods can ask for them.

use k8s_openapi::api::core::v1::{
    Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Toleration,
};
use serde::Serialize;
use waard_catalog::{Installed, catalog};
use waard_model::topology::NodeGroup;
use waard_model::topology::reserved::WORKLOAD_TYPE;

use super::values::Resources;
use super::written;
use crate::Site;

const ID: &str = "nvidia-device-plugin";

#[derive(Serialize)]
struct Values {
    affinity: Affinity,
    resources: Resources,
    tolerations: Vec<Toleration>,
}

pub(super) fn values(site: Site<'_>, _: &Installed) -> String {
    let groups = site.region.cluster().node_groups().values();
    let names: Vec<String> = groups.filter(|group| has_gpus(group)).map(|group| group.name().to_string()).collect();
    let label =
        NodeSelectorRequirement { key: WORKLOAD_TYPE.to_owned(), operator: "In".to_owned(), values: Some(names) };
    written(&Values {
        // The chart looks for labels that only Node Feature Discovery sets; the groups have one of their own.
        affinity: Affinity {
            node_affinity: Some(NodeAffinity {
                required_during_scheduling_ignored_during_execution: Some(NodeSelector {
                    node_selector_terms: vec![NodeSelectorTerm {
                        match_expressions: Some(vec![label]),
                        ..NodeSelectorTerm::default()
                    }],
                }),
                ..NodeAffinity::default()
            }),
            ..Affinity::default()
        },
        resources: Resources::of(ID, ID, "nvidia-device-plugin-ctr"),
        // It belongs to the node, whatever the node is kept free of.
        tolerations: vec![Toleration { operator: Some("Exists".to_owned()), ..Toleration::default() }],
    })
}

fn has_gpus(group: &NodeGroup) -> bool {
    group.instances().iter().filter_map(|name| catalog().instance(name.as_str())).any(|instance| instance.gpus > 0)
}

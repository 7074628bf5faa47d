//! Where pods go.

use super::{Cluster, NodeGroup};
use crate::name::TaintSpec;

/// The node groups that a workload's pods run on.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement<'c> {
    dedicated: bool,
    groups: Vec<&'c NodeGroup>,
}

impl<'c> Placement<'c> {
    /// The groups that are only for `occupant`; if there are none, those that take every pod.
    pub(super) fn of(cluster: &'c Cluster, occupant: &str) -> Self {
        let own: Vec<&NodeGroup> = cluster
            .node_groups()
            .values()
            .filter(|group| group.only_for().iter().any(|name| name.as_str() == occupant))
            .collect();
        if own.is_empty() {
            let open = cluster.node_groups().values().filter(|group| group.takes_everything()).collect();
            Self { dedicated: false, groups: open }
        } else {
            Self { dedicated: true, groups: own }
        }
    }

    /// True if the groups are reserved for it, so that the pods need a selector and tolerations.
    pub const fn is_dedicated(&self) -> bool {
        self.dedicated
    }

    /// The groups. Never empty in a valid topology.
    pub fn groups(&self) -> &[&'c NodeGroup] {
        &self.groups
    }

    /// What the pods must tolerate, each taint once.
    pub fn taints(&self) -> Vec<&'c TaintSpec> {
        let mut taints: Vec<&TaintSpec> = Vec::new();
        if self.dedicated {
            for group in &self.groups {
                taints.extend(group.taints());
            }
        }
        taints.sort();
        taints.dedup();
        taints
    }
}

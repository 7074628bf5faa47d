//! Groups of nodes that are alike.

use std::collections::BTreeMap;

use super::amount::Amounts;
use super::node::Node;
use super::selector::Labels;
use super::taint::Taint;

/// The label of a node's zone.
pub const ZONE: &str = "topology.kubernetes.io/zone";
/// The label of a node's own name.
pub const HOST: &str = "kubernetes.io/hostname";

/// A group of nodes that are alike: a managed node group of EKS, or a node pool of Karpenter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Labels of its nodes, without those of zone and host name.
    pub labels: Labels,
    /// Taints of its nodes.
    pub taints: Vec<Taint>,
    /// What a node has for pods, without what runs on every node.
    pub allocatable: Amounts,
    /// How many pods a node takes, without those that run on every node.
    pub pods: u32,
    /// How many volumes a node takes, by CSI driver.
    pub attach_limits: BTreeMap<String, u32>,
    /// The zones of its nodes.
    pub zones: Vec<String>,
    /// Who chooses the zone of a new node.
    pub zone_by: ZoneBy,
    /// True if its nodes are spot nodes.
    pub spot: bool,
    /// Groups with a higher rank grow first, if they take the pod.
    pub rank: u32,
    /// Fewest nodes.
    pub min: u32,
    /// Nodes that it is made with. Those above the fewest go again where no pod needs them.
    pub start: u32,
    /// Most nodes.
    pub max: u32,
}

/// Who chooses the zone of a new node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZoneBy {
    /// The Auto Scaling group, which takes the one with the fewest of its nodes, whatever a pod asks for.
    /// Source: Amazon EC2 Auto Scaling User Guide, "Availability Zone distribution".
    #[default]
    Balance,
    /// Karpenter, which takes one that the pod can have.
    /// Source: Karpenter documentation, "Scheduling", topology spread.
    Pod,
}

impl Group {
    /// One of its nodes.
    pub(super) fn node(&self, number: u32, zone: &str) -> Node {
        let name = format!("{}-{number}", self.name);
        let mut labels = self.labels.clone();
        labels.insert(ZONE.to_owned(), zone.to_owned());
        labels.insert(HOST.to_owned(), name.clone());
        Node {
            name,
            labels,
            taints: self.taints.clone(),
            unschedulable: false,
            allocatable: self.allocatable.clone(),
            pods: self.pods,
            attach_limits: self.attach_limits.clone(),
        }
    }
}

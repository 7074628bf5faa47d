//! Nodes and the pods that stand on them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::amount::Amounts;
use super::node::Node;
use super::pod::Pod;
use super::selector::Labels;

/// What differs between clusters in how the scheduler decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Whether tolerations can compare numbers: the feature gate `TaintTolerationComparisonOperators`, of which the
    /// catalog knows where it is on. EKS leaves each gate at its default.
    pub comparisons: bool,
}

/// Pods that are alike, on one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// One of them.
    pub pod: Arc<Pod>,
    /// How many there are.
    pub count: u32,
}

/// A node with what stands on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The node.
    pub node: Node,
    pub(super) standings: Vec<Standing>,
    pub(super) used: Amounts,
}

/// Nodes and the pods that stand on them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    pub(super) places: Vec<Place>,
    /// Labels of namespaces, for terms that choose by them.
    pub namespaces: BTreeMap<String, Labels>,
    /// How the scheduler decides.
    pub rules: Rules,
}

impl Place {
    /// A node without pods.
    pub fn empty(node: Node) -> Self {
        Self { node, standings: Vec::new(), used: Amounts::default() }
    }

    /// The pods on it, those that are alike together.
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// How many pods are on it.
    pub fn count(&self) -> u32 {
        self.standings.iter().map(|standing| standing.count).sum()
    }

    /// What they request together.
    pub const fn used(&self) -> &Amounts {
        &self.used
    }

    /// What is left for further pods.
    pub fn free(&self) -> Amounts {
        self.node.allocatable.minus(&self.used)
    }

    fn stand(&mut self, pod: &Arc<Pod>) {
        self.used.add(&pod.requests());
        match self.standings.iter_mut().find(|standing| Arc::ptr_eq(&standing.pod, pod)) {
            Some(standing) => standing.count += 1,
            None => self.standings.push(Standing { pod: Arc::clone(pod), count: 1 }),
        }
    }
}

impl Cluster {
    /// Adds a node without pods, and says its index.
    pub fn add(&mut self, node: Node) -> usize {
        self.places.push(Place::empty(node));
        self.places.len() - 1
    }

    /// Puts a pod on a node, whether it fits there or not; nothing happens if there is no such node.
    pub fn stand(&mut self, index: usize, pod: &Arc<Pod>) {
        if let Some(place) = self.places.get_mut(index) {
            place.stand(pod);
        }
    }

    /// The nodes.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Every kind of pod on every node.
    pub(super) fn standings(&self) -> impl Iterator<Item = (&Node, &Standing)> {
        self.places.iter().flat_map(|place| place.standings.iter().map(move |standing| (&place.node, standing)))
    }
}

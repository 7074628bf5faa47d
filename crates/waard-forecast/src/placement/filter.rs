//! The scheduler's filters, in its order.
//!
//! Source: kubernetes/kubernetes `pkg/scheduler/apis/config/v1/default_plugins.go`, `getDefaultPlugins`;
//! each filter names its own file.

use super::amount::Amounts;
use super::cluster::{Cluster, Place};
use super::company::Company;
use super::node::Node;
use super::pod::{Pod, Port};
use super::refusal::{Lack, Refusal};
use super::selector::any_matches;
use super::spread::{self, Counted};
use super::taint::{Effect, Taint, is_tolerated, untolerated};
use super::volume;

/// A pod that looks for a node, with everything that is the same for all nodes.
#[derive(Debug)]
pub(super) struct Looking<'p> {
    pod: &'p Pod,
    pub(super) requests: Amounts,
    ports: Vec<(u16, Port)>,
    counted: Vec<Counted<'p>>,
    company: Company,
}

impl Cluster {
    /// Why each node doesn't take a pod, in the order of the nodes; `None` for one that does.
    pub fn verdicts(&self, pod: &Pod) -> Vec<Option<Refusal>> {
        match self.looking(pod) {
            Ok(looking) => self.places.iter().map(|place| looking.refusal(place, self)).collect(),
            Err(refusal) => vec![Some(refusal); self.places.len()],
        }
    }

    /// A pod that looks for a node; an error if none can take it, whatever it is like.
    pub(super) fn looking<'p>(&self, pod: &'p Pod) -> Result<Looking<'p>, Refusal> {
        match volume::refused_everywhere(pod, self) {
            Some(refusal) => Err(refusal),
            None => Ok(Looking {
                pod,
                requests: pod.requests(),
                ports: pod.host_ports(),
                counted: spread::count(pod, self),
                company: Company::of(pod, self),
            }),
        }
    }
}

impl Looking<'_> {
    /// Why a node of the cluster doesn't take the pod.
    pub(super) fn refusal(&self, place: &Place, cluster: &Cluster) -> Option<Refusal> {
        let (pod, node) = (self.pod, &place.node);
        let comparisons = cluster.rules.comparisons;
        cordoned(pod, node, comparisons)
            .or_else(|| untolerated(&node.taints, &pod.tolerations, comparisons).cloned().map(Refusal::Taint))
            .or_else(|| node_affinity(pod, node))
            .or_else(|| self.ports(place))
            .or_else(|| self.room(place))
            .or_else(|| volume::refusal(pod, node, place.standings()))
            .or_else(|| spread::refusal(&self.counted, node))
            .or_else(|| self.company.refusal(pod, node))
    }

    /// Source: `plugins/nodeports/node_ports.go`.
    fn ports(&self, place: &Place) -> Option<Refusal> {
        if self.ports.is_empty() {
            return None;
        }
        let taken: Vec<(u16, Port)> = place.standings().iter().flat_map(|standing| standing.pod.host_ports()).collect();
        let in_the_way = |(number, port): &&(u16, Port)| {
            taken.iter().any(|(other, there)| other == number && port.is_in_the_way(there))
        };
        self.ports.iter().find(in_the_way).map(|(number, port)| Refusal::port(*number, port))
    }

    /// Everything that there is too little of. A resource that the pod requests none of is never too little.
    /// Source: `plugins/noderesources/fit.go`, `fitsRequest`.
    fn room(&self, place: &Place) -> Option<Refusal> {
        let most = place.node.pods;
        let full = (place.count() >= most).then_some(Lack::Pods { most });
        let lack = self.requests.iter().filter_map(|(resource, requested)| {
            let (used, allocatable) = (place.used().get(resource), place.node.allocatable.get(resource));
            (requested > 0 && requested > allocatable.saturating_sub(used)).then(|| Lack::Resource {
                resource: resource.clone(),
                requested,
                used,
                allocatable,
            })
        });
        let lacks: Vec<Lack> = full.into_iter().chain(lack).collect();
        (!lacks.is_empty()).then_some(Refusal::NoRoom(lacks))
    }
}

/// Source: `plugins/nodeunschedulable/node_unschedulable.go`.
fn cordoned(pod: &Pod, node: &Node, comparisons: bool) -> Option<Refusal> {
    let taint =
        Taint { key: "node.kubernetes.io/unschedulable".to_owned(), value: String::new(), effect: Effect::NoSchedule };
    (node.unschedulable && !is_tolerated(&taint, &pod.tolerations, comparisons)).then_some(Refusal::Unschedulable)
}

/// Source: `plugins/nodeaffinity/node_affinity.go`; kubernetes/component-helpers v0.36.3
/// `scheduling/corev1/nodeaffinity/nodeaffinity.go`, `RequiredNodeAffinity.Match`.
pub(super) fn node_affinity(pod: &Pod, node: &Node) -> Option<Refusal> {
    for (key, wanted) in &pod.node_selector {
        let has = node.labels.get(key);
        if has != Some(wanted) {
            return Some(Refusal::NodeSelector { key: key.clone(), wanted: wanted.clone(), has: has.cloned() });
        }
    }
    let terms = pod.node_affinity.as_ref()?;
    (!any_matches(terms, &node.name, &node.labels)).then_some(Refusal::NodeAffinity)
}

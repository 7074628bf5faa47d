//! Network policies: whom they isolate, and what their rules let through.
//!
//! Source: Kubernetes, "Network Policies", <https://kubernetes.io/docs/concepts/services-networking/network-policies/>,
//! and the API reference of `networking.k8s.io/v1` NetworkPolicySpec.

use std::collections::BTreeMap;

use super::{Cluster, Object, Selecting, Selector, Workload};
use crate::place::{Place, Placed};
use crate::yaml::Node;

/// Every network policy of a cluster.
#[derive(Debug)]
pub struct Policies<'c> {
    selecting: Selecting<'c>,
    by_namespace: BTreeMap<&'c str, Vec<&'c Object>>,
    other: Option<Place>,
}

/// Which way a connection goes, seen from the pods that a policy selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// To them.
    Ingress,
    /// From them.
    Egress,
}

/// A rule of a policy.
#[derive(Clone, Copy, Debug)]
pub struct PolicyRule<'c> {
    /// The policy.
    pub policy: &'c Object,
    /// The rule as it is written.
    pub node: &'c Node,
    direction: Direction,
}

impl Placed for PolicyRule<'_> {
    fn place(&self) -> Place {
        self.node.place()
    }
}

impl<'c> Policies<'c> {
    /// Those of a cluster.
    pub fn of(cluster: &'c Cluster) -> Self {
        let all = || cluster.of_group("networking.k8s.io", "NetworkPolicy");
        let mut by_namespace: BTreeMap<&str, Vec<&Object>> = BTreeMap::new();
        for policy in all() {
            by_namespace.entry(policy.ns()).or_default().push(policy);
        }
        let selecting =
            Selecting::of(cluster, all().map(|policy| (policy, policy.at("spec.podSelector").map(Selector::of))));
        let others = ["policy.networking.k8s.io", "cilium.io", "crd.projectcalico.org", "projectcalico.org"];
        let is_other = |object: &&Object| others.contains(&object.group()) && object.kind().contains("NetworkPolicy");
        let other = cluster.objects().iter().find(is_other).map(Placed::place);
        Self { selecting, by_namespace, other }
    }

    /// A policy of another kind, which may allow or deny what these don't.
    pub const fn other(&self) -> Option<Place> {
        self.other
    }

    /// The policies that isolate the pods of a workload. Without any, everything is let through.
    pub fn isolating(&self, workload: Workload<'_>, direction: Direction) -> Vec<&'c Object> {
        // Pods in the network of their node are not reliably subject to policies.
        if workload.pod_at("hostNetwork").and_then(Node::as_bool) == Some(true) {
            return Vec::new();
        }
        self.selecting.taking(workload).into_iter().filter(|policy| judges(policy, direction)).collect()
    }

    /// The policies of a namespace that have a say about the direction, and the first of them that isolates all of its pods.
    pub fn of_namespace(&self, namespace: &str, direction: Direction) -> (Option<&'c Object>, Vec<&'c Object>) {
        let own = self.by_namespace.get(namespace).map_or(&[][..], Vec::as_slice);
        let own: Vec<&Object> = own.iter().copied().filter(|policy| judges(policy, direction)).collect();
        let takes_all =
            |policy: &Object| policy.at("spec.podSelector").is_none_or(|selector| Selector::of(selector).is_empty());
        (own.iter().copied().find(|policy| takes_all(policy)), own)
    }

    /// The rules of the policies that isolate the pods of a workload.
    pub fn rules(policies: &[&'c Object], direction: Direction) -> Vec<PolicyRule<'c>> {
        let path = if direction == Direction::Ingress { "spec.ingress" } else { "spec.egress" };
        let of = |policy: &&'c Object| {
            let policy: &'c Object = policy;
            policy.list(path).iter().map(move |node| PolicyRule { policy, node, direction })
        };
        policies.iter().flat_map(of).collect()
    }
}

/// Whether a policy has a say about the direction: `policyTypes`, or ingress, and egress if it has rules for it.
fn judges(policy: &Object, direction: Direction) -> bool {
    let types = policy.list("spec.policyTypes");
    if types.is_empty() {
        return direction == Direction::Ingress || policy.at("spec.egress").is_some_and(|node| !node.is_null());
    }
    let name = if direction == Direction::Ingress { "Ingress" } else { "Egress" };
    types.iter().any(|found| found.text() == Some(name))
}

impl<'c> PolicyRule<'c> {
    /// The peers that it lets through: none means everybody.
    pub fn peers(self) -> &'c [Node] {
        self.node.list(if self.direction == Direction::Ingress { "from" } else { "to" })
    }

    /// Whether it lets a port through. A port by name is looked up in the pods of `workload` where they are the target;
    /// where it can't be, it is taken to be the one.
    pub fn lets_port(self, port: i64, protocol: &str, workload: Option<Workload<'_>>) -> bool {
        let ports = self.node.list("ports");
        ports.is_empty()
            || ports.iter().any(|found| {
                if found.get("protocol").and_then(Node::text).unwrap_or("TCP") != protocol {
                    return false;
                }
                let Some(node) = found.get("port").filter(|node| !node.is_null()) else { return true };
                match (node.as_int(), node.text()) {
                    (Some(first), _) => {
                        let last = found.int_at("endPort").unwrap_or(first);
                        (first..=last).contains(&port)
                    }
                    (None, Some(name)) => workload.is_none_or(|workload| workload.port(name) == Some(port)),
                    (None, None) => false,
                }
            })
    }
}

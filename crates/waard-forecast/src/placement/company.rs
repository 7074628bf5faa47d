//! Required pod affinity and anti-affinity.
//!
//! Source: kubernetes/kubernetes `pkg/scheduler/framework/plugins/interpodaffinity/filtering.go`, and
//! `pkg/registry/core/pod/strategy.go`, `applyMatchLabelKeysAndMismatchLabelKeys`.

use std::collections::BTreeSet;

use super::cluster::Cluster;
use super::node::Node;
use super::pod::{Pod, PodTerm};
use super::refusal::Refusal;
use super::selector::{Operator, Selector};

/// A label and its value.
type Pair = (String, String);

/// What the terms of a pod, and those of the pods that are there, mean for nodes.
#[derive(Debug)]
pub(super) struct Company {
    /// The key of each term of the affinity.
    near: Vec<String>,
    /// Where pods stand that match all of them.
    near_at: BTreeSet<Pair>,
    /// True if the pod matches all of them itself: then it may be the first.
    first: bool,
    /// For each term of the anti-affinity, where pods stand that match it.
    apart_at: BTreeSet<Pair>,
    /// Where pods stand that don't want it.
    unwanted_at: BTreeSet<Pair>,
}

impl PodTerm {
    /// Whether it speaks of another pod. `of` is the pod that has the term.
    fn speaks_of(&self, of: &Pod, other: &Pod, cluster: &Cluster) -> bool {
        let Some(selector) = &self.selector else {
            return false;
        };
        let own = self.namespaces.is_empty() && self.namespace_selector.is_none();
        let labelled = |selector: &Selector| {
            let none = super::selector::Labels::new();
            selector.matches(cluster.namespaces.get(&other.namespace).unwrap_or(&none))
        };
        let here = (own && other.namespace == of.namespace)
            || self.namespaces.contains(&other.namespace)
            || self.namespace_selector.as_ref().is_some_and(labelled);
        here && selector
            .and_keys(&self.match_label_keys, Operator::In, &of.labels)
            .and_keys(&self.mismatch_label_keys, Operator::NotIn, &of.labels)
            .matches(&other.labels)
    }

    fn at(&self, node: &Node) -> Option<Pair> {
        node.labels.get(&self.key).map(|value| (self.key.clone(), value.clone()))
    }
}

impl Company {
    pub(super) fn of(pod: &Pod, cluster: &Cluster) -> Self {
        let all = |other: &Pod| !pod.near.is_empty() && pod.near.iter().all(|term| term.speaks_of(pod, other, cluster));
        let mut company = Self {
            near: pod.near.iter().map(|term| term.key.clone()).collect(),
            near_at: BTreeSet::new(),
            first: all(pod),
            apart_at: BTreeSet::new(),
            unwanted_at: BTreeSet::new(),
        };
        for (node, standing) in cluster.standings() {
            let other = &standing.pod;
            if all(other) {
                company.near_at.extend(pod.near.iter().filter_map(|term| term.at(node)));
            }
            let apart = pod.apart.iter().filter(|term| term.speaks_of(pod, other, cluster));
            company.apart_at.extend(apart.filter_map(|term| term.at(node)));
            let unwanted = other.apart.iter().filter(|term| term.speaks_of(other, pod, cluster));
            company.unwanted_at.extend(unwanted.filter_map(|term| term.at(node)));
        }
        company
    }

    /// Why a node is no place for the pod.
    pub(super) fn refusal(&self, pod: &Pod, node: &Node) -> Option<Refusal> {
        let pair = |key: &String| node.labels.get(key).map(|value| (key.clone(), value.clone()));
        if let Some(key) = self.near.iter().find(|key| pair(key).is_none()) {
            return Some(Refusal::NotNear(key.clone()));
        }
        let lonely = self.near.iter().find(|key| pair(key).is_none_or(|pair| !self.near_at.contains(&pair)));
        // The first of a group of pods that want to be together has nobody to be with.
        if let Some(key) = lonely.filter(|_| !(self.near_at.is_empty() && self.first)) {
            return Some(Refusal::NotNear(key.clone()));
        }
        let at = |(key, value): Pair| format!("{key}={value}");
        let apart = pod.apart.iter().filter_map(|term| term.at(node)).find(|pair| self.apart_at.contains(pair));
        if let Some(pair) = apart {
            return Some(Refusal::NotApart(at(pair)));
        }
        let unwanted = self.unwanted_at.iter().find(|(key, value)| node.labels.get(key) == Some(value));
        unwanted.cloned().map(|pair| Refusal::KeptAway(at(pair)))
    }
}

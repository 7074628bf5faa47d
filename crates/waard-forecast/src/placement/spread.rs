//! Topology spread constraints that make a pod wait.
//!
//! Sources: kubernetes/kubernetes `pkg/scheduler/framework/plugins/podtopologyspread/filtering.go` and `common.go`;
//! Kubernetes documentation, "Pod Topology Spread Constraints".

use std::collections::BTreeMap;

use super::cluster::Cluster;
use super::node::Node;
use super::pod::{Pod, Spread};
use super::refusal::Refusal;
use super::selector::{Operator, Selector};
use super::taint::untolerated;

/// A hard constraint of a pod with the pods that are counted.
#[derive(Debug)]
pub(super) struct Counted<'p> {
    spread: &'p Spread,
    selects_itself: bool,
    /// Pods by domain; a domain without any is here too.
    domains: BTreeMap<String, u32>,
}

impl Spread {
    /// The selector with the pod's own values of the keys.
    pub(super) fn selector_for(&self, pod: &Pod) -> Option<Selector> {
        let selector = self.selector.as_ref()?;
        Some(selector.and_keys(&self.match_label_keys, Operator::In, &pod.labels))
    }

    /// Whether a node is counted.
    fn counts(&self, pod: &Pod, node: &Node, cluster: &Cluster) -> bool {
        (!self.honors_affinity || super::filter::node_affinity(pod, node).is_none())
            && (!self.honors_taints || untolerated(&node.taints, &pod.tolerations, cluster.rules.comparisons).is_none())
    }
}

/// Pods of a constraint on the nodes that are counted, by domain.
pub(super) fn domains(
    pod: &Pod,
    spread: &Spread,
    cluster: &Cluster,
    counts: impl Fn(&Node) -> bool,
) -> BTreeMap<String, u32> {
    let selector = spread.selector_for(pod);
    let mut domains: BTreeMap<String, u32> = BTreeMap::new();
    for place in &cluster.places {
        let Some(value) = place.node.labels.get(&spread.key).filter(|_| counts(&place.node)) else {
            continue;
        };
        let counted = place.standings.iter().filter(|standing| {
            let other = &standing.pod;
            !other.leaving
                && other.namespace == pod.namespace
                && selector.as_ref().is_some_and(|selector| selector.matches(&other.labels))
        });
        *domains.entry(value.clone()).or_default() += counted.map(|standing| standing.count).sum::<u32>();
    }
    domains
}

/// Counts pods for each hard constraint. Only nodes that have the labels of all hard constraints are counted.
pub(super) fn count<'p>(pod: &'p Pod, cluster: &Cluster) -> Vec<Counted<'p>> {
    let hard = || pod.spread.iter().filter(|spread| spread.hard);
    let has_all = |node: &Node| hard().all(|spread| node.labels.contains_key(&spread.key));
    let counted = |spread: &'p Spread| Counted {
        spread,
        selects_itself: spread.selector_for(pod).is_some_and(|selector| selector.matches(&pod.labels)),
        domains: domains(pod, spread, cluster, |node| has_all(node) && spread.counts(pod, node, cluster)),
    };
    hard().map(counted).collect()
}

/// Why a node would break one of the constraints.
pub(super) fn refusal(counted: &[Counted<'_>], node: &Node) -> Option<Refusal> {
    counted.iter().find_map(|Counted { spread, selects_itself, domains }| {
        let key = || spread.key.clone();
        let Some(value) = node.labels.get(&spread.key) else {
            return Some(Refusal::NoDomain(key()));
        };
        let enough = u32::try_from(domains.len()).unwrap_or(u32::MAX) >= spread.min_domains.unwrap_or(1);
        let fewest = domains.values().min().copied().filter(|_| enough).unwrap_or(0);
        let would_have = domains.get(value).copied().unwrap_or(0) + u32::from(*selects_itself);
        let breaks = would_have > fewest.saturating_add(spread.max_skew);
        breaks.then(|| Refusal::Skew {
            key: key(),
            value: value.clone(),
            would_have,
            fewest,
            max_skew: spread.max_skew,
        })
    })
}

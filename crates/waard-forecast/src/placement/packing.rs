//! Pods one after the other: on a node that runs, or else on a new one.
//!
//! A pod goes where the filters let it. Among several nodes it takes the one with the fewest soft taints that it doesn't
//! tolerate, then the fewest pods of its own kind in the same domains of soft spread constraints, then the one that is
//! used least; the scheduler weighs the same things, and more, against each other.
//! If there is none, a group grows by one node, as an autoscaler does it that tries the pod on a node that it makes up.
//! Groups begin with their fewest nodes; those that they are made with beyond are there for pods that need one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::amount::{Amounts, Resource};
use super::cluster::{Cluster, Place};
use super::filter::Looking;
use super::group::{Group, ZONE, ZoneBy};
use super::pod::Pod;
use super::refusal::Refusal;
use super::spread::domains;
use super::taint::is_tolerated;

/// Nodes of groups, which grow as pods come.
#[derive(Clone, Debug)]
pub struct Packing {
    pub(super) cluster: Cluster,
    pub(super) groups: Vec<Group>,
    /// The group of each node, by index.
    pub(super) homes: Vec<usize>,
    /// How many nodes a group ever had.
    made: Vec<u32>,
}

/// Why a group has no node for a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Not even a new one would take it.
    Refused(Refusal),
    /// A new one would take it, but the group has as many as it may have.
    AtMost(u32),
    /// It has no zone left.
    NoZone,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::AtMost(1) => f.write_str("it has 1 node, as many as it may have"),
            Self::AtMost(nodes) => write!(f, "it has {nodes} nodes, as many as it may have"),
            Self::NoZone => f.write_str("it has no zone left"),
        }
    }
}

/// What makes one node a better place than another; the least is best.
type Rank = (usize, u32, u64);

impl Packing {
    /// Groups at their fewest nodes, without pods; their order doesn't matter. Of `cluster`, namespaces and rules are taken.
    pub fn new(mut groups: Vec<Group>, cluster: &Cluster) -> Self {
        let bare = Cluster { places: Vec::new(), namespaces: cluster.namespaces.clone(), rules: cluster.rules };
        let mut packing = Self { cluster: bare, groups: Vec::new(), homes: Vec::new(), made: Vec::new() };
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        for group in groups {
            packing.add(group);
        }
        packing
    }

    /// Adds a group at its fewest nodes.
    pub fn add(&mut self, group: Group) {
        let (index, fewest) = (self.groups.len(), group.min.min(group.max));
        self.groups.push(group);
        self.made.push(0);
        for _ in 0..fewest {
            if let Some(zone) = self.zones(index).into_iter().next() {
                self.open(index, &zone);
            }
        }
    }

    /// The nodes with their pods, and the name of the group of each.
    pub fn places(&self) -> impl Iterator<Item = (&str, &Place)> {
        let name = |home: &usize| self.groups.get(*home).map_or("", |group| group.name.as_str());
        self.homes.iter().map(name).zip(self.cluster.places())
    }

    /// How many nodes each group has.
    pub fn nodes(&self) -> BTreeMap<String, u32> {
        let mut nodes: BTreeMap<String, u32> = self.groups.iter().map(|group| (group.name.clone(), 0)).collect();
        for (name, _) in self.places() {
            *nodes.entry(name.to_owned()).or_default() += 1;
        }
        nodes
    }

    /// Finds a node for a pod and puts it there: the index of the node.
    ///
    /// # Errors
    /// Why each group has none for it, by the name of the group.
    pub fn put(&mut self, pod: &Arc<Pod>) -> Result<usize, Vec<(String, Why)>> {
        let index = match self.running(pod) {
            Some(index) => index,
            None => self.grow(pod).or_else(|reasons| self.start(pod).ok_or(reasons))?,
        };
        self.cluster.stand(index, pod);
        Ok(index)
    }

    /// Puts a pod on a node that runs; `None` if none takes it.
    pub(super) fn put_on_running(&mut self, pod: &Arc<Pod>) -> Option<usize> {
        let index = self.running(pod)?;
        self.cluster.stand(index, pod);
        Some(index)
    }

    /// The best node that runs.
    fn running(&self, pod: &Pod) -> Option<usize> {
        let looking = self.cluster.looking(pod).ok()?;
        let soft: Vec<(&str, BTreeMap<String, u32>)> = pod
            .spread
            .iter()
            .filter(|spread| !spread.hard)
            .map(|spread| (spread.key.as_str(), domains(pod, spread, &self.cluster, |_| true)))
            .collect();
        let places = self.cluster.places().iter().enumerate();
        let open = places.filter(|(_, place)| looking.refusal(place, &self.cluster).is_none());
        open.min_by_key(|(_, place)| self.rank(pod, &looking, &soft, place)).map(|(index, _)| index)
    }

    fn rank(&self, pod: &Pod, looking: &Looking<'_>, soft: &[(&str, BTreeMap<String, u32>)], place: &Place) -> Rank {
        let comparisons = self.cluster.rules.comparisons;
        let unwelcome =
            |taint: &&super::Taint| !taint.keeps_away() && !is_tolerated(taint, &pod.tolerations, comparisons);
        let taints = place.node.taints.iter().filter(unwelcome).count();
        let alike = soft.iter().filter_map(|(key, domains)| domains.get(place.node.labels.get(*key)?)).sum();
        (taints, alike, share(&looking.requests, place.used(), &place.node.allocatable))
    }

    /// The zones of a group's next node, best first.
    fn zones(&self, index: usize) -> Vec<String> {
        let Some(group) = self.groups.get(index) else {
            return Vec::new();
        };
        let mine = || self.homes.iter().zip(self.cluster.places()).filter(|(home, _)| **home == index);
        let there = |zone: &String| mine().filter(|(_, place)| place.node.labels.get(ZONE) == Some(zone)).count();
        let mut zones = group.zones.clone();
        zones.sort_by_cached_key(there);
        if group.zone_by == ZoneBy::Balance {
            zones.truncate(1);
        }
        zones
    }

    fn open(&mut self, index: usize, zone: &str) -> Option<usize> {
        let (group, made) = (self.groups.get(index)?, self.made.get_mut(index)?);
        *made += 1;
        let node = group.node(*made, zone);
        self.homes.push(index);
        Some(self.cluster.add(node))
    }

    /// Opens the node of the group that is best for a pod that no running node takes.
    fn grow(&mut self, pod: &Pod) -> Result<usize, Vec<(String, Why)>> {
        let (mut best, mut reasons) = (None, Vec::new());
        for index in 0..self.groups.len() {
            let tried = self.tried(index, pod);
            let Some(group) = self.groups.get(index) else {
                continue;
            };
            let nodes = self.homes.iter().filter(|home| **home == index).count();
            let most = usize::try_from(group.max).unwrap_or(usize::MAX);
            match tried {
                Ok(_) if nodes >= most => reasons.push((group.name.clone(), Why::AtMost(group.max))),
                Ok((zone, requests)) => {
                    // What would be idle: the expander `least-waste`, for one pod.
                    // Source: kubernetes/autoscaler `cluster-autoscaler/expander/waste/waste.go`.
                    let idle = 2000_u64.saturating_sub(share(&requests, &Amounts::default(), &group.allocatable));
                    let key = (std::cmp::Reverse(group.rank), idle, nodes, index);
                    if best.as_ref().is_none_or(|(other, _)| key < *other) {
                        best = Some((key, zone));
                    }
                }
                Err(why) => reasons.push((group.name.clone(), why)),
            }
        }
        let (index, zone) = best.map(|((_, _, _, index), zone)| (index, zone)).ok_or_else(|| reasons.clone())?;
        self.open(index, &zone).ok_or(reasons)
    }

    /// Opens nodes that a group was made with and that nobody needed so far, if one of them takes a pod that no
    /// autoscaler would start a node for.
    fn start(&mut self, pod: &Pod) -> Option<usize> {
        for index in 0..self.groups.len() {
            let before = self.clone();
            let start = self.groups.get(index).map_or(0, |group| group.start.min(group.max));
            let there = self.homes.iter().filter(|home| **home == index).count();
            for _ in there..usize::try_from(start).unwrap_or(there) {
                let zone = self.zones(index).into_iter().next()?;
                self.open(index, &zone);
                if let Some(found) = self.running(pod) {
                    return Some(found);
                }
            }
            *self = before;
        }
        None
    }

    /// Whether a new node of a group would take a pod: in which zone, and what the pod requests.
    fn tried(&mut self, index: usize, pod: &Pod) -> Result<(String, Amounts), Why> {
        let mut first = None;
        for zone in self.zones(index) {
            let Some(node) = self.groups.get(index).map(|group| group.node(0, &zone)) else {
                continue;
            };
            self.cluster.add(node);
            let answer = match (self.cluster.looking(pod), self.cluster.places().last()) {
                (Ok(looking), Some(place)) => match looking.refusal(place, &self.cluster) {
                    None => Ok(looking.requests),
                    Some(refusal) => Err(refusal),
                },
                (Err(refusal), _) => Err(refusal),
                (Ok(looking), None) => Ok(looking.requests),
            };
            self.cluster.places.pop();
            match answer {
                Ok(requests) => return Ok((zone, requests)),
                Err(refusal) => first = first.or(Some(Why::Refused(refusal))),
            }
        }
        Err(first.unwrap_or(Why::NoZone))
    }
}

/// How much of a node would be used, of CPU and memory together: thousandths of each, so 2000 for a full node.
/// Source: kubernetes/kubernetes `plugins/noderesources/least_allocated.go`, which weighs both alike.
fn share(requests: &Amounts, used: &Amounts, allocatable: &Amounts) -> u64 {
    [Resource::Cpu, Resource::Memory]
        .iter()
        .map(|resource| {
            let both = u128::from(requests.get(resource)) + u128::from(used.get(resource));
            let share = both * 1000 / u128::from(allocatable.get(resource).max(1));
            u64::try_from(share.min(1000)).unwrap_or(1000)
        })
        .sum()
}

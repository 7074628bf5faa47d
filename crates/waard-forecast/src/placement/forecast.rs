//! From groups and pods to how many nodes run, at each demand and after a loss.
//!
//! Demand grows from the least to the most while the cluster runs, so a pod that is there stays where it is: more pods
//! never need fewer nodes.

mod example;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::amount::Resource;
use super::cluster::{Cluster, Place};
use super::demand::{Kind, Level};
use super::group::{Group, ZONE};
use super::packing::{Packing, Why};
use super::pod::Pod;
use super::stage::{Homeless, Room, Stage};
use super::volume;

/// How far further pods are counted that would fit: whoever has room for so many has room.
pub const SPARE: u32 = 25;

/// What there is for pods.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Groups of nodes.
    pub groups: Vec<Group>,
    /// Namespaces and rules; its nodes, if it has any, belong to no group and are left out.
    pub cluster: Cluster,
}

/// Something that is lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// All nodes of a zone, and no further ones there.
    Zone(String),
    /// All spot nodes, and no further ones.
    Spot,
}

/// How pods are placed, at each demand and after each loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// At each demand.
    pub at: BTreeMap<Level, Stage>,
    /// After each loss, at the expected demand.
    pub after: BTreeMap<Loss, Stage>,
    /// At the most demand, if groups could have any number of nodes. `None` if everything has a node as it is.
    pub unlimited: Option<Stage>,
}

/// How pods are placed.
pub fn forecast(site: &Site, kinds: &[Kind]) -> Forecast {
    let kinds = &sorted(kinds);
    let mut run = Run::new(site, kinds);
    let (mut at, mut after) = (BTreeMap::new(), BTreeMap::new());
    for level in Level::ALL {
        run.grow(level);
        if level == Level::Expected {
            after = losses(site).into_iter().map(|loss| (loss.clone(), run.after(level, &loss))).collect();
        }
        at.insert(level, Stage { spare: run.spare(), ..run.stage(level, site) });
    }
    let unlimited = at.get(&Level::Most).is_some_and(|stage| !stage.is_settled()).then(|| {
        let mut site = site.clone();
        for group in &mut site.groups {
            group.max = u32::MAX;
        }
        let mut run = Run::new(&site, kinds);
        for level in Level::ALL {
            run.grow(level);
        }
        run.stage(Level::Most, &site)
    });
    Forecast { at, after, unlimited }
}

/// How pods are placed after a loss, at a demand.
pub fn after_loss(site: &Site, kinds: &[Kind], level: Level, loss: &Loss) -> Stage {
    let kinds = &sorted(kinds);
    let mut run = Run::new(site, kinds);
    for each in Level::ALL.into_iter().filter(|each| *each <= level) {
        run.grow(each);
    }
    run.after(level, loss)
}

/// The order in which kinds are given doesn't matter.
fn sorted(kinds: &[Kind]) -> Vec<Kind> {
    let mut kinds = kinds.to_vec();
    kinds.sort_by(|a, b| a.of.cmp(&b.of));
    kinds
}

/// Every zone, and spot if there is any.
fn losses(site: &Site) -> Vec<Loss> {
    let mut zones: Vec<Loss> =
        site.groups.iter().flat_map(|group| &group.zones).map(|zone| Loss::Zone(zone.clone())).collect();
    zones.sort();
    zones.dedup();
    let spot = site.groups.iter().any(|group| group.spot).then_some(Loss::Spot);
    zones.into_iter().chain(spot).collect()
}

/// A pod that found no node, and why, by group.
type Waiting = (Arc<Pod>, Vec<(String, Why)>);

/// A cluster with its pods, while demand grows.
#[derive(Clone)]
struct Run<'k> {
    packing: Packing,
    kinds: &'k [Kind],
    shared: Vec<Arc<Pod>>,
    /// The kinds in the order in which they look for a node.
    order: Vec<usize>,
    placed: Vec<u32>,
    /// Pods that lost their node, with the number of their kind.
    evicted: Vec<(usize, Arc<Pod>)>,
    /// The next pod of a kind that found none, and why.
    reasons: BTreeMap<usize, Waiting>,
}

impl<'k> Run<'k> {
    fn new(site: &Site, kinds: &'k [Kind]) -> Self {
        let mut order: Vec<usize> = (0..kinds.len()).collect();
        order.sort_by_cached_key(|index| {
            let kind = kinds.get(*index);
            kind.map(|kind| (Reverse(kind.pod.priority), Reverse(size(&kind.pod, &site.groups)), kind.of.clone()))
        });
        Self {
            packing: Packing::new(site.groups.clone(), &site.cluster),
            shared: kinds.iter().map(|kind| Arc::new(kind.pod.clone())).collect(),
            placed: vec![0; kinds.len()],
            kinds,
            order,
            evicted: Vec::new(),
            reasons: BTreeMap::new(),
        }
    }

    /// Every pod of a level that has no node looks for one: by priority, then the largest first.
    fn grow(&mut self, level: Level) {
        let kinds = self.kinds;
        self.grow_to(|index| kinds.get(index).map_or(0, |kind| kind.count(level)));
    }

    /// Whoever waits is tried again once anything else found a node: a node that came for another pod may do.
    fn grow_to(&mut self, count: impl Fn(usize) -> u32) {
        let mut settled = None;
        while settled != Some(self.placed.clone()) {
            settled = Some(self.placed.clone());
            self.round(&count);
        }
    }

    fn round(&mut self, count: impl Fn(usize) -> u32) {
        self.reasons.clear();
        for index in self.order.clone() {
            let (Some(kind), Some(shared)) = (self.kinds.get(index), self.shared.get(index).cloned()) else {
                continue;
            };
            while let Some(done) = self.placed.get(index).copied().filter(|done| *done < count(index)) {
                let waiting = self.evicted.iter().position(|(of, _)| *of == index);
                let pod = waiting.and_then(|at| self.evicted.get(at)).map(|(_, pod)| Arc::clone(pod));
                let pod = pod.unwrap_or_else(|| kind.pod(&shared, done));
                if let Err(reasons) = self.packing.put(&pod) {
                    // The others of its kind are like it.
                    self.reasons.insert(index, (pod, reasons));
                    break;
                }
                if let Some(at) = waiting {
                    self.evicted.remove(at);
                }
                if let Some(placed) = self.placed.get_mut(index) {
                    *placed += 1;
                }
            }
        }
    }

    /// What it is like after a loss, once everything that lost its node looked for another one.
    fn after(&self, level: Level, loss: &Loss) -> Stage {
        let mut run = self.clone();
        run.lose(loss);
        run.grow(level);
        let site = Site { groups: run.packing.groups.clone(), cluster: self.packing.cluster.clone() };
        run.stage(level, &site)
    }

    fn lose(&mut self, loss: &Loss) {
        let is_lost = |home: usize, place: &Place| match loss {
            Loss::Zone(zone) => place.node.labels.get(ZONE) == Some(zone),
            Loss::Spot => self.packing.groups.get(home).is_some_and(|group| group.spot),
        };
        let places = std::mem::take(&mut self.packing.cluster.places);
        let homes = std::mem::take(&mut self.packing.homes);
        let (gone, kept): (Vec<_>, Vec<_>) =
            homes.into_iter().zip(places).partition(|(home, place)| is_lost(*home, place));
        (self.packing.homes, self.packing.cluster.places) = kept.into_iter().unzip();
        for group in &mut self.packing.groups {
            match loss {
                Loss::Zone(zone) => group.zones.retain(|other| other != zone),
                Loss::Spot if group.spot => group.max = 0,
                Loss::Spot => {}
            }
        }
        for (_, place) in gone {
            let zone = place.node.labels.get(ZONE).cloned().unwrap_or_default();
            for standing in &place.standings {
                let Some(index) = self.index(&standing.pod) else {
                    continue;
                };
                let pod = volume::made_in(&standing.pod, &zone);
                for _ in 0..standing.count {
                    self.evicted.push((index, Arc::clone(&pod)));
                }
                if let Some(placed) = self.placed.get_mut(index) {
                    *placed = placed.saturating_sub(standing.count);
                }
            }
        }
    }

    /// The kind of a pod that stands somewhere.
    fn index(&self, pod: &Arc<Pod>) -> Option<usize> {
        let same = self.shared.iter().position(|shared| Arc::ptr_eq(shared, pod));
        let numbered = || {
            self.kinds.iter().position(|kind| {
                let number = pod.name.strip_prefix(kind.pod.name.as_str()).and_then(|rest| rest.strip_prefix('-'));
                kind.pod.namespace == pod.namespace && number.is_some_and(|number| number.parse::<u32>().is_ok())
            })
        };
        same.or_else(numbered)
    }

    fn stage(&self, level: Level, site: &Site) -> Stage {
        let mut groups: BTreeMap<String, Room> = self
            .packing
            .groups
            .iter()
            .map(|group| (group.name.clone(), Room { max: group.max, ..Room::default() }))
            .collect();
        let mut landed: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
        for (name, place) in self.packing.places() {
            let room = groups.entry(name.to_owned()).or_default();
            room.nodes += 1;
            room.allocatable.add(&place.node.allocatable);
            room.used.add(place.used());
            room.pods += place.count();
            for standing in place.standings() {
                let kind = self.index(&standing.pod).and_then(|index| self.kinds.get(index));
                let of = kind.map_or_else(|| standing.pod.name.clone(), |kind| kind.of.clone());
                *landed.entry(of).or_default().entry(name.to_owned()).or_default() += standing.count;
            }
        }
        let homeless = self.reasons.iter().filter_map(|(index, (pod, reasons))| {
            let kind = self.kinds.get(*index)?;
            let without = kind.count(level).saturating_sub(self.placed.get(*index).copied()?);
            let example = example::alone(site, pod, &kind.of).or_else(|| example::few(site, self.kinds, *index, level));
            Some(Homeless { of: kind.of.clone(), without, reasons: reasons.clone(), example })
        });
        Stage { groups, landed, homeless: homeless.collect(), spare: BTreeMap::new() }
    }

    /// How many further pods of each kind the nodes that run would take.
    fn spare(&self) -> BTreeMap<String, u32> {
        let each = |(kind, shared): (&Kind, &Arc<Pod>)| {
            let mut packing = self.packing.clone();
            let more = (0..SPARE).take_while(|number| {
                let pod = kind.pod(shared, u32::MAX - number);
                packing.put_on_running(&pod).is_some()
            });
            (kind.of.clone(), u32::try_from(more.count()).unwrap_or(SPARE))
        };
        self.kinds.iter().zip(&self.shared).map(each).collect()
    }
}

/// The largest share that a pod takes of the largest node: of CPU, memory or a further resource, in thousandths.
fn size(pod: &Pod, groups: &[Group]) -> u64 {
    let largest = |resource: &Resource| groups.iter().map(|group| group.allocatable.get(resource)).max().unwrap_or(0);
    let share = |(resource, amount): (&Resource, u64)| amount.saturating_mul(1000) / largest(resource).max(1);
    pod.requests().iter().map(share).max().unwrap_or(0)
}

//! Nodes: what places pods, and what adds and removes nodes.

use crate::hpa::Time;
use crate::quantity::Span;
use crate::scaling::scenario::{Expander, Provisioner};

use super::{Event, Luck, Run};

/// Most empty nodes that Cluster Autoscaler removes at once.
/// Source: kubernetes/autoscaler `cluster-autoscaler/FAQ.md`, `--max-empty-bulk-delete`.
const EMPTY_AT_ONCE: usize = 10;

/// A node.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pool: usize,
    ready: bool,
    leaving: bool,
    /// Pods of the service, those that stop among them.
    pub(super) pods: u32,
    /// Pods that hold room.
    held: u32,
    /// When it has the image, or will have.
    pub(super) image: Option<Time>,
    idle_since: Option<Time>,
}

impl Run<'_> {
    fn room(&self, pool: usize) -> u32 {
        self.scenario.pools.get(pool).map_or(0, |pool| pool.room)
    }

    fn free(&self, node: &Node) -> u32 {
        self.room(node.pool).saturating_sub(node.pods + node.held)
    }

    fn count(&self, pool: usize) -> u32 {
        u32::try_from(self.nodes.values().filter(|node| node.pool == pool).count()).unwrap_or(u32::MAX)
    }

    /// A node that launches; at the start, one that is there.
    pub(super) fn add_node(&mut self, pool: usize, at_start: bool) {
        let id = self.next_node;
        self.next_node += 1;
        let image = (at_start && self.scenario.warm).then_some(0);
        let node = Node { pool, ready: at_start, leaving: false, pods: 0, held: 0, image, idle_since: None };
        self.nodes.insert(id, node);
        self.most_nodes = self.most_nodes.max(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        if at_start {
            return;
        }
        if let Provisioner::ClusterAutoscaler { launch, .. } | Provisioner::Karpenter { launch, .. } =
            &self.scenario.provisioner
        {
            let takes = Span::from_secs(self.luck(Luck::Nodes, self.launched).draw(launch));
            self.launched += 1;
            self.last_added = Some(self.now);
            self.after(takes, Event::Node(id));
        }
    }

    pub(super) fn node_ready(&mut self, id: u64) {
        if let Some(node) = self.nodes.get_mut(&id) {
            node.ready = true;
        }
        self.schedule();
    }

    /// The node that gets the next pod: the one with the fewest of them, as spreading wants it; of equals one with the image.
    fn choose(&self, takes: impl Fn(&Node) -> bool) -> Option<u64> {
        let open = self.nodes.iter().filter(|(_, node)| node.ready && !node.leaving && takes(node));
        open.min_by_key(|(id, node)| (node.pods, node.image.is_none(), **id)).map(|(id, _)| *id)
    }

    /// Places whatever waits: pods where there is room, then where room is held, and then pods that hold room.
    pub(super) fn schedule(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.retain(|id| !self.place(*id));
        self.waiting = waiting;
        while self.unheld > 0 {
            let Some(id) = self.choose(|node| self.free(node) > 0) else {
                break;
            };
            if let Some(node) = self.nodes.get_mut(&id) {
                node.held += 1;
            }
            self.unheld -= 1;
        }
        if !self.waiting.is_empty() || self.unheld > 0 {
            self.batch();
        }
    }

    fn place(&mut self, id: u64) -> bool {
        let (on, held) = match self.choose(|node| self.free(node) > 0) {
            Some(node) => (node, false),
            None => match self.choose(|node| node.held > 0) {
                Some(node) => (node, true),
                None => return false,
            },
        };
        if let Some(node) = self.nodes.get_mut(&on) {
            node.pods += 1;
            node.held -= u32::from(held);
            node.idle_since = None;
        }
        if let Some(pod) = self.pods.get_mut(&id) {
            pod.node = Some(on);
        }
        if held {
            self.unheld += 1;
            let takes = self.luck(Luck::Preemption, self.which(id)).draw(&self.scenario.preemption);
            self.after(Span::from_secs(takes), Event::Bound(id));
        } else {
            self.bound(id);
        }
        true
    }

    /// Pods that have no place, and won't have one when every node that launches is there.
    fn short(&self) -> u32 {
        let waiting = u32::try_from(self.waiting.len()).unwrap_or(u32::MAX).saturating_add(self.unheld);
        let coming = self.nodes.values().filter(|node| !node.ready).map(|node| self.room(node.pool)).sum();
        waiting.saturating_sub(coming)
    }

    /// How many nodes of a pool so many pods need, as far as it may grow; and how much of them would be left over.
    fn growth(&self, pool: usize, short: u32) -> Option<(u32, u32)> {
        let spec = self.scenario.pools.get(pool)?;
        let nodes = short.div_ceil(spec.room.max(1)).min(spec.max.saturating_sub(self.count(pool)));
        (nodes > 0 && spec.room > 0).then(|| (nodes, (nodes * spec.room).saturating_sub(short)))
    }

    /// The pool that Cluster Autoscaler lets grow.
    fn expand(&self, expander: Expander, short: u32) -> Option<(usize, u32)> {
        let options: Vec<(usize, u32, u32)> = (0..self.scenario.pools.len())
            .filter_map(|pool| self.growth(pool, short).map(|(nodes, left)| (pool, nodes, left)))
            .collect();
        // The share of the new room that stays empty, in thousandths.
        let waste = |(pool, nodes, left): &(usize, u32, u32)| left * 1000 / (nodes * self.room(*pool)).max(1);
        let spot = |pool: usize| self.scenario.pools.get(pool).is_some_and(|pool| pool.spot);
        let chosen = match expander {
            Expander::LeastWaste => options.iter().min_by_key(|option| (waste(option), option.0)),
            Expander::MostPods => options
                .iter()
                .min_by_key(|(pool, nodes, _)| (std::cmp::Reverse((nodes * self.room(*pool)).min(short)), *pool)),
            Expander::Priority => options.iter().min_by_key(|option| (!spot(option.0), waste(option), option.0)),
            Expander::Random => {
                let throw = self.luck(Luck::Expander, self.launched).throw();
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    clippy::cast_precision_loss,
                    reason = "a few pools"
                )]
                let index = (throw * options.len() as f64) as usize;
                options.get(index)
            }
        };
        chosen.map(|(pool, nodes, _)| (*pool, *nodes))
    }

    /// Cluster Autoscaler looks: for pods without a place, or else for nodes that may go. Karpenter only for the latter.
    pub(super) fn scan(&mut self) {
        let scenario = self.scenario;
        match &scenario.provisioner {
            Provisioner::None => {}
            Provisioner::ClusterAutoscaler { scan, expander, after_add, unneeded, below, .. } => {
                let grown = self.expand(*expander, self.short());
                if let Some((pool, nodes)) = grown {
                    for _ in 0..nodes {
                        self.add_node(pool, false);
                    }
                } else if self.last_added.is_none_or(|added| self.now >= added + after_add.as_millis()) {
                    self.shrink(*unneeded, *below, EMPTY_AT_ONCE);
                }
                self.again(*scan, Event::Scan);
            }
            Provisioner::Karpenter { poll, unneeded, .. } => {
                // Its default budget: a tenth of the nodes at once.
                self.shrink(*unneeded, f64::INFINITY, self.nodes.len().div_ceil(10));
                self.again(*poll, Event::Scan);
            }
        }
    }

    /// A pod without a place begins a batch of Karpenter's, or extends it.
    fn batch(&mut self) {
        let Provisioner::Karpenter { idle, max, .. } = &self.scenario.provisioner else {
            return;
        };
        if self.short() == 0 {
            return;
        }
        let begun = self.batch.map_or(self.now, |(begun, _)| begun);
        let end = (self.now + idle.as_millis()).min(begun + max.as_millis());
        if self.batch != Some((begun, end)) {
            self.batch = Some((begun, end));
            self.at(end, Event::Batch);
        }
    }

    /// Karpenter launches nodes for a whole batch, from one pool after the other.
    pub(super) fn end_batch(&mut self) {
        if self.batch.is_none_or(|(_, end)| end != self.now) {
            return;
        }
        self.batch = None;
        for pool in 0..self.scenario.pools.len() {
            if let Some((nodes, _)) = self.growth(pool, self.short()) {
                for _ in 0..nodes {
                    self.add_node(pool, false);
                }
            }
        }
    }

    /// Whether all that is on a node would find a place elsewhere.
    fn fits_elsewhere(&self, id: u64, node: &Node) -> bool {
        let others = self.nodes.iter().filter(|(other, it)| **other != id && it.ready && !it.leaving);
        others.map(|(_, it)| self.free(it)).sum::<u32>() >= node.pods + node.held
    }

    /// Removes nodes that haven't been needed for long enough: empty ones at once, others one at a time, pod by pod.
    fn shrink(&mut self, unneeded: Span, below: f64, empty_at_once: usize) {
        let now = self.now;
        let busy = self.nodes.iter().find(|(_, node)| node.leaving).map(|(id, _)| *id);
        if let Some(id) = busy {
            if self.nodes.get(&id).is_some_and(|node| node.pods == 0) {
                self.nodes.remove(&id);
            } else {
                self.evict_from(id);
            }
            return;
        }
        let idle: Vec<(u64, bool)> = self
            .nodes
            .iter()
            .filter(|(_, node)| node.ready)
            .map(|(id, node)| {
                let taken = f64::from(node.pods + node.held) / f64::from(self.room(node.pool).max(1));
                (*id, taken < below && self.may_go(node.pool) && self.fits_elsewhere(*id, node))
            })
            .collect();
        let mut ripe = Vec::new();
        for (id, idle) in idle {
            if let Some(node) = self.nodes.get_mut(&id) {
                node.idle_since = if idle { node.idle_since.or(Some(now)) } else { None };
                if node.idle_since.is_some_and(|since| now >= since + unneeded.as_millis()) {
                    ripe.push((id, node.pool, node.pods + node.held == 0));
                }
            }
        }
        let mut removed = 0_usize;
        for (id, pool, _) in ripe.iter().filter(|(.., empty)| *empty) {
            if removed < empty_at_once && self.may_go(*pool) {
                self.nodes.remove(id);
                removed += 1;
            }
        }
        let next = ripe.iter().find(|(_, pool, empty)| !empty && self.may_go(*pool)).map(|(id, ..)| *id);
        if let (0, Some(id)) = (removed, next)
            && let Some(node) = self.nodes.get_mut(&id)
        {
            node.leaving = true;
            self.unheld += std::mem::take(&mut node.held);
            self.schedule();
            self.evict_from(id);
        }
    }

    fn may_go(&self, pool: usize) -> bool {
        self.scenario.pools.get(pool).is_some_and(|spec| self.count(pool) > spec.min)
    }
}

//! What a simulation is told.

use crate::hpa;
use crate::quantity::Span;
use crate::random::Distribution;
use crate::start::Start;

use super::load::Load;

/// A service with its load, its autoscalers and its nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// What there is to do.
    pub load: Load,
    /// How long to look.
    pub horizon: Span,
    /// Pods at the start, all of them serving.
    pub replicas: u32,
    /// What each pod requests, in thousandths of a core.
    pub request: i64,
    /// How many times what it requests a pod can use: its limit, or what nodes have to spare.
    pub ceiling: f64,
    /// What becomes of work that no pod has time for.
    pub excess: Excess,
    /// The horizontal autoscaler; without one the pods stay as many.
    pub hpa: Option<hpa::Spec>,
    /// What is set for all horizontal autoscalers.
    pub settings: hpa::Settings,
    /// How often each is looked at.
    pub sync: Span,
    /// How often metrics-server takes samples.
    pub resolution: Span,
    /// How a pod starts.
    pub start: Start,
    /// How long a pod takes to stop once it gets no more requests.
    pub grace: Span,
    /// What sends requests to pods; without one they get them once they are ready.
    pub balancer: Option<Balancer>,
    /// Node groups that take the pods.
    pub pools: Vec<Pool>,
    /// Pods that hold room.
    pub headroom: u32,
    /// How long it takes to get the place of one of them.
    pub preemption: Distribution,
    /// True if nodes that are there at the start have the image.
    pub warm: bool,
    /// What adds and removes nodes.
    pub provisioner: Provisioner,
}

/// What becomes of work that no pod has time for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// It is turned away.
    Dropped,
    /// It waits, and keeps pods busy later.
    Queued,
}

/// A load balancer that asks pods how they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Balancer {
    /// From ready to registered.
    pub registration: Distribution,
    /// Good health checks until it sends requests.
    pub checks: u32,
    /// How often it asks.
    pub interval: Span,
}

/// A node group, as the pods of this service see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Its name.
    pub name: String,
    /// How many of the pods a node takes, beside everything else on it.
    pub room: u32,
    /// Fewest nodes.
    pub min: u32,
    /// Nodes at the start.
    pub start: u32,
    /// Most nodes.
    pub max: u32,
    /// True for spot nodes, which the expander `priority` takes first.
    pub spot: bool,
}

/// How Cluster Autoscaler chooses a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expander {
    /// Least room left over afterwards.
    LeastWaste,
    /// Most pods placed.
    MostPods,
    /// Spot first; among equals least room left over.
    Priority,
    /// Any.
    Random,
}

/// What adds and removes nodes.
#[derive(Debug, Clone, PartialEq)]
pub enum Provisioner {
    /// Nothing.
    None,
    /// Cluster Autoscaler.
    ClusterAutoscaler {
        /// How often it looks.
        scan: Span,
        /// How it chooses a group.
        expander: Expander,
        /// From its decision to a node that takes pods.
        launch: Distribution,
        /// No node goes so long after one came.
        after_add: Span,
        /// How long a node must not have been needed.
        unneeded: Span,
        /// Not needed are nodes of whose room a smaller share is taken.
        below: f64,
    },
    /// Karpenter; pools are its node pools, the one with the largest weight first.
    Karpenter {
        /// No new waiting pod for so long ends a batch.
        idle: Span,
        /// A batch ends after so long in any case.
        max: Span,
        /// From its decision to a node that takes pods.
        launch: Distribution,
        /// How often it looks for nodes that may go.
        poll: Span,
        /// How long a node must not have been needed.
        unneeded: Span,
    },
}

impl Scenario {
    /// The share of its request that a pod is to use on average, if the horizontal autoscaler has one.
    pub fn target(&self) -> Option<f64> {
        let metrics = &self.hpa.as_ref()?.metrics;
        metrics.iter().find_map(|metric| match metric.target {
            #[allow(clippy::cast_precision_loss, reason = "percent are small")]
            hpa::Target::Utilization(percent) => Some(percent as f64 / 100.0),
            _ => None,
        })
    }

    /// How many pods a load needs: as many as the horizontal autoscaler would leave as they are, within its bounds.
    pub fn needed(&self, load: f64) -> u32 {
        let (Some(target), Some(spec)) = (self.target(), &self.hpa) else {
            return self.replicas;
        };
        let tolerance = self.settings.tolerances(spec.behaviour.as_ref()).up;
        let bound = |bound: i32| f64::from(bound.max(0));
        let pods =
            (load / (target * (1.0 + tolerance))).ceil().clamp(bound(spec.min), bound(spec.max).max(bound(spec.min)));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the bounds above")]
        let pods = pods as u32;
        pods
    }

    /// With as many nodes at the start as so many pods need, as far as pools go: the autoscaler has had time.
    pub(super) fn start_with_room(&mut self, pods: u32) {
        let there: u32 = self.pools.iter().map(|pool| pool.start.saturating_mul(pool.room)).sum();
        let mut left = pods.saturating_sub(there);
        for pool in &mut self.pools {
            let more = left.div_ceil(pool.room.max(1)).min(pool.max.saturating_sub(pool.start));
            pool.start += more;
            left = left.saturating_sub(more.saturating_mul(pool.room));
        }
    }

    /// The same without pods that hold room, on as few nodes as that needs at the start; `None` if there are none.
    pub fn without_headroom(&self) -> Option<Self> {
        if self.headroom == 0 {
            return None;
        }
        let mut bare = Self { headroom: 0, ..self.clone() };
        for pool in &mut bare.pools {
            pool.start = pool.min;
        }
        bare.start_with_room(self.replicas);
        Some(bare)
    }
}

//! One run.
//!
//! Time goes from event to event: samples, looks of the autoscalers, nodes and pods that become something else.
//! Between two events the load is taken as it is in the middle.

mod autoscale;
mod flow;
mod nodes;
mod pods;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::hpa::{Autoscaler, Time};
use crate::quantity::{Share, Span};
use crate::random::Dice;

use super::scenario::{Provisioner, Scenario};
use flow::Flow;
use nodes::Node;
use pods::Pod;

/// What the first new pod's way is made of, in the order of [`Outcome::stages`].
pub const STAGES: [&str; 4] = [
    "detection: samples, looks and windows of the horizontal autoscaler",
    "room: preemption or a new node",
    "start of the pod: pull, init containers, application, probes",
    "registration with the load balancer",
];

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// The load jumps or bends.
    Break,
    /// metrics-server takes samples.
    Scrape,
    /// The horizontal autoscaler looks.
    Sync,
    /// Cluster Autoscaler looks, or Karpenter does for nodes that may go.
    Scan,
    /// A batch of Karpenter's ends, unless it was extended.
    Batch,
    /// A node takes pods.
    Node(u64),
    /// A pod has a place.
    Bound(u64),
    /// Its main container starts.
    Running(u64),
    /// It is ready.
    Ready(u64),
    /// It gets requests.
    Serving(u64),
    /// It has stopped.
    Gone(u64),
}

/// What can be lucky.
#[derive(Clone, Copy)]
enum Luck {
    Phases = 0,
    Pods = 1,
    Nodes = 2,
    Preemption = 3,
    Registration = 4,
    Expander = 5,
}

/// How it was at one look of the horizontal autoscaler.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When.
    pub at: Span,
    /// What there was to do, in pods.
    pub load: f64,
    /// Pods that were wanted.
    pub wanted: u32,
    /// Pods that got requests.
    pub serving: u32,
    /// Nodes, those that launch among them.
    pub nodes: u32,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// From the change of load to the first new pod that gets requests.
    pub first: Option<Span>,
    /// What that time is made of: see [`STAGES`].
    pub stages: [Span; 4],
    /// From the change of load until as many pods get requests as it needs.
    pub enough: Option<Span>,
    /// From the change of load to the last change of the number of pods that are wanted.
    pub settled: Option<Span>,
    /// The share of all work that no pod had time for when it came.
    pub overflow: Share,
    /// The longest that queued work waited.
    pub delay: Span,
    /// How many more pods were wanted at most than the load needed, as a share of these.
    pub overshoot: f64,
    /// Hours of nodes, from the decision to launch one.
    pub node_hours: f64,
    /// Hours of pods that got requests.
    pub pod_hours: f64,
    /// Most pods that were wanted, since the load changed if it changes once.
    pub most_pods: u32,
    /// Most nodes.
    pub most_nodes: u32,
    /// How it was over time, if that was asked for.
    pub points: Vec<Point>,
}

/// A run, as it is going on.
struct Run<'s> {
    scenario: &'s Scenario,
    dice: Dice,
    now: Time,
    queue: BinaryHeap<Reverse<(Time, u64, Event)>>,
    events: u64,
    flow: Flow,
    pods: BTreeMap<u64, Pod>,
    made: u64,
    /// Pods without a place, in their order.
    waiting: Vec<u64>,
    wanted: u32,
    autoscaler: Autoscaler,
    seen: Vec<crate::hpa::Pod>,
    nodes: BTreeMap<u64, Node>,
    next_node: u64,
    launched: u64,
    /// Pods that hold room and have none.
    unheld: u32,
    last_added: Option<Time>,
    batch: Option<(Time, Time)>,
    first: Option<(Time, [Span; 4])>,
    enough: Option<Time>,
    changed: Option<Time>,
    most_wanted: u32,
    most_nodes: u32,
    points: Option<Vec<Point>>,
}

impl Scenario {
    /// Runs it once. The same seed has the same outcome.
    pub fn run(&self, seed: u64) -> Outcome {
        Run::new(self, seed, false).run()
    }

    /// Runs it once, and says how it was at every look of the horizontal autoscaler.
    pub fn trace(&self, seed: u64) -> Outcome {
        Run::new(self, seed, true).run()
    }
}

impl<'s> Run<'s> {
    fn new(scenario: &'s Scenario, seed: u64, trace: bool) -> Self {
        let mut run = Self {
            scenario,
            dice: Dice::new(seed),
            now: 0,
            queue: BinaryHeap::new(),
            events: 0,
            flow: Flow::default(),
            pods: BTreeMap::new(),
            made: 0,
            waiting: Vec::new(),
            wanted: scenario.replicas,
            autoscaler: Autoscaler::default(),
            seen: Vec::new(),
            nodes: BTreeMap::new(),
            next_node: 0,
            launched: 0,
            unheld: scenario.headroom,
            last_added: None,
            batch: None,
            first: None,
            enough: None,
            changed: None,
            most_wanted: scenario.replicas,
            most_nodes: 0,
            points: trace.then(Vec::new),
        };
        run.begin();
        run
    }

    /// Everything that is there at the start, and the first of everything that repeats itself, at a moment of its own.
    fn begin(&mut self) {
        let scenario = self.scenario;
        for (pool, index) in scenario.pools.iter().zip(0_usize..) {
            for _ in 0..pool.start {
                self.add_node(index, true);
            }
        }
        for _ in 0..scenario.replicas {
            self.make_pod();
        }
        self.schedule();
        for at in scenario.load.breaks() {
            self.at(at.as_millis(), Event::Break);
        }
        self.first_of(0, scenario.resolution, Event::Scrape);
        if scenario.hpa.is_some() {
            self.first_of(1, scenario.sync, Event::Sync);
        }
        match &scenario.provisioner {
            Provisioner::None => {}
            Provisioner::ClusterAutoscaler { scan: every, .. } | Provisioner::Karpenter { poll: every, .. } => {
                self.first_of(2, *every, Event::Scan);
            }
        }
    }

    fn luck(&self, of: Luck, n: u64) -> Dice {
        self.dice.at(of as u64).at(n)
    }

    fn first_of(&mut self, n: u64, period: Span, event: Event) {
        let phase = self.luck(Luck::Phases, n).throw() * period.as_secs();
        self.at(Span::from_secs(phase).as_millis(), event);
    }

    fn at(&mut self, time: Time, event: Event) {
        self.events += 1;
        self.queue.push(Reverse((time, self.events, event)));
    }

    fn after(&mut self, span: Span, event: Event) {
        self.at(self.now.saturating_add(span.as_millis()), event);
    }

    fn again(&mut self, period: Span, event: Event) {
        // A period of nothing would never end.
        self.after(period.max(Span::millis(100)), event);
    }

    fn run(mut self) -> Outcome {
        let end = self.scenario.horizon.as_millis();
        while let Some(Reverse((time, _, event))) = self.queue.pop() {
            if time > end {
                break;
            }
            self.advance(time);
            match event {
                Event::Break => {}
                Event::Scrape => self.scrape(),
                Event::Sync => self.sync(),
                Event::Scan => self.scan(),
                Event::Batch => self.end_batch(),
                Event::Node(id) => self.node_ready(id),
                Event::Bound(id) => self.bound(id),
                Event::Running(id) => self.running(id),
                Event::Ready(id) => self.ready(id),
                Event::Serving(id) => self.serving(id),
                Event::Gone(id) => self.gone(id),
            }
        }
        self.advance(end);
        self.outcome()
    }

    /// Lets time pass.
    fn advance(&mut self, to: Time) {
        let nodes = self.nodes.len();
        self.flow.pass(self.scenario, self.now, to, nodes);
        self.now = to;
    }

    /// Milliseconds since the load changed; `None` before, or if it never does.
    fn since_change(&self) -> Option<Span> {
        let (at, _) = self.scenario.load.change()?;
        self.now.checked_sub(at.as_millis()).map(Span::millis)
    }

    fn outcome(self) -> Outcome {
        let change = self.scenario.load.change();
        let since = |time: Time| change.map(|(at, _)| Span::millis(time).minus(at));
        let needed = change.map(|(_, load)| f64::from(self.scenario.needed(load).max(1)));
        let (first, stages) = self.first.unzip();
        Outcome {
            first: first.and_then(since),
            stages: stages.unwrap_or_default(),
            enough: self.enough.and_then(since),
            settled: self.changed.and_then(since),
            overflow: self.flow.overflow(),
            delay: self.flow.longest_delay(),
            overshoot: needed.map_or(0.0, |needed| (f64::from(self.most_wanted) / needed - 1.0).max(0.0)),
            node_hours: self.flow.node_hours(),
            pod_hours: self.flow.pod_hours(),
            most_pods: self.most_wanted,
            most_nodes: self.most_nodes,
            points: self.points.unwrap_or_default(),
        }
    }
}

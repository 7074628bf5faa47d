//! Pods: made, placed, started, registered, stopped.

use crate::hpa::{self, Phase, Ready, Sample, Time};
use crate::quantity::Span;
use crate::start::Started;

use super::{Event, Luck, Run};

/// A container younger than that has no sample yet; one that is older has one since its start, when it is first seen.
/// Source: kubernetes-sigs/metrics-server `pkg/storage/pod.go`, `freshContainerMinMetricsResolution`.
const FRESH: Span = Span::secs(10);

/// A pod of the service.
#[derive(Debug, Clone)]
pub(super) struct Pod {
    made: Time,
    start: Started,
    pub(super) node: Option<u64>,
    bound: Option<Time>,
    running: Option<Time>,
    pub(super) ready: Option<Time>,
    serving: Option<Time>,
    pub(super) stopping: bool,
    /// The flow's work per pod when the last sample was taken, or when it began to get requests.
    seen: f64,
    sample: Option<Sample>,
}

impl Pod {
    /// As the horizontal autoscaler sees it.
    fn for_hpa(&self, request: i64) -> hpa::Pod {
        hpa::Pod {
            phase: if self.running.is_some() { Phase::Running } else { Phase::Pending },
            terminating: self.stopping,
            ready: self.running.map(|running| match self.ready {
                Some(since) => Ready { is: true, since },
                None => Ready { is: false, since: running },
            }),
            started: self.bound,
            sample: self.sample,
            request,
        }
    }
}

impl Run<'_> {
    /// A new pod that waits for a place.
    pub(super) fn make_pod(&mut self) {
        let id = self.made;
        let pod = Pod {
            made: self.now,
            start: self.scenario.start.draw(self.luck(Luck::Pods, self.which(id))),
            node: None,
            bound: None,
            running: None,
            ready: None,
            serving: None,
            stopping: false,
            seen: 0.0,
            sample: None,
        };
        self.pods.insert(id, pod);
        self.waiting.push(id);
        self.made += 1;
    }

    /// Which pod it is, as luck has it: pods that are made later are counted on their own, so that the first of them
    /// has the same luck however many there were.
    pub(super) const fn which(&self, id: u64) -> u64 {
        match id.checked_sub(self.scenario.replicas as u64) {
            Some(n) => n,
            None => u64::MAX - id,
        }
    }

    /// True for pods that were there at the start.
    const fn is_old(&self, id: u64) -> bool {
        id < self.scenario.replicas as u64
    }

    /// It has a place: from here on its start takes its course.
    pub(super) fn bound(&mut self, id: u64) {
        let now = self.now;
        let at_start = self.is_old(id) && now == 0;
        let Some(pod) = self.pods.get_mut(&id) else {
            return;
        };
        pod.bound = Some(now);
        if at_start {
            (pod.running, pod.ready, pod.serving) = (Some(0), Some(0), Some(0));
            self.flow.serving += 1;
            return;
        }
        let begun = now + pod.start.overhead.as_millis();
        let (pull, init) = (pod.start.pull.as_millis(), pod.start.init.as_millis());
        let Some(node) = pod.node.and_then(|node| self.nodes.get_mut(&node)) else {
            return;
        };
        // The first pod on a node pulls the image, the others wait for the same pull.
        let pulled = begun.max(*node.image.get_or_insert(begun + pull));
        self.at(pulled + init, Event::Running(id));
    }

    pub(super) fn running(&mut self, id: u64) {
        let now = self.now;
        let Some(pod) = self.pods.get_mut(&id).filter(|pod| !pod.stopping) else {
            return;
        };
        pod.running = Some(now);
        if let Some(ready) = pod.start.ready {
            self.after(ready, Event::Ready(id));
        }
    }

    pub(super) fn ready(&mut self, id: u64) {
        let now = self.now;
        let Some(pod) = self.pods.get_mut(&id).filter(|pod| !pod.stopping) else {
            return;
        };
        pod.ready = Some(now);
        let way = self.scenario.balancer.as_ref().map_or(Span::ZERO, |balancer| {
            let luck = self.luck(Luck::Registration, self.which(id));
            let checks = f64::from(balancer.checks.max(1) - 1) + luck.at(1).throw();
            Span::from_secs(luck.at(0).draw(&balancer.registration) + checks * balancer.interval.as_secs())
        });
        self.after(way, Event::Serving(id));
    }

    pub(super) fn serving(&mut self, id: u64) {
        let now = self.now;
        let change = self.scenario.load.change();
        let Some(pod) = self.pods.get_mut(&id).filter(|pod| !pod.stopping) else {
            return;
        };
        pod.serving = Some(now);
        pod.seen = self.flow.per_pod;
        self.flow.serving += 1;
        let Some((at, load)) = change else {
            return;
        };
        let at = at.as_millis();
        if self.first.is_none() && pod.made >= at {
            let bound = pod.bound.unwrap_or(now);
            let ready = pod.ready.unwrap_or(now);
            let stages = [pod.made - at, bound - pod.made, ready - bound, now - ready].map(Span::millis);
            self.first = Some((now, stages));
        }
        if self.enough.is_none() && now >= at && self.flow.serving >= self.scenario.needed(load) {
            self.enough = Some(now);
        }
    }

    /// It is told to stop: it gets no more requests at once, and its place is free once it has stopped.
    fn stop(&mut self, id: u64) {
        let Some(pod) = self.pods.get_mut(&id) else {
            return;
        };
        if pod.node.is_none() {
            self.pods.remove(&id);
            self.waiting.retain(|waiting| *waiting != id);
            return;
        }
        pod.stopping = true;
        if pod.serving.take().is_some() {
            self.flow.serving = self.flow.serving.saturating_sub(1);
        }
        self.after(self.scenario.grace, Event::Gone(id));
    }

    pub(super) fn gone(&mut self, id: u64) {
        if let Some(node) = self.pods.remove(&id).and_then(|pod| pod.node).and_then(|node| self.nodes.get_mut(&node)) {
            node.pods = node.pods.saturating_sub(1);
        }
        self.schedule();
    }

    /// Evicts a pod of a node that is to go, if every other one is ready: another is made in its place.
    pub(super) fn evict_from(&mut self, node: u64) {
        if self.pods.values().any(|pod| pod.stopping || pod.ready.is_none()) {
            return;
        }
        let on_it = self.pods.iter().find(|(_, pod)| pod.node == Some(node)).map(|(id, _)| *id);
        if let Some(id) = on_it {
            self.stop(id);
            self.make_pod();
            self.schedule();
        }
    }

    /// As many pods as are wanted: new ones, or fewer.
    ///
    /// Those without a place go first, then those that aren't ready, then those on the fullest node, the youngest first.
    /// Source: kubernetes/kubernetes `pkg/controller/controller_utils.go`, `ActivePodsWithRanks`.
    pub(super) fn want(&mut self, wanted: u32) {
        if wanted != self.wanted {
            self.changed = Some(self.now);
            self.wanted = wanted;
            if self.since_change().is_some() || self.scenario.load.change().is_none() {
                self.most_wanted = self.most_wanted.max(wanted);
            }
        }
        let mut there: Vec<(bool, bool, bool, u32, u64)> = self
            .pods
            .iter()
            .filter(|(_, pod)| !pod.stopping)
            .map(|(id, pod)| {
                let crowd = pod.node.and_then(|node| self.nodes.get(&node)).map_or(0, |node| node.pods);
                (pod.node.is_none(), pod.running.is_none(), pod.ready.is_none(), crowd, *id)
            })
            .collect();
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        for _ in there.len()..wanted {
            self.make_pod();
        }
        there.sort_unstable_by(|a, b| b.cmp(a));
        let excess = there.len().saturating_sub(wanted);
        for (.., id) in there.into_iter().take(excess) {
            self.stop(id);
        }
        self.schedule();
    }

    /// metrics-server takes samples: what each pod used since the last time, or since it started.
    pub(super) fn scrape(&mut self) {
        let (now, period, request) = (self.now, self.scenario.resolution, self.scenario.request);
        let per_pod = self.flow.per_pod;
        for pod in self.pods.values_mut() {
            let Some(running) = pod.running else {
                continue;
            };
            let used = if pod.serving.is_some() { per_pod - pod.seen } else { 0.0 };
            pod.seen = per_pod;
            let age = Span::millis(now - running);
            if running > 0 && age < FRESH.min(period) {
                continue;
            }
            let window = age.min(period).max(Span::millis(1));
            #[allow(clippy::cast_precision_loss, reason = "requests are small")]
            let value = used / window.as_secs() * request as f64;
            #[allow(clippy::cast_possible_truncation, reason = "`as` saturates, and that is meant")]
            let value = value.round() as i64;
            pod.sample = Some(Sample { value, at: now, window });
        }
        self.again(period, Event::Scrape);
    }

    /// The pods, as the horizontal autoscaler sees them.
    pub(super) fn see(&mut self) {
        let request = self.scenario.request;
        self.seen.clear();
        self.seen.extend(self.pods.values().map(|pod| pod.for_hpa(request)));
    }
}

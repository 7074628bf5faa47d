//! How long a pod takes to start: what its probes allow, and what is to be expected.
//!
//! A pod that has a node goes through: overhead (schedule, sandbox) → pull of the image, if the node doesn't have it →
//! init containers, one after the other → the main container → ready.
//!
//! When it is ready, its probes say. A kubelet asks at ticks of its own, `every` apart, whose first falls anywhere
//! within one period after the container's start, and it doesn't ask before the container is `after` old.
//! Once a startup probe succeeds, the readiness probe is asked at once.
//! Source: kubernetes/kubernetes `pkg/kubelet/prober/worker.go` (`doProbe`) and `prober_manager.go` (`UpdatePodStatus`,
//! `manualTriggerCh`).

use crate::assumption::{Reader, Used, key};
use crate::estimate::Estimate;
use crate::quantity::{Share, Span};
use crate::random::{Dice, Distribution};

/// Attempts after which a container counts as one that never starts.
const MOST_ATTEMPTS: u32 = 6;

/// A probe, as the kubelet asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// Not before the container is so old.
    pub after: Span,
    /// How often.
    pub every: Span,
    /// Failures in a row that count.
    pub failures: u32,
}

impl Probe {
    /// The longest that it lets pass until it has decided: `after + every × failures`.
    pub fn budget(&self) -> Span {
        self.after + self.every.times(self.failures.into())
    }

    /// The first tick that counts and isn't before `from`; ticks fall at `phase`, `phase + every` and so on.
    fn tick(&self, phase: f64, from: f64) -> f64 {
        let every = self.every.as_secs().max(0.001);
        phase + every * ((from.max(self.after.as_secs()) - phase) / every).ceil().max(0.0)
    }
}

impl From<&waard_model::topology::Probe> for Probe {
    fn from(probe: &waard_model::topology::Probe) -> Self {
        Self {
            after: probe.after.map(Span::from).unwrap_or_default(),
            every: probe.every.into(),
            failures: probe.failures.into(),
        }
    }
}

/// What a pod's start is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// From the pod that is made to its first container, where there is room and an image.
    pub overhead: Distribution,
    /// What is pulled, in MB.
    pub image: Distribution,
    /// How fast, in MB/s.
    pub rate: Distribution,
    /// Init containers, in their order.
    pub init: Vec<Distribution>,
    /// From the start of the main container to its first good answer.
    pub application: Distribution,
    /// The startup probe.
    pub startup: Option<Probe>,
    /// The readiness probe.
    pub readiness: Option<Probe>,
    /// How long the kubelet waits before it starts a container again.
    pub backoff: Span,
}

/// How one pod starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// Schedule and sandbox.
    pub overhead: Span,
    /// The pull, if the node needs it.
    pub pull: Span,
    /// All init containers.
    pub init: Span,
    /// From the start of the main container to ready; `None` if it never gets there.
    pub ready: Option<Span>,
}

impl Start {
    /// With what assumptions say, for a pod with so many init containers.
    pub fn assumed(init: usize, startup: Option<Probe>, readiness: Option<Probe>, assumptions: &Reader<'_>) -> Self {
        Self {
            overhead: assumptions.distribution(key::POD_START_OVERHEAD),
            image: assumptions.distribution(key::IMAGE_SIZE),
            rate: assumptions.distribution(key::IMAGE_PULL_RATE),
            init: if init == 0 { Vec::new() } else { vec![assumptions.distribution(key::INIT_DURATION); init] },
            application: assumptions.distribution(key::APPLICATION_START),
            startup,
            readiness,
            backoff: assumptions.span(key::KUBELET_RESTART_BACKOFF),
        }
    }

    /// The longest that the configuration allows from the start of the main container until it is ready or stopped;
    /// `None` if nothing ends it.
    pub fn bound(&self) -> Option<Span> {
        self.startup.map(|probe| probe.budget())
    }

    /// One pod.
    pub fn draw(&self, dice: Dice) -> Started {
        let rate = dice.at(2).draw(&self.rate).max(0.001);
        let init = self.init.iter().zip(0_u64..).map(|(init, n)| Span::from_secs(dice.at(3).at(n).draw(init))).sum();
        Started {
            overhead: Span::from_secs(dice.at(0).draw(&self.overhead)),
            pull: Span::from_secs(dice.at(1).draw(&self.image) / rate),
            init,
            ready: self.ready(dice),
        }
    }

    /// From the start of the main container to ready, however often it is started again.
    fn ready(&self, dice: Dice) -> Option<Span> {
        let mut passed = Span::ZERO;
        let mut pause = self.backoff;
        for attempt in 0..u64::from(MOST_ATTEMPTS) {
            match self.attempt(dice.at(4).at(attempt)) {
                Ok(ready) => return Some(passed + Span::from_secs(ready)),
                Err(stopped) => passed = passed + Span::from_secs(stopped) + pause,
            }
            pause = pause.times(2);
        }
        None
    }

    /// One run of the main container: ready, or stopped by its startup probe, so many seconds after its start.
    fn attempt(&self, dice: Dice) -> Result<f64, f64> {
        let good = dice.at(0).draw(&self.application);
        let phase = |probe: &Probe, n| dice.at(n).throw() * probe.every.as_secs();
        let started = match &self.startup {
            None => None,
            Some(probe) => {
                let phase = phase(probe, 1);
                let last = probe.tick(phase, 0.0) + probe.every.as_secs() * f64::from(probe.failures.max(1) - 1);
                let tick = probe.tick(phase, good);
                if tick > last {
                    return Err(last);
                }
                Some(tick)
            }
        };
        Ok(match (started, &self.readiness) {
            (None, None) => 0.0,
            (Some(started), None) => started,
            (None, Some(probe)) => probe.tick(phase(probe, 2), good),
            // Asked at once when the startup probe succeeds, if the container is old enough.
            (Some(started), Some(probe)) if started >= probe.after.as_secs() => started,
            (Some(started), Some(probe)) => probe.tick(phase(probe, 2), started),
        })
    }

    /// From the first container to ready, over so many pods; with `cold`, the image is pulled too. Pods that never become
    /// ready count with [`Span`]'s longest.
    pub fn estimate(&self, cold: bool, runs: u32, seed: u64, used: &Used) -> Estimate<Span> {
        let dice = Dice::new(seed);
        let (mut all, mut parts) = (Vec::new(), [0.0_f64; 3]);
        for run in 0..u64::from(runs.max(1)) {
            let started = self.draw(dice.at(run));
            let pull = if cold { started.pull } else { Span::ZERO };
            let Some(ready) = started.ready else {
                all.push(Span::millis(u64::MAX));
                continue;
            };
            for (sum, part) in parts.iter_mut().zip([pull, started.init, ready]) {
                *sum += part.as_secs();
            }
            all.push(pull + started.init + ready);
        }
        let whole: f64 = parts.iter().sum();
        let names = ["pull of the image", "init containers", "start of the application and its probes"];
        let largest = names.into_iter().zip(parts).max_by(|(_, a), (_, b)| a.total_cmp(b));
        let estimate = Estimate::sampled(all).unwrap_or_else(|| Estimate::exact(Span::ZERO)).using(used);
        match largest {
            Some((name, part)) => estimate.dominated_by(name, Share::of(part, whole)),
            None => estimate,
        }
    }

    /// The share of pods whose main container is stopped by its startup probe at least once.
    pub fn stopped(&self, runs: u32, seed: u64) -> Share {
        let dice = Dice::new(seed);
        let stopped = (0..u64::from(runs)).filter(|run| self.attempt(dice.at(*run).at(4).at(0)).is_err()).count();
        Share::of(f64::from(u32::try_from(stopped).unwrap_or(u32::MAX)), f64::from(runs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(after: u64, every: u64, failures: u32) -> Probe {
        Probe { after: Span::secs(after), every: Span::secs(every), failures }
    }

    fn start(application: Distribution, startup: Option<Probe>, readiness: Option<Probe>) -> Start {
        Start {
            overhead: Distribution::Fixed(1.0),
            image: Distribution::Fixed(680.0),
            rate: Distribution::Fixed(34.0),
            init: vec![Distribution::Fixed(4.0), Distribution::Fixed(3.0)],
            application,
            startup,
            readiness,
            backoff: Span::secs(10),
        }
    }

    /// Percentiles from the main container to ready, in seconds.
    fn ready(start: &Start) -> (f64, f64) {
        let mut all: Vec<f64> = (0..20_000).map(|run| start.draw(Dice::new(run)).ready.unwrap().as_secs()).collect();
        all.sort_by(f64::total_cmp);
        (all[0], all[19_999])
    }

    fn near(found: (f64, f64), expected: (f64, f64)) {
        assert!(
            (found.0 - expected.0).abs() < 0.02 && (found.1 - expected.1).abs() < 0.02,
            "{found:?} not {expected:?}"
        );
    }

    #[test]
    fn parts_are_added_up() {
        let drawn = start(Distribution::Fixed(5.0), None, None).draw(Dice::new(1));
        assert_eq!((drawn.overhead, drawn.pull, drawn.init), (Span::secs(1), Span::secs(20), Span::secs(7)));
        assert_eq!(drawn.ready, Some(Span::ZERO), "without probes it is ready when it starts");
    }

    #[test]
    fn the_first_tick_after_a_good_answer_counts() {
        // Good after 7 s, asked every 5 s: the tick falls 0 to 5 s later.
        near(ready(&start(Distribution::Fixed(7.0), None, Some(probe(0, 5, 3)))), (7.0, 12.0));
        // Not asked before 10 s: from there on.
        near(ready(&start(Distribution::Fixed(7.0), None, Some(probe(10, 5, 3)))), (10.0, 15.0));
        // The startup probe decides, and readiness follows at once.
        near(ready(&start(Distribution::Fixed(7.0), Some(probe(0, 2, 20)), Some(probe(0, 10, 3)))), (7.0, 9.0));
        // But not before the readiness probe's own delay.
        near(ready(&start(Distribution::Fixed(7.0), Some(probe(0, 2, 20)), Some(probe(12, 5, 3)))), (12.0, 17.0));
    }

    #[test]
    fn who_is_too_slow_is_stopped_and_starts_again() {
        // Three tries 5 s apart from the first tick on: good after 40 s is too late, every time.
        let slow = start(Distribution::Fixed(40.0), Some(probe(0, 5, 3)), None);
        assert_eq!(slow.draw(Dice::new(3)).ready, None);
        assert_eq!(slow.stopped(100, 1), Share::ALL);
        assert_eq!(slow.bound(), Some(Span::secs(15)));
        let sometimes = start(Distribution::Uniform(5.0, 25.0), Some(probe(0, 5, 3)), None);
        let share = sometimes.stopped(20_000, 1).get();
        // The last tick falls at 10 to 15 s, so 12.5 of 5 to 25 on average: 62.5 % are later.
        assert!((share - 0.625).abs() < 0.01, "{share}");
        assert_eq!(start(Distribution::Fixed(14.0), Some(probe(10, 5, 10)), None).bound(), Some(Span::secs(60)));
    }

    #[test]
    fn what_takes_longest_is_named() {
        let start = start(Distribution::Fixed(5.0), None, Some(probe(0, 1, 3)));
        let cold = start.estimate(true, 200, 1, &Used::default());
        assert_eq!(cold.dominant.unwrap().what, "pull of the image");
        let warm = start.estimate(false, 200, 1, &Used::default());
        assert_eq!(warm.dominant.unwrap().what, "init containers");
        assert!(warm.spread != cold.spread);
    }
}

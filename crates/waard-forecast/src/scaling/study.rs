//! Many runs of one scenario, each with luck of its own.

use std::num::NonZeroUsize;

use crate::assumption::Used;
use crate::estimate::Estimate;
use crate::quantity::{Count, Share, Span};

use super::scenario::Scenario;
use super::simulation::{Outcome, STAGES};

/// Is told of every run that is done, from any thread.
pub type Progress<'p> = &'p (dyn Fn() + Sync);

/// How often a scenario is run, and with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// So many runs.
    pub runs: usize,
    /// The seed of the first; the others have those after it.
    pub seed: u64,
    /// On so many threads. The outcome doesn't depend on it.
    pub threads: NonZeroUsize,
}

impl Plan {
    /// So many runs on one thread.
    pub const fn of(runs: usize, seed: u64) -> Self {
        Self { runs, seed, threads: NonZeroUsize::MIN }
    }
}

/// What came of many runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// From the change of load to the first new pod that gets requests. Runs in which there is none count with what was
    /// left of the horizon, so that a percentile never looks better than it is; [`Study::reached`] has their share.
    pub first: Estimate<Span>,
    /// From the change of load until as many pods get requests as it needs, likewise.
    pub enough: Estimate<Span>,
    /// From the change of load to the last change of the number of pods.
    pub settled: Estimate<Span>,
    /// The share of runs in which a first new pod, and in which enough pods, got requests in time.
    pub reached: (Share, Share),
    /// The share of all work that no pod had time for when it came.
    pub overflow: Estimate<Share>,
    /// The longest that queued work waited.
    pub delay: Estimate<Span>,
    /// More pods than the load needed, at most, as a share of these.
    pub overshoot: Estimate<Count>,
    /// Hours of nodes.
    pub node_hours: Estimate<Count>,
    /// Hours of pods.
    pub pod_hours: Estimate<Count>,
    /// Most nodes.
    pub most_nodes: Estimate<Count>,
    /// The first response of each run, in the order of seeds.
    pub firsts: Vec<Span>,
    /// Likewise, until it is enough.
    pub enoughs: Vec<Span>,
}

impl Study {
    /// The share of runs whose first response took no longer than this.
    pub fn within(&self, target: Span) -> Share {
        let count = |all: &[Span]| f64::from(u32::try_from(all.len()).unwrap_or(u32::MAX));
        let good: Vec<Span> = self.firsts.iter().copied().filter(|first| *first <= target).collect();
        Share::of(count(&good), count(&self.firsts))
    }
}

/// Runs a scenario as often as planned.
pub fn study(scenario: &Scenario, plan: Plan, used: &Used, progress: Progress<'_>) -> Study {
    let outcomes = runs(scenario, plan, progress);
    let left = scenario.load.change().map_or(scenario.horizon, |(at, _)| scenario.horizon.minus(at));
    let spans = |of: fn(&Outcome) -> Option<Span>| -> Vec<Span> {
        outcomes.iter().map(|outcome| of(outcome).unwrap_or(left)).collect()
    };
    let counts = |of: fn(&Outcome) -> f64| -> Vec<Count> { outcomes.iter().map(|o| Count::new(of(o))).collect() };
    let share = |of: fn(&Outcome) -> bool| {
        let all = u32::try_from(outcomes.len()).unwrap_or(u32::MAX);
        let some = u32::try_from(outcomes.iter().filter(|outcome| of(outcome)).count()).unwrap_or(u32::MAX);
        Share::of(f64::from(some), f64::from(all))
    };
    let firsts = spans(|outcome| outcome.first);
    let enoughs = spans(|outcome| outcome.enough);
    let first = dominated(estimate(firsts.clone(), Span::ZERO, used), &outcomes);
    Study {
        first,
        enough: estimate(enoughs.clone(), Span::ZERO, used),
        // No change at all is settled at once.
        settled: estimate(outcomes.iter().map(|o| o.settled.unwrap_or_default()).collect(), Span::ZERO, used),
        reached: (share(|outcome| outcome.first.is_some()), share(|outcome| outcome.enough.is_some())),
        overflow: estimate(outcomes.iter().map(|outcome| outcome.overflow).collect(), Share::NONE, used),
        delay: estimate(outcomes.iter().map(|outcome| outcome.delay).collect(), Span::ZERO, used),
        overshoot: estimate(counts(|outcome| outcome.overshoot), Count::default(), used),
        node_hours: estimate(counts(|outcome| outcome.node_hours), Count::default(), used),
        pod_hours: estimate(counts(|outcome| outcome.pod_hours), Count::default(), used),
        most_nodes: estimate(counts(|outcome| f64::from(outcome.most_nodes)), Count::default(), used),
        firsts,
        enoughs,
    }
}

fn estimate<Q: crate::Quantity>(runs: Vec<Q>, none: Q, used: &Used) -> Estimate<Q> {
    Estimate::sampled(runs).unwrap_or_else(|| Estimate::exact(none)).using(used)
}

/// With the stage of the first response that takes most of it, on average.
fn dominated(estimate: Estimate<Span>, outcomes: &[Outcome]) -> Estimate<Span> {
    let mut sums = [0.0_f64; 4];
    for outcome in outcomes.iter().filter(|outcome| outcome.first.is_some()) {
        for (sum, stage) in sums.iter_mut().zip(outcome.stages) {
            *sum += stage.as_secs();
        }
    }
    let whole: f64 = sums.iter().sum();
    match STAGES.into_iter().zip(sums).max_by(|(_, a), (_, b)| a.total_cmp(b)) {
        Some((name, sum)) if sum > 0.0 => estimate.dominated_by(name, Share::of(sum, whole)),
        _ => estimate,
    }
}

/// The outcomes in the order of seeds, whichever thread had which.
fn runs(scenario: &Scenario, plan: Plan, progress: Progress<'_>) -> Vec<Outcome> {
    let share = plan.runs.div_ceil(plan.threads.get()).max(1);
    let part = |from: usize| -> Vec<Outcome> {
        (from..plan.runs.min(from + share))
            .zip(plan.seed.wrapping_add(from as u64)..)
            .map(|(_, seed)| {
                let outcome = scenario.run(seed);
                progress();
                outcome
            })
            .collect()
    };
    if plan.threads.get() == 1 {
        return part(0);
    }
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..plan.runs).step_by(share).map(|from| scope.spawn(move || part(from))).collect();
        // A thread that panicked is a fault of this crate; its runs are missing then.
        parts.into_iter().filter_map(|part| part.join().ok()).flatten().collect()
    })
}

//! The smallest change of a scenario that meets a target.

use crate::assumption::Used;
use crate::quantity::Span;
use crate::start::Probe;

use super::scenario::Scenario;
use super::study::{Plan, study};

/// Headroom and more pods beyond which nothing is tried.
const MOST_PODS: u32 = 64;

/// One change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// No window upwards: what the metrics ask for holds at once.
    NoWindow,
    /// Probes that ask so often, and from the start.
    Probes(Span),
    /// Health checks of the load balancer so often.
    Checks(Span),
    /// So many pods that hold room.
    Headroom(u32),
    /// At least so many pods at any time.
    Fewest(u32),
}

impl Change {
    /// A scenario with this change; a change that changes nothing there gives `None`.
    pub fn apply(self, to: &Scenario) -> Option<Scenario> {
        let mut changed = to.clone();
        match self {
            Self::NoWindow => {
                let behaviour = changed.hpa.as_mut()?.behaviour.as_mut()?;
                behaviour.up.window = Some(Span::ZERO);
            }
            Self::Probes(every) => {
                let often = |probe: &Probe| probe.every.min(every).max(Span::millis(1));
                let faster = |probe: &Probe| Probe {
                    after: Span::ZERO,
                    every: often(probe),
                    // As long as before, whatever the period.
                    failures: u32::try_from(probe.budget().as_millis().div_ceil(often(probe).as_millis()))
                        .unwrap_or(u32::MAX),
                };
                let ready = |probe: &Probe| Probe { after: Span::ZERO, every: often(probe), ..*probe };
                changed.start.startup = to.start.startup.as_ref().map(faster);
                changed.start.readiness = to.start.readiness.as_ref().map(ready);
            }
            Self::Checks(every) => {
                let balancer = changed.balancer.as_mut()?;
                if balancer.interval <= every {
                    return None;
                }
                balancer.interval = every;
            }
            Self::Headroom(pods) => {
                changed.headroom = pods;
                changed.start_with_room(to.replicas + pods);
            }
            Self::Fewest(pods) => {
                let spec = changed.hpa.as_mut()?;
                spec.min = spec.min.max(i32::try_from(pods).unwrap_or(i32::MAX)).min(spec.max);
                let fewest = u32::try_from(spec.min).unwrap_or(0);
                changed.replicas = changed.replicas.max(fewest);
                changed.start_with_room(changed.replicas + to.headroom);
            }
        }
        (changed != *to).then_some(changed)
    }
}

/// Changes that meet a target together.
#[derive(Debug, Clone, PartialEq)]
pub struct Advice {
    /// The changes.
    pub changes: Vec<Change>,
    /// The 95th percentile of the first response with them.
    pub p95: Span,
    /// Pods' worth of room or pods that are there in addition, at any time.
    pub pods: u32,
}

/// The smallest change after which 95 % of runs have a first response within `target`: the fewest changes, and of as
/// many those with the fewest pods. `None` if none of those that are tried does; nothing to change if it is met already.
pub fn advise(scenario: &Scenario, target: Span, plan: Plan) -> Option<Advice> {
    let p95 = |scenario: &Scenario| study(scenario, plan, &Used::default(), &|| {}).first.high();
    let now = p95(scenario);
    if now <= target {
        return Some(Advice { changes: Vec::new(), p95: now, pods: 0 });
    }
    let free = [Change::NoWindow, Change::Probes(Span::secs(2)), Change::Checks(Span::secs(5))];
    let paid: [fn(&Scenario, u32) -> Change; 2] = [
        |scenario, pods| Change::Headroom(scenario.headroom + pods),
        |scenario, pods| Change::Fewest(scenario.replicas + pods),
    ];
    let mut found: Vec<Advice> = Vec::new();
    for subset in 0..1_u32 << free.len() {
        let chosen: Vec<Change> =
            (0..).zip(free).filter(|(n, _)| subset >> n & 1 == 1).map(|(_, change)| change).collect();
        let Some(base) = chosen.iter().try_fold(scenario.clone(), |changed, change| change.apply(&changed)) else {
            continue;
        };
        let reached = if chosen.is_empty() { now } else { p95(&base) };
        if reached <= target {
            found.push(Advice { changes: chosen, p95: reached, pods: 0 });
            continue;
        }
        for change in paid {
            let with = |pods: u32| change(&base, pods).apply(&base).map(|changed| p95(&changed));
            if let Some((pods, p95)) = fewest(with, target) {
                let changes = chosen.iter().copied().chain([change(&base, pods)]).collect();
                found.push(Advice { changes, p95, pods });
            }
        }
    }
    found.into_iter().min_by_key(|advice| (advice.changes.len(), advice.pods, advice.p95))
}

/// The fewest pods with which it is met, and how: more of them never make it slower, so it is halved.
fn fewest(with: impl Fn(u32) -> Option<Span>, target: Span) -> Option<(u32, Span)> {
    let met = |pods: u32| with(pods).filter(|p95| *p95 <= target);
    let mut best = None;
    let (mut low, mut high) = (0, 1);
    while best.is_none() && high <= MOST_PODS {
        if let Some(p95) = met(high) {
            best = Some((high, p95));
        } else {
            (low, high) = (high, high * 2);
        }
    }
    let (mut high, _) = best?;
    while high - low > 1 {
        let middle = u32::midpoint(low, high);
        if let Some(p95) = met(middle) {
            (high, best) = (middle, Some((middle, p95)));
        } else {
            low = middle;
        }
    }
    best
}

//! Work that comes, is done, waits or is turned away; and what is paid for.

use crate::hpa::Time;
use crate::quantity::{Share, Span};
use crate::scaling::scenario::{Excess, Scenario};

/// Sums over time. Work is counted in pod-seconds: what keeps one pod busy for a second with what it requests.
#[derive(Debug, Clone, Default)]
pub(super) struct Flow {
    /// Pods that get requests.
    pub(super) serving: u32,
    /// What one pod that always got requests would have done.
    pub(super) per_pod: f64,
    came: f64,
    late: f64,
    backlog: f64,
    delay: f64,
    node_seconds: f64,
    pod_seconds: f64,
}

impl Flow {
    /// Lets time pass with what there is.
    pub(super) fn pass(&mut self, scenario: &Scenario, from: Time, to: Time, nodes: usize) {
        if to <= from {
            return;
        }
        let (start, end) = (Span::millis(from).as_secs(), Span::millis(to).as_secs());
        let seconds = end - start;
        let pods = f64::from(self.serving);
        let comes = scenario.load.at(f64::midpoint(start, end)) * seconds;
        let can = pods * scenario.ceiling * seconds;
        let done = match scenario.excess {
            Excess::Dropped => comes.min(can),
            Excess::Queued => (comes + self.backlog).min(can),
        };
        self.came += comes;
        self.late += (comes - can).max(0.0);
        if scenario.excess == Excess::Queued {
            self.backlog = (self.backlog + comes - done).max(0.0);
            if can > 0.0 {
                self.delay = self.delay.max(self.backlog / (can / seconds));
            }
        }
        if self.serving > 0 {
            self.per_pod += done / pods;
        }
        self.pod_seconds += pods * seconds;
        self.node_seconds += f64::from(u32::try_from(nodes).unwrap_or(u32::MAX)) * seconds;
    }

    pub(super) fn overflow(&self) -> Share {
        Share::of(self.late, self.came)
    }

    pub(super) fn longest_delay(&self) -> Span {
        Span::from_secs(self.delay)
    }

    pub(super) fn node_hours(&self) -> f64 {
        self.node_seconds / 3600.0
    }

    pub(super) fn pod_hours(&self) -> f64 {
        self.pod_seconds / 3600.0
    }
}

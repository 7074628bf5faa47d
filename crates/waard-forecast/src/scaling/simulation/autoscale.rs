//! The horizontal autoscaler's looks.

use crate::hpa::{Seen, State};
use crate::quantity::Span;

use super::{Event, Point, Run};

impl Run<'_> {
    /// One look: what the samples say, and what comes of it.
    pub(super) fn sync(&mut self) {
        let scenario = self.scenario;
        let Some(spec) = &scenario.hpa else {
            return;
        };
        self.see();
        let current = i32::try_from(self.wanted).unwrap_or(i32::MAX);
        let existing = self.seen.iter().filter(|pod| !pod.terminating).count();
        let seen: Vec<Seen<'_>> = spec.metrics.iter().map(|_| Seen { pods: &self.seen, values: Ok(&[]) }).collect();
        let state = State {
            now: self.now,
            replicas: current,
            existing: i32::try_from(existing).unwrap_or(i32::MAX),
            metrics: &seen,
        };
        let decision = self.autoscaler.look(spec, &scenario.settings, &state);
        let wanted = u32::try_from(decision.replicas).unwrap_or(0);
        if let Some(points) = &mut self.points {
            points.push(Point {
                at: Span::millis(self.now),
                load: scenario.load.at(Span::millis(self.now).as_secs()),
                wanted,
                serving: self.flow.serving,
                nodes: u32::try_from(self.nodes.len()).unwrap_or(u32::MAX),
            });
        }
        if wanted != self.wanted {
            self.want(wanted);
        }
        self.again(scenario.sync, Event::Sync);
    }
}

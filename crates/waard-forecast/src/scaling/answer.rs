//! Whether a service answers a change of load in time, what its headroom does for that, and what would have to change.

use crate::assumption::Used;
use crate::quantity::{Share, Span};

use super::advice::{Advice, advise};
use super::scenario::Scenario;
use super::study::{Plan, Progress, Study, study};

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The time that is allowed from the rise of the load to the first new pod that gets requests.
    pub target: Span,
    /// As it is.
    pub study: Study,
    /// The same without pods that hold room, and as few nodes as then are enough; `None` if there are none.
    pub without_headroom: Option<Study>,
    /// The smallest change that meets the target: no change if it is met, `None` if nothing that was tried does.
    pub advice: Option<Advice>,
}

impl Answer {
    /// Whether 95 % of runs keep to the target.
    pub fn met(&self) -> bool {
        self.study.first.high() <= self.target
    }

    /// The share of runs that keep to it.
    pub fn share(&self) -> Share {
        self.study.within(self.target)
    }
}

/// Answers for a scenario. `plan` is for the studies; changes are tried with a tenth of its runs, a hundred at least.
pub fn answer(scenario: &Scenario, target: Span, plan: Plan, used: &Used, progress: Progress<'_>) -> Answer {
    let study_of = |scenario: &Scenario| study(scenario, plan, used, progress);
    let bare = scenario.without_headroom();
    let tries = Plan { runs: (plan.runs / 10).max(100), ..plan };
    Answer {
        target,
        study: study_of(scenario),
        without_headroom: bare.as_ref().map(study_of),
        advice: advise(scenario, target, tries),
    }
}

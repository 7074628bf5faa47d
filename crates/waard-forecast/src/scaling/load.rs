//! Load over time.
//!
//! It is counted in pods: a load of 1 keeps one pod busy with all the processor time that it requests.

use crate::quantity::Span;

/// How much there is to do, over time.
#[derive(Debug, Clone, PartialEq)]
pub enum Load {
    /// Always the same.
    Constant(f64),
    /// From one to another, at once.
    Step {
        /// Before.
        before: f64,
        /// From then on.
        after: f64,
        /// When.
        at: Span,
    },
    /// From one to another, evenly.
    Ramp {
        /// Before.
        before: f64,
        /// After.
        after: f64,
        /// When it begins.
        at: Span,
        /// How long it takes.
        over: Span,
    },
    /// Up and back.
    Spike {
        /// Before and after.
        base: f64,
        /// In between.
        peak: f64,
        /// When.
        at: Span,
        /// For how long.
        lasts: Span,
    },
    /// A day after the other: a cosine between the least and the most.
    Daily {
        /// Least, half a day from the most.
        low: f64,
        /// Most.
        high: f64,
        /// When it is most, from the start of the day.
        peak: Span,
    },
    /// What was measured, straight from point to point, and like the first and the last beyond them.
    Replay(Vec<(Span, f64)>),
}

/// Why a load makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// It isn't a number, or below zero.
    #[error("a load must be a number and not below zero")]
    NotANumber,
    /// There is no point.
    #[error("there are no points to replay")]
    NoPoints,
    /// Points don't follow each other.
    #[error("points to replay must follow each other in time")]
    NotRising,
}

const DAY: f64 = 86_400.0;

impl Load {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// When a load isn't a number or below zero, or points don't follow each other.
    pub fn checked(self) -> Result<Self, LoadError> {
        let fine = |loads: &[f64]| loads.iter().all(|load| load.is_finite() && *load >= 0.0);
        let good = match &self {
            Self::Constant(load) => fine(&[*load]),
            Self::Step { before, after, .. } | Self::Ramp { before, after, .. } => fine(&[*before, *after]),
            Self::Spike { base, peak, .. } => fine(&[*base, *peak]),
            Self::Daily { low, high, .. } => fine(&[*low, *high]),
            Self::Replay(points) if points.is_empty() => return Err(LoadError::NoPoints),
            Self::Replay(points) => {
                if !points.is_sorted_by(|(a, _), (b, _)| a < b) {
                    return Err(LoadError::NotRising);
                }
                points.iter().all(|(_, load)| fine(&[*load]))
            }
        };
        if good { Ok(self) } else { Err(LoadError::NotANumber) }
    }

    /// How much there is to do after so many seconds.
    pub fn at(&self, seconds: f64) -> f64 {
        match self {
            Self::Constant(load) => *load,
            Self::Step { before, after, at } => {
                if seconds < at.as_secs() {
                    *before
                } else {
                    *after
                }
            }
            Self::Ramp { before, after, at, over } => {
                let over = over.as_secs().max(0.001);
                before + (after - before) * ((seconds - at.as_secs()) / over).clamp(0.0, 1.0)
            }
            Self::Spike { base, peak, at, lasts } => {
                let since = seconds - at.as_secs();
                if since >= 0.0 && since < lasts.as_secs() { *peak } else { *base }
            }
            Self::Daily { low, high, peak } => {
                let angle = std::f64::consts::TAU * (seconds - peak.as_secs()) / DAY;
                low + (high - low) * f64::midpoint(1.0, libm::cos(angle))
            }
            Self::Replay(points) => replayed(points, seconds),
        }
    }

    /// When it jumps or bends, so that nobody integrates across.
    pub(super) fn breaks(&self) -> Vec<Span> {
        match self {
            Self::Constant(_) | Self::Daily { .. } => Vec::new(),
            Self::Step { at, .. } => vec![*at],
            Self::Ramp { at, over, .. } | Self::Spike { at, lasts: over, .. } => vec![*at, *at + *over],
            Self::Replay(points) => points.iter().map(|(at, _)| *at).collect(),
        }
    }

    /// When it begins to change for good, and what it becomes: what a response is measured from and against.
    pub fn change(&self) -> Option<(Span, f64)> {
        match self {
            Self::Step { at, after, .. } | Self::Ramp { at, after, .. } => Some((*at, *after)),
            Self::Spike { at, peak, .. } => Some((*at, *peak)),
            Self::Constant(_) | Self::Daily { .. } | Self::Replay(_) => None,
        }
    }
}

fn replayed(points: &[(Span, f64)], seconds: f64) -> f64 {
    let next = points.partition_point(|(at, _)| at.as_secs() <= seconds);
    let before = next.checked_sub(1).and_then(|index| points.get(index));
    match (before, points.get(next)) {
        (Some((from, low)), Some((to, high))) => {
            let (from, to) = (from.as_secs(), to.as_secs());
            low + (high - low) * (seconds - from) / (to - from)
        }
        (Some((_, load)), None) | (None, Some((_, load))) => *load,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_is_what_it_says() {
        let secs = Span::secs;
        let cases = [
            (Load::Step { before: 2.0, after: 6.0, at: secs(10) }, vec![(9.9, 2.0), (10.0, 6.0)]),
            (
                Load::Ramp { before: 2.0, after: 6.0, at: secs(10), over: secs(20) },
                vec![(0.0, 2.0), (15.0, 3.0), (30.0, 6.0), (99.0, 6.0)],
            ),
            (
                Load::Spike { base: 1.0, peak: 9.0, at: secs(10), lasts: secs(5) },
                vec![(9.0, 1.0), (10.0, 9.0), (15.0, 1.0)],
            ),
            (
                Load::Daily { low: 2.0, high: 10.0, peak: secs(50_400) },
                vec![(50_400.0, 10.0), (7200.0, 2.0), (28_800.0, 6.0), (136_800.0, 10.0)],
            ),
            (
                Load::Replay(vec![(secs(10), 2.0), (secs(20), 6.0)]),
                vec![(0.0, 2.0), (10.0, 2.0), (15.0, 4.0), (20.0, 6.0), (30.0, 6.0)],
            ),
        ];
        for (load, points) in cases {
            let load = load.checked().unwrap();
            for (at, expected) in points {
                assert!((load.at(at) - expected).abs() < 1e-9, "{load:?} at {at}: {}", load.at(at));
            }
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert_eq!(Load::Constant(f64::NAN).checked(), Err(LoadError::NotANumber));
        assert_eq!(
            Load::Spike { base: 1.0, peak: -1.0, at: Span::ZERO, lasts: Span::ZERO }.checked(),
            Err(LoadError::NotANumber)
        );
        assert_eq!(Load::Replay(Vec::new()).checked(), Err(LoadError::NoPoints));
        assert_eq!(Load::Replay(vec![(Span::secs(2), 1.0), (Span::secs(2), 1.0)]).checked(), Err(LoadError::NotRising));
    }
}

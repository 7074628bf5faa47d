//! An estimate: a quantity, how sure it is, and what it rests on.

use std::collections::BTreeSet;

use crate::assumption::Used;
use crate::quantity::{Quantity, Share};

/// How far a quantity may lie from what is expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spread<Q> {
    /// It follows from what is given; nothing is uncertain.
    Exact(Q),
    /// From many runs of a simulation, or from a distribution.
    Percentiles {
        /// Half of all cases are at most this.
        p50: Q,
        /// Nineteen of twenty cases are at most this.
        p95: Q,
    },
    /// Least and most that it can be, and what is expected.
    Bounds {
        /// Never less.
        least: Q,
        /// What is expected.
        expected: Q,
        /// Never more.
        most: Q,
    },
}

/// What makes up most of a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Dominant {
    /// What it is, in words that a report shows: "launch and boot of a node".
    pub what: String,
    /// Its share of the number.
    pub share: Share,
}

/// A number of a forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate<Q> {
    /// How much, and how sure.
    pub spread: Spread<Q>,
    /// The names of the assumptions that were used; [`Assumptions::get`](crate::Assumptions::get) has their values and sources.
    pub used: BTreeSet<String>,
    /// What makes up most of it, if one thing does.
    pub dominant: Option<Dominant>,
}

impl<Q: Quantity> Estimate<Q> {
    /// Follows from what is given, without an assumption.
    pub fn exact(value: Q) -> Self {
        Self { spread: Spread::Exact(value), used: BTreeSet::new(), dominant: None }
    }

    /// From percentiles; a `p95` below `p50` is taken as `p50`.
    pub fn percentiles(p50: Q, p95: Q) -> Self {
        let p95 = if p95 < p50 { p50 } else { p95 };
        Self { spread: Spread::Percentiles { p50, p95 }, used: BTreeSet::new(), dominant: None }
    }

    /// From bounds; what is expected is moved between them, should it lie outside.
    pub fn bounds(least: Q, expected: Q, most: Q) -> Self {
        let (least, most) = if most < least { (most, least) } else { (least, most) };
        let expected = if expected < least {
            least
        } else if expected > most {
            most
        } else {
            expected
        };
        Self { spread: Spread::Bounds { least, expected, most }, used: BTreeSet::new(), dominant: None }
    }

    /// From the results of runs, by nearest rank; `None` without any.
    pub fn sampled(mut runs: Vec<Q>) -> Option<Self> {
        runs.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        Some(Self::percentiles(percentile(&runs, 50)?, percentile(&runs, 95)?))
    }

    /// The same, resting on these assumptions too.
    #[must_use]
    pub fn using(mut self, used: &Used) -> Self {
        self.used.extend(used.names().map(str::to_owned));
        self
    }

    /// The same, with what makes up most of it.
    #[must_use]
    pub fn dominated_by(mut self, what: impl Into<String>, share: Share) -> Self {
        self.dominant = Some(Dominant { what: what.into(), share });
        self
    }

    /// What to expect: the median, or what is expected.
    pub fn expected(&self) -> Q {
        match self.spread {
            Spread::Exact(value) | Spread::Percentiles { p50: value, .. } | Spread::Bounds { expected: value, .. } => {
                value
            }
        }
    }

    /// What to plan with: the 95th percentile, or the most.
    pub fn high(&self) -> Q {
        match self.spread {
            Spread::Exact(value) | Spread::Percentiles { p95: value, .. } | Spread::Bounds { most: value, .. } => value,
        }
    }
}

/// The `percent`-th percentile of sorted values by nearest rank: the smallest that `percent` of all don't exceed.
pub fn percentile<Q: Copy>(sorted: &[Q], percent: u32) -> Option<Q> {
    let rank = (sorted.len() as u64 * u64::from(percent)).div_ceil(100).max(1);
    sorted.get(usize::try_from(rank).ok()?.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Span;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let values: Vec<u32> = (1..=20).collect();
        assert_eq!(
            (percentile(&values, 50), percentile(&values, 95), percentile(&values, 100)),
            (Some(10), Some(19), Some(20))
        );
        assert_eq!((percentile(&values, 0), percentile::<u32>(&[], 50)), (Some(1), None));
    }

    #[test]
    fn sampling_sorts_first() {
        let runs = [9, 1, 5].map(Span::secs).to_vec();
        let estimate = Estimate::sampled(runs).unwrap();
        assert_eq!((estimate.expected(), estimate.high()), (Span::secs(5), Span::secs(9)));
        assert_eq!(Estimate::<Span>::sampled(Vec::new()), None);
    }

    #[test]
    fn bounds_are_kept_in_order() {
        let estimate = Estimate::bounds(Span::secs(9), Span::secs(20), Span::secs(3));
        assert_eq!(
            estimate.spread,
            Spread::Bounds { least: Span::secs(3), expected: Span::secs(9), most: Span::secs(9) }
        );
        assert_eq!(Estimate::percentiles(Span::secs(4), Span::secs(2)).high(), Span::secs(4));
    }
}

//! Steps that wait for each other, and how long all of them take.

use crate::assumption::{Assumptions, Key, Reader};
use crate::estimate::Estimate;
use crate::quantity::{Share, Span};
use crate::random::{Dice, Distribution};

use super::RUNS;

/// A step on the way back.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is done: "promote the data".
    pub name: &'static str,
    /// What decides how long it takes, in words.
    pub why: String,
    /// The steps that it waits for, by their place in the list.
    pub after: Vec<usize>,
    /// How long it takes by itself.
    pub takes: Estimate<Span>,
}

/// Steps while they are written down.
pub(super) struct Plan<'a> {
    reader: Reader<'a>,
    steps: Vec<(Step, Vec<Distribution>)>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(assumptions: &'a Assumptions) -> Self {
        Self { reader: assumptions.reader(), steps: Vec::new() }
    }

    /// Adds a step that takes so long as these assumptions together, and that much beside. Says its place in the list.
    pub(super) fn step(
        &mut self,
        name: &'static str,
        why: impl Into<String>,
        after: &[usize],
        keys: &[Key],
        beside: Span,
    ) -> usize {
        let mut parts: Vec<Distribution> = keys.iter().map(|key| self.reader.distribution(*key)).collect();
        if beside > Span::ZERO {
            parts.push(Distribution::Fixed(beside.as_secs()));
        }
        self.add(name, why.into(), after, parts)
    }

    /// The same for a time that is anything up to something, such as until the next probe.
    pub(super) fn until(&mut self, name: &'static str, why: impl Into<String>, after: &[usize], most: Span) -> usize {
        self.add(name, why.into(), after, vec![Distribution::Uniform(0.0, most.as_secs())])
    }

    fn add(&mut self, name: &'static str, why: String, after: &[usize], parts: Vec<Distribution>) -> usize {
        let place = self.steps.len();
        let after = after.iter().copied().filter(|step| *step < place).collect();
        let takes = Estimate::exact(Span::ZERO);
        self.steps.push((Step { name, why, after, takes }, parts));
        place
    }

    /// The steps, and how long it takes until the last of them is done.
    pub(super) fn done(self, seed: u64) -> (Vec<Step>, Option<Estimate<Span>>) {
        let used = self.reader.used();
        let dice = Dice::new(seed);
        let mut each: Vec<Vec<Span>> = vec![Vec::new(); self.steps.len()];
        let mut totals = Vec::new();
        // How much of the longest way each step makes up, over all runs.
        let mut on_the_way: Vec<Span> = vec![Span::ZERO; self.steps.len()];
        for run in 0..u64::from(RUNS) {
            let mut ends: Vec<(Span, Option<usize>)> = Vec::new();
            for (place, (step, parts)) in self.steps.iter().enumerate() {
                let throw = |(part, at): (&Distribution, u64)| dice.at(run).at(place as u64).at(at).draw(part);
                let takes = Span::from_secs(parts.iter().zip(0..).map(throw).sum());
                if let Some(all) = each.get_mut(place) {
                    all.push(takes);
                }
                let last = step.after.iter().copied().max_by_key(|before| ends.get(*before).map(|end| end.0));
                let begins = last.and_then(|before| ends.get(before)).map_or(Span::ZERO, |end| end.0);
                ends.push((begins + takes, last));
            }
            let mut at = (0..ends.len()).max_by_key(|place| ends.get(*place).map(|end| end.0));
            totals.push(at.and_then(|place| ends.get(place)).map_or(Span::ZERO, |end| end.0));
            while let Some(place) = at {
                if let (Some(sum), Some(takes)) =
                    (on_the_way.get_mut(place), each.get(place).and_then(|all| all.last()))
                {
                    *sum = *sum + *takes;
                }
                at = ends.get(place).and_then(|end| end.1);
            }
        }
        let whole: Span = totals.iter().copied().sum();
        let longest = on_the_way.iter().copied().zip(&self.steps).max_by_key(|(sum, _)| *sum);
        let outage = Estimate::sampled(totals).filter(|_| !self.steps.is_empty()).map(|estimate| {
            let estimate = estimate.using(&used);
            match longest {
                Some((sum, (step, _))) => estimate.dominated_by(step.name, Share::of(sum.as_secs(), whole.as_secs())),
                None => estimate,
            }
        });
        let takes = |all: Vec<Span>| Estimate::sampled(all).unwrap_or_else(|| Estimate::exact(Span::ZERO));
        let steps = self.steps.into_iter().zip(each).map(|((step, _), all)| Step { takes: takes(all), ..step });
        (steps.collect(), outage)
    }
}

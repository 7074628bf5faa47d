//! Decisions, read from a tape of random numbers.

use crate::scalar::Scalar;

/// A tape and a position on it. Past its end there are only zeros, and 0 decides for what is simplest.
pub(super) struct Dice<'t> {
    tape: std::slice::Iter<'t, u32>,
}

impl<'t> Dice<'t> {
    pub(super) fn new(tape: &'t [u32]) -> Self {
        Self { tape: tape.iter() }
    }

    /// A number below `n`, which is above 0.
    pub(super) fn below(&mut self, n: usize) -> usize {
        let next = self.tape.next().copied().unwrap_or(0);
        usize::try_from(next).unwrap_or(0) % n.max(1)
    }

    /// A number from `least` to `most`.
    pub(super) fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.tape.next().copied().unwrap_or(0) % (most - least + 1)
    }

    /// True in so many of a hundred cases.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of several.
    #[expect(clippy::expect_used, reason = "every list here has an item")]
    pub(super) fn choose<'c, T>(&mut self, items: &'c [T]) -> &'c T {
        items.get(self.below(items.len())).expect("a list of choices has an item")
    }

    /// One of several texts.
    pub(super) fn pick<'c>(&mut self, texts: &[&'c str]) -> &'c str {
        self.choose::<&'c str>(texts)
    }

    /// Something in so many of a hundred cases.
    pub(super) fn some<T>(&mut self, percent: usize, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(percent).then(|| make(self))
    }

    /// From `least` to `most` different items, in any order.
    pub(super) fn some_of<'c, T>(&mut self, items: &'c [T], least: usize, most: usize) -> Vec<&'c T> {
        let most = most.min(items.len());
        let least = least.min(most);
        let count = least + self.below(most - least + 1);
        let mut left: Vec<&T> = items.iter().collect();
        (0..count).map(|_| left.remove(self.below(left.len()))).collect()
    }
}

/// A value from its text.
#[expect(clippy::panic, reason = "the texts stand in this module; a wrong one is a bug of it")]
pub(super) fn v<T: Scalar>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// Values from their texts.
pub(super) fn all<T: Scalar>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| v(text)).collect()
}

//! Shares of a whole.

use std::fmt;
use std::str::FromStr;

use super::{decimal, print_decimal};
use crate::scalar::{Invalid, scalar};

/// A share from 0 % to 100 %, in steps of 0.0001 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u32);

impl Percent {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Everything.
    pub const ALL: Self = Self(1_000_000);

    /// `n` whole percent; more than 100 is 100.
    pub const fn whole(n: u32) -> Self {
        if n >= 100 { Self::ALL } else { Self(n * 10_000) }
    }

    /// The share in millionths: 100 % is 1,000,000.
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// The share in whole percent, if it is one.
    pub const fn as_whole(self) -> Option<u32> {
        if self.0.is_multiple_of(10_000) { Some(self.0 / 10_000) } else { None }
    }

    /// `self` of `n`, rounded down.
    pub fn floor_of(self, n: u32) -> u32 {
        u32::try_from(u64::from(n) * u64::from(self.0) / 1_000_000).unwrap_or(n)
    }
}

impl FromStr for Percent {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        let number = text.strip_suffix('%').ok_or_else(|| fail("the `%` is missing".to_owned()))?;
        let value = decimal(number, 4).map_err(fail)?;
        match u32::try_from(value) {
            Ok(value) if value <= Self::ALL.0 => Ok(Self(value)),
            _ => Err(fail("it is more than 100 %".to_owned())),
        }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print_decimal(f, self.0.into(), 4)?;
        f.write_str("%")
    }
}

/// A number of pods, or a share of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CountOrShare {
    /// So many.
    Count(u16),
    /// So large a share, in whole percent.
    Share(Percent),
}

impl CountOrShare {
    /// A quarter.
    pub const QUARTER: Self = Self::Share(Percent::whole(25));
    /// None.
    pub const NONE: Self = Self::Count(0);

    /// How many of `n` it is, a share rounded down.
    pub fn rounded_down(self, n: u32) -> u32 {
        match self {
            Self::Count(count) => count.into(),
            Self::Share(share) => share.floor_of(n),
        }
    }

    /// How many of `n` it is, a share rounded up.
    pub fn rounded_up(self, n: u32) -> u32 {
        match self {
            Self::Count(count) => count.into(),
            // What the rest, rounded down, leaves.
            Self::Share(share) => n - Percent(Percent::ALL.0 - share.0).floor_of(n),
        }
    }

    /// True if it is nothing at all.
    pub const fn is_none(self) -> bool {
        match self {
            Self::Count(count) => count == 0,
            Self::Share(share) => share.0 == 0,
        }
    }
}

impl FromStr for CountOrShare {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        if text.ends_with('%') {
            let share: Percent = text.parse().map_err(|error: Invalid| fail(error.to_string()))?;
            return if share.as_whole().is_some() {
                Ok(Self::Share(share))
            } else {
                Err(fail("it is not whole percent".to_owned()))
            };
        }
        let count = decimal(text, 0).ok().and_then(|count| u16::try_from(count).ok()).filter(|count| *count <= 10_000);
        count.map(Self::Count).ok_or_else(|| fail("it is neither a count up to 10,000 nor a percentage".to_owned()))
    }
}

impl fmt::Display for CountOrShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Share(share) => share.fmt(f),
        }
    }
}

scalar!(
    CountOrShare,
    "a count or share",
    "a count up to 10,000, or whole percent with `%`",
    r"^(0|[1-9][0-9]{0,4}|(100|[1-9]?[0-9])%)$",
    "25%",
    numbers = true
);

scalar!(
    Percent,
    "a percentage",
    "0 to 100 with at most four decimal places, and `%`",
    r"^(100(\.0{1,4})?|[1-9]?[0-9](\.[0-9]{1,4})?)%$",
    "99.9%"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_as_kubernetes_rounds_them() {
        let quarter = CountOrShare::QUARTER;
        assert_eq!((quarter.rounded_down(5), quarter.rounded_up(5)), (1, 2));
        assert_eq!((quarter.rounded_down(8), quarter.rounded_up(8)), (2, 2));
        assert_eq!((quarter.rounded_down(0), quarter.rounded_up(0)), (0, 0));
        assert_eq!((CountOrShare::Count(3).rounded_down(2), CountOrShare::Count(3).rounded_up(2)), (3, 3));
    }
}

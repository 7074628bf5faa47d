//! Quantities and prices at three scales: the least, what is expected, the most.

use std::ops::{Add, Mul, Sub};

use rust_decimal::Decimal;
use waard_catalog::AssumedShape;

use crate::estimate::Estimate;
use crate::quantity::Money;

/// A number at the least scale, at the expected one and at the most; never falling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Range {
    least: Decimal,
    expected: Decimal,
    most: Decimal,
}

impl Range {
    /// Nothing at any scale.
    pub const ZERO: Self = Self { least: Decimal::ZERO, expected: Decimal::ZERO, most: Decimal::ZERO };

    /// The same at every scale.
    pub fn fixed(number: impl Into<Decimal>) -> Self {
        let number = number.into();
        Self { least: number, expected: number, most: number }
    }

    /// Three numbers, put in order if they aren't.
    pub fn new(least: impl Into<Decimal>, expected: impl Into<Decimal>, most: impl Into<Decimal>) -> Self {
        let mut numbers = [least.into(), expected.into(), most.into()];
        numbers.sort_unstable();
        let [least, expected, most] = numbers;
        Self { least, expected, most }
    }

    /// An assumption: its bounds and its middle.
    pub(super) fn assumed(shape: AssumedShape) -> Self {
        match shape {
            AssumedShape::Fixed(value) => Self::fixed(value),
            AssumedShape::Uniform(least, most) => Self { least, expected: (least + most) / Decimal::TWO, most },
            AssumedShape::Triangular(least, expected, most) => Self { least, expected, most },
            // As far below the median as the 95th percentile is above it, in proportion.
            AssumedShape::LogNormal(p50, p95) => {
                Self { least: p50.saturating_mul(p50).checked_div(p95).unwrap_or_default(), expected: p50, most: p95 }
            }
        }
    }

    /// At the least scale.
    pub const fn least(self) -> Decimal {
        self.least
    }

    /// At the expected scale.
    pub const fn expected(self) -> Decimal {
        self.expected
    }

    /// At the most.
    pub const fn most(self) -> Decimal {
        self.most
    }

    /// True if it is nothing at any scale.
    pub fn is_zero(self) -> bool {
        self.most.is_zero() && self.least.is_zero()
    }

    /// The lowest and the highest of two, at the expected scale the first's.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), expected: self.expected, most: self.most.max(other.most) }
    }

    /// As an estimate in US dollars.
    pub fn money(self) -> Estimate<Money> {
        Estimate::bounds(Money::usd(self.least), Money::usd(self.expected), Money::usd(self.most))
    }
}

impl Add for Range {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            least: self.least.saturating_add(other.least),
            expected: self.expected.saturating_add(other.expected),
            most: self.most.saturating_add(other.most),
        }
    }
}

/// What is left at each scale: both are of the same platform at the same time.
impl Sub for Range {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.least - other.least, self.expected - other.expected, self.most - other.most)
    }
}

/// Quantities and prices aren't negative, so products keep the order.
impl Mul for Range {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self {
            least: self.least.saturating_mul(other.least),
            expected: self.expected.saturating_mul(other.expected),
            most: self.most.saturating_mul(other.most),
        }
    }
}

impl Mul<Decimal> for Range {
    type Output = Self;

    fn mul(self, factor: Decimal) -> Self {
        self * Self::fixed(factor)
    }
}

impl std::iter::Sum for Range {
    fn sum<I: Iterator<Item = Self>>(ranges: I) -> Self {
        ranges.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_put_in_order_and_products_keep_it() {
        let range = Range::new(5, 3, 20);
        assert_eq!((range.least(), range.most()), (Decimal::from(3), Decimal::from(20)));
        let cost = range * Range::new(1, 2, 3);
        assert_eq!((cost.least(), cost.expected(), cost.most()), (3.into(), 10.into(), 60.into()));
    }
}

//! Quantities of a forecast, each with its unit in its type.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

use rust_decimal::Decimal;

/// What an [`Estimate`](crate::Estimate) can be of.
pub trait Quantity: Copy + PartialOrd + fmt::Debug + fmt::Display {
    /// The unit of [`Quantity::number`], as a report names it.
    const UNIT: &'static str;

    /// The quantity in its unit, to draw or to compare it; never to reckon on with.
    fn number(self) -> f64;
}

/// A span of time in whole milliseconds; unlike [`waard_model::quantity::Duration`] it can be none at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(u64);

impl Span {
    /// No time.
    pub const ZERO: Self = Self(0);

    /// So many milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self(millis)
    }

    /// So many seconds.
    pub const fn secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// So many seconds, to the nearest millisecond. What is negative or no number is none.
    pub fn from_secs(seconds: f64) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, and that is meant")]
        Self((seconds * 1000.0).round() as u64)
    }

    /// Milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Seconds.
    pub fn as_secs(self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "exact up to 285,000 years")]
        let millis = self.0 as f64;
        millis / 1000.0
    }

    /// What is left after `other`, or none.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// So many times this.
    #[must_use]
    pub const fn times(self, n: u64) -> Self {
        Self(self.0.saturating_mul(n))
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Span {
    fn sum<I: Iterator<Item = Self>>(spans: I) -> Self {
        spans.fold(Self::ZERO, Add::add)
    }
}

impl From<waard_model::quantity::Duration> for Span {
    fn from(duration: waard_model::quantity::Duration) -> Self {
        Self(duration.as_millis())
    }
}

impl Quantity for Span {
    const UNIT: &'static str = "s";
    fn number(self) -> f64 {
        self.as_secs()
    }
}

/// Written as people say it: `430 ms`, `12.5 s`, `2 min 14 s`, `3 h 05 min`, `2 d 04 h`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.saturating_add(500) / 1000;
        match self.0 {
            0 => f.write_str("0 s"),
            millis @ 1..1000 => write!(f, "{millis} ms"),
            millis @ 1000..59_950 => {
                let tenths = (millis + 50) / 100;
                if tenths % 10 == 0 {
                    write!(f, "{} s", tenths / 10)
                } else {
                    write!(f, "{}.{} s", tenths / 10, tenths % 10)
                }
            }
            _ if seconds < 3600 => write!(f, "{} min {:02} s", seconds / 60, seconds % 60),
            _ if seconds < 86_400 => write!(f, "{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
            _ => write!(f, "{} d {:02} h", seconds / 86_400, seconds % 86_400 / 3600),
        }
    }
}

/// An amount of US dollars: a decimal, never a binary fraction. It can be none, and negative where something is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(Decimal);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// So many US dollars.
    pub const fn usd(amount: Decimal) -> Self {
        Self(amount)
    }

    /// The amount in US dollars.
    pub const fn amount(self) -> Decimal {
        self.0
    }

    /// So many times this; the largest amount that can be held if it would be more.
    #[must_use]
    pub fn times(self, factor: Decimal) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl From<waard_model::quantity::Usd> for Money {
    fn from(amount: waard_model::quantity::Usd) -> Self {
        Self(amount.amount())
    }
}

impl Quantity for Money {
    const UNIT: &'static str = "USD";
    fn number(self) -> f64 {
        use rust_decimal::prelude::ToPrimitive;
        self.0.to_f64().unwrap_or(f64::NAN)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} USD", self.0)
    }
}

/// A share of a whole, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Share(f64);

impl Share {
    /// Nothing.
    pub const NONE: Self = Self(0.0);
    /// Everything.
    pub const ALL: Self = Self(1.0);

    /// The share; below 0 is nothing, above 1 is everything, and what is no number is nothing.
    pub fn new(share: f64) -> Self {
        if share > 0.0 { Self(share.min(1.0)) } else { Self::NONE }
    }

    /// So many of so many; of none it is nothing.
    pub fn of(part: f64, whole: f64) -> Self {
        if whole > 0.0 { Self::new(part / whole) } else { Self::NONE }
    }

    /// The share, from 0 to 1.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// What the share leaves.
    #[must_use]
    pub fn rest(self) -> Self {
        Self::new(1.0 - self.0)
    }
}

impl From<waard_model::quantity::Percent> for Share {
    fn from(percent: waard_model::quantity::Percent) -> Self {
        Self::new(f64::from(percent.millionths()) / 1_000_000.0)
    }
}

impl Quantity for Share {
    const UNIT: &'static str = "share";
    fn number(self) -> f64 {
        self.0
    }
}

/// In percent: with one decimal place, and near 0 % and 100 % with as many as it takes to tell it from them.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let distance = self.0.min(1.0 - self.0);
        let places = if distance >= 0.01 || distance <= 0.0 {
            1
        } else if distance >= 0.000_1 {
            3
        } else {
            5
        };
        write!(f, "{:.places$} %", self.0 * 100.0)
    }
}

/// So many things: pods, nodes, deployments. Not always a whole number, since an expectation needn't be one.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Count(f64);

impl Count {
    /// So many; what is negative or no number is none.
    pub fn new(count: f64) -> Self {
        if count > 0.0 { Self(count) } else { Self(0.0) }
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl From<u32> for Count {
    fn from(count: u32) -> Self {
        Self(f64::from(count))
    }
}

impl Quantity for Count {
    const UNIT: &'static str = "count";
    fn number(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.fract() == 0.0 { write!(f, "{:.0}", self.0) } else { write!(f, "{:.1}", self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_people_say_them() {
        let cases = [
            (0, "0 s"),
            (430, "430 ms"),
            (12_500, "12.5 s"),
            (30_000, "30 s"),
            (59_949, "59.9 s"),
            (59_950, "1 min 00 s"),
            (134_000, "2 min 14 s"),
            (11_100_000, "3 h 05 min"),
            (187_200_000, "2 d 04 h"),
        ];
        for (millis, text) in cases {
            assert_eq!(Span::millis(millis).to_string(), text);
        }
    }

    #[test]
    fn spans_from_seconds_saturate() {
        assert_eq!(Span::from_secs(1.2346), Span::millis(1235));
        assert_eq!(Span::from_secs(-3.0), Span::ZERO);
        assert_eq!(Span::from_secs(f64::NAN), Span::ZERO);
        assert_eq!(Span::from_secs(f64::INFINITY).times(2), Span::millis(u64::MAX));
        assert_eq!(Span::secs(3).minus(Span::secs(5)), Span::ZERO);
    }

    #[test]
    fn shares_stay_within_bounds_and_are_told_from_all_and_nothing() {
        assert_eq!(Share::new(1.5), Share::ALL);
        assert_eq!(Share::new(f64::NAN), Share::NONE);
        assert_eq!(Share::of(3.0, 0.0), Share::NONE);
        assert_eq!(Share::new(0.5).to_string(), "50.0 %");
        assert_eq!(Share::new(0.9991).to_string(), "99.910 %");
        assert_eq!(Share::new(0.999_995).to_string(), "99.99950 %");
        assert_eq!(Share::ALL.to_string(), "100.0 %");
    }

    #[test]
    fn money_is_decimal() {
        let cent = Money::usd(Decimal::new(1, 2));
        let sum: Money = std::iter::repeat_n(cent, 10).sum();
        assert_eq!(sum, Money::usd(Decimal::new(10, 2)));
        assert_eq!((cent - sum).to_string(), "-0.09 USD");
        assert_eq!(Money::usd(Decimal::MAX) + cent, Money::usd(Decimal::MAX));
    }
}

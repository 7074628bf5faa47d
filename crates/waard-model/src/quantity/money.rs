//! Money, as decimals.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::scalar::{Invalid, scalar};

/// An amount of US dollars: a decimal, never a binary fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(Decimal);

impl Usd {
    /// The amount.
    pub const fn amount(self) -> Decimal {
        self.0
    }
}

impl FromStr for Usd {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: &str| Invalid::new::<Self>(text, reason);
        let number = text.strip_suffix(" USD").ok_or_else(|| fail("the ` USD` at its end is missing"))?;
        let millionths = super::decimal(number, 6).map_err(|reason| fail(&reason))?;
        if !(1..=1_000_000_000_000_000).contains(&millionths) {
            return Err(fail("the amount must be above 0 and at most 1,000,000,000"));
        }
        Ok(Self((Decimal::from(millionths) / Decimal::from(1_000_000)).normalize()))
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} USD", self.0)
    }
}

scalar!(
    Usd,
    "an amount of money",
    "a decimal number and ` USD`",
    r"^(?=.*[1-9])(0|[1-9][0-9]*)(\.[0-9]{1,6})? USD$",
    "3000 USD"
);

/// US dollars per month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsdPerMonth(Usd);

impl UsdPerMonth {
    /// The amount for a month.
    pub const fn amount(self) -> Usd {
        self.0
    }
}

impl FromStr for UsdPerMonth {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        let amount =
            text.strip_suffix("/month").ok_or_else(|| fail("the `/month` at its end is missing".to_owned()))?;
        amount.parse().map(Self).map_err(|error: Invalid| fail(error.reason().to_owned()))
    }
}

impl fmt::Display for UsdPerMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/month", self.0)
    }
}

scalar!(
    UsdPerMonth,
    "an amount of money per month",
    "a decimal number and ` USD/month`",
    r"^(?=.*[1-9])(0|[1-9][0-9]*)(\.[0-9]{1,6})? USD/month$",
    "5 USD/month"
);

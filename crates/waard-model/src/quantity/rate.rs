//! Amounts per time.

use std::fmt;
use std::str::FromStr;

use super::{Bytes, Duration, Percent, decimal};
use crate::scalar::{Invalid, scalar};

/// `1s` from `s`, `15s` from `15s`: the period after the slash of a rate.
fn period(text: &str) -> Result<Duration, String> {
    let spelled = match text {
        "second" => "1s",
        "minute" => "1m",
        "hour" => "1h",
        "day" => "1d",
        "ms" | "s" | "m" | "h" | "d" => {
            return format!("1{text}").parse().map_err(|error: Invalid| error.reason().to_owned());
        }
        other => other,
    };
    spelled.parse().map_err(|error: Invalid| error.reason().to_owned())
}

/// `s` for one second, `15s` for fifteen: the shortest way to write a period.
fn print_period(f: &mut fmt::Formatter<'_>, period: Duration) -> fmt::Result {
    let text = period.to_string();
    match text.strip_prefix('1').filter(|unit| unit.chars().all(char::is_alphabetic)) {
        Some(unit) => f.write_str(unit),
        None => f.write_str(&text),
    }
}

/// A count per period: requests per second, deployments per day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    count: u64,
    per: Duration,
}

impl Rate {
    /// How many.
    pub const fn count(self) -> u64 {
        self.count
    }

    /// In which time.
    pub const fn per(self) -> Duration {
        self.per
    }
}

impl FromStr for Rate {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        let (count, per) =
            text.split_once('/').ok_or_else(|| fail("the `/` between count and period is missing".to_owned()))?;
        let count = decimal(count, 0).map_err(fail)?;
        if !(1..=1_000_000_000).contains(&count) {
            return Err(fail("the count is not between 1 and 1,000,000,000".to_owned()));
        }
        Ok(Self { count, per: period(per).map_err(fail)? })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.count)?;
        print_period(f, self.per)
    }
}

scalar!(
    Rate,
    "a rate",
    "a count, `/` and a period",
    r"^[1-9][0-9]{0,9}/(second|minute|hour|day|[1-9][0-9]{0,8}(ms|s|m|h|d)|ms|s|m|h|d)$",
    "1000/s"
);

/// Bytes per second, on average.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Throughput(Bytes);

impl Throughput {
    /// Bytes per second.
    pub const fn bytes_per_second(self) -> u64 {
        self.0.get()
    }
}

impl FromStr for Throughput {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        let size = text.strip_suffix("/s").ok_or_else(|| fail("the `/s` at its end is missing".to_owned()))?;
        size.parse().map(Self).map_err(|error: Invalid| fail(error.reason().to_owned()))
    }
}

impl fmt::Display for Throughput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", self.0)
    }
}

scalar!(
    Throughput,
    "a throughput",
    "a size with a binary unit, and `/s`",
    r"^(?=.*[1-9])(0|[1-9][0-9]*)(\.[0-9]{1,3})?(Ki|Mi|Gi|Ti|Pi)/s$",
    "1Mi/s"
);

/// How much of something may change: a share of it, or a number of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeAmount {
    /// A share of what is there, in whole percent from 1 up; 100 doubles it.
    Percent(u16),
    /// A number of pods.
    Pods(u16),
}

/// How fast a horizontal autoscaler may change a workload: `100%/15s`, `4 pods/minute`.
///
/// The period is at most 30 minutes (`autoscaling/v2`, `HPAScalingPolicy.periodSeconds`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeRate {
    amount: ChangeAmount,
    per: Duration,
}

impl ChangeRate {
    /// How much.
    pub const fn amount(self) -> ChangeAmount {
        self.amount
    }

    /// In which time.
    pub const fn per(self) -> Duration {
        self.per
    }
}

impl FromStr for ChangeRate {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        let (amount, per) =
            text.split_once('/').ok_or_else(|| fail("the `/` between amount and period is missing".to_owned()))?;
        let number = |digits: &str| {
            decimal(digits, 0)
                .ok()
                .and_then(|n| u16::try_from(n).ok())
                .filter(|n| (1..=1000).contains(n))
                .ok_or_else(|| fail(format!("`{digits}` is not between 1 and 1000")))
        };
        let amount = if let Some(percent) = amount.strip_suffix('%') {
            ChangeAmount::Percent(number(percent)?)
        } else if let Some(pods) = amount.strip_suffix(" pods").or_else(|| amount.strip_suffix(" pod")) {
            ChangeAmount::Pods(number(pods)?)
        } else {
            return Err(fail("the amount must end in `%` or ` pods`".to_owned()));
        };
        let per = period(per).map_err(fail)?;
        if per > Duration::seconds(1800) || !per.is_whole_seconds() {
            return Err(fail("the period must be a whole number of seconds, at most 30 minutes".to_owned()));
        }
        Ok(Self { amount, per })
    }
}

impl fmt::Display for ChangeRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.amount {
            ChangeAmount::Percent(percent) => write!(f, "{percent}%/")?,
            ChangeAmount::Pods(pods) => write!(f, "{pods} pods/")?,
        }
        print_period(f, self.per)
    }
}

scalar!(
    ChangeRate,
    "a rate of change",
    "a whole percentage or a number of pods, `/` and a period of at most 30 minutes",
    r"^[1-9][0-9]{0,3}(%| pods?)/(second|minute|[1-9][0-9]{0,6}(ms|s|m)|s|m)$",
    "100%/15s"
);

impl Percent {
    /// The share in whole percent, rounded to the nearest; at least 1 for anything above 0.
    pub fn rounded(self) -> u32 {
        let whole = (self.millionths() + 5_000) / 10_000;
        if self > Self::ZERO { whole.max(1) } else { 0 }
    }
}

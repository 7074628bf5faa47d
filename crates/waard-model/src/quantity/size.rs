//! Processor time, bytes, and bounds of a count.

use std::fmt;
use std::str::FromStr;

use super::{decimal, print_decimal, split_unit};
use crate::scalar::{Invalid, scalar};

/// Processor time in thousandths of a core, from 1 to 1,024,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cpu(u32);

impl Cpu {
    const MOST: u32 = 1_024_000;
    /// A tenth of a core.
    pub const TENTH: Self = Self(100);

    /// `n` whole cores, at least 1.
    pub const fn cores(n: u16) -> Self {
        Self(if n == 0 { 1000 } else { n as u32 * 1000 })
    }

    /// Thousandths of a core, if 1 to 1,024,000.
    pub const fn from_millicores(millicores: u32) -> Option<Self> {
        if millicores >= 1 && millicores <= Self::MOST { Some(Self(millicores)) } else { None }
    }

    /// Thousandths of a core.
    pub const fn millicores(self) -> u32 {
        self.0
    }
}

impl FromStr for Cpu {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        let millicores = match text.strip_suffix('m') {
            Some(millicores) => decimal(millicores, 0).map_err(fail)?,
            None => match split_unit(text) {
                (number, "") => decimal(number, 3).map_err(fail)?,
                (_, unit) => return Err(fail(format!("`{unit}` is no unit of it"))),
            },
        };
        u32::try_from(millicores)
            .ok()
            .and_then(Self::from_millicores)
            .ok_or_else(|| fail("it is not between 1m and 1024 cores".to_owned()))
    }
}

impl fmt::Display for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(1000) { write!(f, "{}", self.0 / 1000) } else { write!(f, "{}m", self.0) }
    }
}

scalar!(
    Cpu,
    "an amount of processor time",
    "thousandths of a core with `m`, or cores",
    r"^([1-9][0-9]*m|(?=.*[1-9])(0|[1-9][0-9]*)(\.[0-9]{1,3})?)$",
    "500m",
    numbers = true
);

/// A size in bytes, written with a binary unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(u64);

const UNITS: [(&str, u64); 5] = [("Pi", 1 << 50), ("Ti", 1 << 40), ("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)];

impl Bytes {
    /// `n` MiB.
    pub const fn mebibytes(n: u32) -> Self {
        Self((n as u64) << 20)
    }

    /// `n` GiB.
    pub const fn gibibytes(n: u32) -> Self {
        Self((n as u64) << 30)
    }

    /// The number of bytes.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl FromStr for Bytes {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        let (number, unit) = split_unit(text);
        let Some((_, factor)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            let reason = match unit {
                "" => "the unit is missing".to_owned(),
                "K" | "M" | "G" | "T" | "KB" | "MB" | "GB" | "TB" | "k" => {
                    format!("`{unit}` counts in thousands; write the binary unit, such as `Mi` or `Gi`")
                }
                _ => format!("`{unit}` is no unit"),
            };
            return Err(fail(reason));
        };
        let thousandths = decimal(number, 3).map_err(fail)?;
        let bytes = u128::from(thousandths) * u128::from(*factor);
        if bytes == 0 {
            return Err(fail("it is zero".to_owned()));
        }
        if !bytes.is_multiple_of(1000) || !(bytes / 1000).is_multiple_of(1024) {
            return Err(fail("it is no whole number of KiB".to_owned()));
        }
        match u64::try_from(bytes / 1000) {
            Ok(bytes) if bytes <= 64 << 50 => Ok(Self(bytes)),
            _ => Err(fail("it is more than 64Pi".to_owned())),
        }
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, factor)| self.0.is_multiple_of(*factor)) {
            Some((unit, factor)) => write!(f, "{}{unit}", self.0 / factor),
            None => print_decimal(f, self.0, 0),
        }
    }
}

scalar!(
    Bytes,
    "a size",
    "a number with `Ki`, `Mi`, `Gi`, `Ti` or `Pi`",
    r"^(?=.*[1-9])(0|[1-9][0-9]*)(\.[0-9]{1,3})?(Ki|Mi|Gi|Ti|Pi)$",
    "4Gi"
);

/// Bounds of a count, `min..max`, both included, `min <= max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    min: u32,
    max: u32,
}

impl Bounds {
    /// The most that a count may be.
    pub const MOST: u32 = 10_000;
    /// Two to ten: what a gateway starts with.
    pub const GATEWAY: Self = Self { min: 2, max: 10 };

    /// The bounds, if `min <= max <= 10,000`.
    ///
    /// # Errors
    /// Says which of the two rules is broken.
    pub fn new(min: u32, max: u32) -> Result<Self, Invalid> {
        let fail = |reason: &str| Invalid::new::<Self>(&format!("{min}..{max}"), reason);
        if min > max {
            return Err(fail("the first number is larger than the second"));
        }
        if max > Self::MOST {
            return Err(fail("the second number is more than 10,000"));
        }
        Ok(Self { min, max })
    }

    /// The least.
    pub const fn min(self) -> u32 {
        self.min
    }

    /// The most.
    pub const fn max(self) -> u32 {
        self.max
    }

    /// True if `n` lies inside.
    pub const fn contains(self, n: u32) -> bool {
        self.min <= n && n <= self.max
    }
}

impl FromStr for Bounds {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        let number = |part: &str| {
            decimal(part, 0)
                .ok()
                .and_then(|n| u32::try_from(n).ok())
                .ok_or_else(|| fail(format!("`{part}` is no count")))
        };
        let (min, max) = match text.split_once("..") {
            Some((min, max)) => (number(min)?, number(max)?),
            None if number(text).is_ok() => {
                return Err(fail(format!(
                    "the least and the most are needed; for always {text} write `{text}..{text}`"
                )));
            }
            None => return Err(fail("there is no `..` between the least and the most".to_owned())),
        };
        Self::new(min, max)
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.min, self.max)
    }
}

scalar!(
    Bounds,
    "a pair of bounds",
    "the least and the most, joined with `..`",
    r"^(0|[1-9][0-9]{0,4})\.\.(0|[1-9][0-9]{0,4})$",
    "3..20"
);

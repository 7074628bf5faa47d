//! Numbers that a forecast needs and that neither a topology nor a price list has: how long things take, how often
//! they fail. Measurements where somebody measured, defaults of controllers, and otherwise assumptions that say so.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::fact::Source;
use crate::table::{Record, Row, RowError};

/// What a number is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssumedUnit {
    /// Seconds.
    Seconds,
    /// Things: pods, failures, hours.
    Count,
    /// A share of a whole, from 0 to 1.
    Share,
    /// Millions of bytes.
    Megabytes,
    /// Millions of bytes per second.
    MegabytesPerSecond,
    /// US dollars.
    Usd,
}

impl AssumedUnit {
    /// Its name in the table, and behind a number.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Count => "count",
            Self::Share => "share",
            Self::Megabytes => "MB",
            Self::MegabytesPerSecond => "MB/s",
            Self::Usd => "USD",
        }
    }
}

impl FromStr for AssumedUnit {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Seconds, Self::Count, Self::Share, Self::Megabytes, Self::MegabytesPerSecond, Self::Usd]
            .into_iter()
            .find(|unit| unit.as_str() == text)
            .ok_or(())
    }
}

/// How a number is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssumedShape {
    /// Always the same.
    Fixed(Decimal),
    /// Anything between the two alike.
    Uniform(Decimal, Decimal),
    /// From the first to the third, most likely near the second.
    Triangular(Decimal, Decimal, Decimal),
    /// Lognormal, by median and 95th percentile.
    LogNormal(Decimal, Decimal),
}

/// One number of a forecast.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assumed {
    /// What it is called, part by part: `node.launch`.
    pub name: String,
    /// What it is counted in.
    pub unit: AssumedUnit,
    /// The number.
    pub shape: AssumedShape,
    /// What exactly is counted, in words.
    pub note: String,
    /// Where it comes from.
    pub source: Source,
}

impl Record for Assumed {
    type Key = String;
    const COLUMNS: &'static [&'static str] =
        &["name", "unit", "shape", "least", "likely", "most", "note", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let (least, likely, most) =
            (row.optional::<Decimal>("least")?, row.optional::<Decimal>("likely")?, row.optional::<Decimal>("most")?);
        let shape = match (row.text("shape")?.as_str(), least, likely, most) {
            ("fixed", None, Some(value), None) => AssumedShape::Fixed(value),
            ("uniform", Some(least), None, Some(most)) => AssumedShape::Uniform(least, most),
            ("triangular", Some(least), Some(likely), Some(most)) => AssumedShape::Triangular(least, likely, most),
            // `likely` is the median and `most` the 95th percentile.
            ("lognormal", None, Some(p50), Some(p95)) => AssumedShape::LogNormal(p50, p95),
            _ => return Err(row.wrong("shape", "doesn't go with the numbers that are given")),
        };
        let numbers: Vec<Decimal> = [least, likely, most].into_iter().flatten().collect();
        if !numbers.is_sorted() || numbers.iter().any(Decimal::is_sign_negative) {
            return Err(row.wrong("shape", "has numbers that don't rise, or are below zero"));
        }
        Ok(Self {
            name: row.text("name")?,
            unit: row.parse("unit")?,
            shape,
            note: row.text("note")?,
            source: row.source()?,
        })
    }

    fn key(&self) -> String {
        self.name.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ASSUMPTIONS, catalog};
    use crate::table::{assert_sound, read};

    #[test]
    fn every_row_is_sound() {
        let rows = assert_sound::<Assumed>(ASSUMPTIONS);
        assert_eq!(catalog().assumptions().len(), rows.len());
        assert_eq!(catalog().assumed("hpa.sync-period").unwrap().shape, AssumedShape::Fixed(Decimal::from(15)));
    }

    #[test]
    fn numbers_go_with_their_shape_and_rise() {
        let header = Assumed::COLUMNS.join(",");
        for (numbers, good) in [
            ("fixed,,3,", true),
            ("fixed,1,3,", false),
            ("uniform,1,,3", true),
            ("uniform,3,,1", false),
            ("triangular,1,2,3", true),
            ("triangular,1,4,3", false),
            ("lognormal,,2,3", true),
            ("lognormal,,2,", false),
            ("fixed,,-1,", false),
            ("beta,1,2,3", false),
        ] {
            let text = format!("{header}\na.b,s,{numbers},note,source,2026-01-01,verified\n");
            assert_eq!(read::<Assumed>(&text).1.is_empty(), good, "{numbers}");
        }
    }
}

//! What AWS asks for: list prices, discounts for commitments, and what spot capacity saves.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::fact::Source;
use crate::table::{Record, Row, RowError};

/// Where a price comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PriceBasis {
    /// It stands in a price list.
    Listed,
    /// It follows from another size of the same family, which AWS prices in proportion.
    Derived,
    /// It is guessed from another family or region: never a list price.
    Estimated,
}

impl FromStr for PriceBasis {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "listed" => Ok(Self::Listed),
            "derived" => Ok(Self::Derived),
            "estimated" => Ok(Self::Estimated),
            _ => Err(()),
        }
    }
}

/// A price without discounts, in US dollars.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Price {
    /// What it is asked by: `ec2`, `rds-postgresql`, `nat`.
    pub service: String,
    /// Of the service, what: an instance type, a node type, `gateway`.
    pub item: String,
    /// The region, `global`, a geography of the CDN, or `*` for every region.
    pub region: String,
    /// US dollars for one unit.
    pub usd: Decimal,
    /// For what it is asked: `hour`, `month`, `GB`, `GB-month`, `million`, …
    pub unit: String,
    /// Where it comes from.
    pub basis: PriceBasis,
    /// Where it was read.
    pub source: Source,
}

impl Record for Price {
    type Key = (String, String, String);
    const COLUMNS: &'static [&'static str] =
        &["service", "item", "region", "usd", "unit", "basis", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let usd: Decimal = row.parse("usd")?;
        if usd.is_sign_negative() {
            return Err(row.wrong("usd", "is below zero"));
        }
        Ok(Self {
            service: row.text("service")?,
            item: row.text("item")?,
            region: row.text("region")?,
            usd,
            unit: row.text("unit")?,
            basis: row.parse("basis")?,
            source: row.source()?,
        })
    }

    fn key(&self) -> Self::Key {
        (self.service.clone(), self.item.clone(), self.region.clone())
    }
}

/// What is saved by promising to pay for a year or three.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Commitment {
    /// Which offer: `ec2-reserved`, `rds-reserved`, `elasticache-reserved`, `compute-savings-plan`.
    pub offer: String,
    /// The family that it is for, or `*`.
    pub family: String,
    /// The region that it is for, or `*`.
    pub region: String,
    /// `1-year` or `3-years`.
    pub term: String,
    /// `no-upfront`, `partial-upfront` or `all-upfront`.
    pub payment: String,
    /// Percent off the list price.
    pub discount: Decimal,
    /// Where it was read.
    pub source: Source,
}

impl Record for Commitment {
    type Key = (String, String, String, String, String);
    const COLUMNS: &'static [&'static str] =
        &["offer", "family", "region", "term", "payment", "discount", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self {
            offer: row.text("offer")?,
            family: row.text("family")?,
            region: row.text("region")?,
            term: row.text("term")?,
            payment: row.text("payment")?,
            discount: percent(row, "discount")?,
            source: row.source()?,
        })
    }

    fn key(&self) -> Self::Key {
        (self.offer.clone(), self.family.clone(), self.region.clone(), self.term.clone(), self.payment.clone())
    }
}

/// What spot capacity of a family saves, and how often it is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spot {
    /// The family: `c7i`.
    pub family: String,
    /// The region.
    pub region: String,
    /// Percent off the list price: of the size that saves least.
    pub least: Decimal,
    /// Of the size in the middle.
    pub median: Decimal,
    /// Of the size that saves most.
    pub most: Decimal,
    /// Percent of capacity that was taken back within a month: of the size where that was least.
    pub reclaimed_least: Decimal,
    /// Of the size where that was most.
    pub reclaimed_most: Decimal,
    /// Where it was read.
    pub source: Source,
}

impl Record for Spot {
    type Key = (String, String);
    const COLUMNS: &'static [&'static str] = &[
        "family",
        "region",
        "least",
        "median",
        "most",
        "reclaimed_least",
        "reclaimed_most",
        "source",
        "as_of",
        "confidence",
    ];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let (least, median, most) = (percent(row, "least")?, percent(row, "median")?, percent(row, "most")?);
        if least > median || median > most {
            return Err(row.wrong("median", "is not between least and most"));
        }
        Ok(Self {
            family: row.text("family")?,
            region: row.text("region")?,
            least,
            median,
            most,
            reclaimed_least: percent(row, "reclaimed_least")?,
            reclaimed_most: percent(row, "reclaimed_most")?,
            source: row.source()?,
        })
    }

    fn key(&self) -> Self::Key {
        (self.family.clone(), self.region.clone())
    }
}

/// What AWS promises of a service in a month, or pays back some of its price.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Promise {
    /// The service, with how it is run: `rds-multi-az`.
    pub service: String,
    /// Percent of a month.
    pub promised: Decimal,
    /// What it is promised of.
    pub what: String,
    /// Where it was read.
    pub source: Source,
}

impl Record for Promise {
    type Key = String;
    const COLUMNS: &'static [&'static str] = &["service", "promised", "what", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self {
            service: row.text("service")?,
            promised: percent(row, "promised")?,
            what: row.text("what")?,
            source: row.source()?,
        })
    }

    fn key(&self) -> String {
        self.service.clone()
    }
}

/// A number from 0 to 100.
fn percent(row: &Row<'_>, column: &str) -> Result<Decimal, RowError> {
    let value: Decimal = row.parse(column)?;
    if value.is_sign_negative() || value > Decimal::ONE_HUNDRED {
        return Err(row.wrong(column, "is no percentage"));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{COMMITMENTS, PRICES, SLAS, SPOT, catalog};
    use crate::table::assert_sound;

    #[test]
    fn every_row_is_sound() {
        assert_sound::<Price>(PRICES);
        assert_sound::<Commitment>(COMMITMENTS);
        assert_sound::<Spot>(SPOT);
        assert_sound::<Promise>(SLAS);
    }

    #[test]
    fn an_estimate_is_never_taken_for_a_price_that_somebody_lists() {
        for price in catalog().prices() {
            let is_guess = price.basis == PriceBasis::Estimated;
            assert!(!is_guess || !price.source.confidence.is_usable(), "{price:?}");
        }
    }

    #[test]
    fn a_price_is_found_in_its_region_or_for_every_region() {
        let usd = |service, item, region| catalog().price(service, item, region).map(|price| price.usd.to_string());
        assert_eq!(usd("ec2", "c5.2xlarge", "us-east-1").as_deref(), Some("0.34"));
        assert_eq!(usd("eks", "control-plane", "sa-east-1").as_deref(), Some("0.1"));
        assert_eq!(usd("nat", "gateway", "sa-east-1"), None);
    }

    #[test]
    fn discounts_are_looked_up_from_the_narrowest_to_the_widest() {
        let percent = |offer, family, region, term, payment| {
            catalog().commitment(offer, family, region, term, payment).map(|found| found.discount.to_string())
        };
        assert_eq!(percent("ec2-reserved", "c5", "us-east-1", "1-year", "all-upfront").as_deref(), Some("41.2"));
        assert_eq!(percent("compute-savings-plan", "c5", "us-east-1", "1-year", "no-upfront").as_deref(), Some("27"));
        assert_eq!(percent("rds-reserved", "r6g", "us-east-1", "1-year", "no-upfront"), None);
    }
}

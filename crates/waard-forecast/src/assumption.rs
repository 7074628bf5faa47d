//! Assumptions: the numbers that a forecast takes from neither the topology nor a price list.
//!
//! Their table is `facts/assumptions.csv` of `waard-catalog`, with the steps of failovers from `facts/recovery.csv`.
//! Each can be [set](Assumptions::set) to something else by its name, because whoever runs a platform has measured it.

pub mod key;
mod read;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use waard_catalog::{Assumed, AssumedShape, AssumedUnit, Confidence, RecoveryStep, Source, catalog};

use crate::quantity::{Share, Span};
use crate::random::Distribution;

pub use key::Key;

/// Where the number of an assumption comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The catalog.
    Catalog(Source),
    /// Whoever asked for the forecast.
    Given,
}

/// A number that was assumed.
#[derive(Debug, Clone, PartialEq)]
pub struct Assumption {
    /// Its name: `node.launch`.
    pub name: String,
    /// The number, exactly as it was written.
    pub shape: AssumedShape,
    /// What it is counted in.
    pub unit: AssumedUnit,
    /// What is counted, in words.
    pub note: String,
    /// Where it comes from.
    pub origin: Origin,
}

impl Assumption {
    fn of(assumed: &Assumed) -> Self {
        Self {
            name: assumed.name.clone(),
            shape: assumed.shape,
            unit: assumed.unit,
            note: assumed.note.clone(),
            origin: Origin::Catalog(assumed.source.clone()),
        }
    }

    fn of_step(step: &RecoveryStep) -> Self {
        Self {
            name: format!("recovery.{}", step.step),
            shape: AssumedShape::Uniform(step.least_seconds.into(), step.most_seconds.into()),
            unit: AssumedUnit::Seconds,
            note: step.note.clone(),
            origin: Origin::Catalog(step.source.clone()),
        }
    }

    /// The number as a distribution, in [`Assumption::unit`].
    pub fn distribution(&self) -> Distribution {
        // A decimal of a table is far within what a double holds.
        let number = |decimal: Decimal| decimal.to_f64().unwrap_or_default();
        match self.shape {
            AssumedShape::Fixed(value) => Distribution::Fixed(number(value)),
            AssumedShape::Uniform(least, most) => Distribution::Uniform(number(least), number(most)),
            AssumedShape::Triangular(least, likely, most) => {
                Distribution::Triangular(number(least), number(likely), number(most))
            }
            AssumedShape::LogNormal(p50, p95) => Distribution::LogNormal { p50: number(p50), p95: number(p95) },
        }
    }

    /// How sure it is; `None` if it was given.
    pub fn confidence(&self) -> Option<Confidence> {
        match &self.origin {
            Origin::Catalog(source) => Some(source.confidence),
            Origin::Given => None,
        }
    }
}

/// `node.launch = 60..110 s`.
impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = ", self.name)?;
        match self.shape {
            AssumedShape::Fixed(value) => write!(f, "{value}"),
            AssumedShape::Uniform(least, most) => write!(f, "{least}..{most}"),
            AssumedShape::Triangular(least, likely, most) => write!(f, "{least}..{likely}..{most}"),
            AssumedShape::LogNormal(p50, p95) => write!(f, "{p50}~{p95}"),
        }?;
        write!(f, " {}", self.unit.as_str())
    }
}

/// Why an assumption can't be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssumptionError {
    /// There is none of that name.
    #[error("there is no assumption `{name}`{}", nearest.as_ref().map(|near| format!("; is `{near}` meant?")).unwrap_or_default())]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The known name that is most like it.
        nearest: Option<String>,
    },
    /// The value can't be read.
    #[error("`{value}` is no value of `{name}`, which is in {unit}: {problem}")]
    Value {
        /// The assumption.
        name: String,
        /// What was written.
        value: String,
        /// The unit that it has.
        unit: &'static str,
        /// What is wrong.
        problem: String,
    },
}

/// All assumptions of a forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Assumptions(BTreeMap<String, Assumption>);

impl Default for Assumptions {
    fn default() -> Self {
        Self::of_catalog()
    }
}

impl Assumptions {
    /// Those of the catalog: the table of assumptions, and the steps of a failover as `recovery.<step>`.
    pub fn of_catalog() -> Self {
        let rows = catalog().assumptions().iter().map(Assumption::of);
        let steps = catalog().recovery_steps().iter().map(Assumption::of_step);
        Self(rows.chain(steps).map(|assumption| (assumption.name.clone(), assumption)).collect())
    }

    /// Sets one to what was measured, or to what is to be tried: `75`, `75s`, `60..110` (anything between), `60..75..110`
    /// (most likely 75), or `60~110` (lognormal: median and 95th percentile).
    /// Seconds may also be written `500ms`, `2m`, `1h`, a share as `5%`.
    ///
    /// # Errors
    ///
    /// When there is no such assumption, or the value can't be read or doesn't rise.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), AssumptionError> {
        let Some(assumption) = self.0.get_mut(name) else {
            let nearest =
                self.0.keys().max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
            let nearest = nearest.filter(|near| strsim::jaro_winkler(near, name) > 0.8).cloned();
            return Err(AssumptionError::Unknown { name: name.to_owned(), nearest });
        };
        let shape = read::shape(value, assumption.unit).map_err(|problem| AssumptionError::Value {
            name: name.to_owned(),
            value: value.to_owned(),
            unit: assumption.unit.as_str(),
            problem,
        })?;
        assumption.shape = shape;
        assumption.origin = Origin::Given;
        Ok(())
    }

    /// One of them.
    pub fn get(&self, name: &str) -> Option<&Assumption> {
        self.0.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Assumption> {
        self.0.values()
    }

    /// Reads assumptions and remembers which.
    pub fn reader(&self) -> Reader<'_> {
        Reader { of: self, used: RefCell::default() }
    }
}

/// Which assumptions a number used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Used(BTreeSet<&'static str>);

impl Used {
    /// Their names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }

    /// Those whose names an estimate has.
    pub(crate) fn add(&mut self, names: &BTreeSet<String>) {
        self.0
            .extend(names.iter().filter_map(|name| key::ALL.iter().map(|key| key.name()).find(|known| known == name)));
    }

    /// Those of another number too.
    pub fn and(&mut self, other: &Self) {
        self.0.extend(other.names());
    }
}

/// Assumptions, as one number reads them.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    of: &'a Assumptions,
    used: RefCell<Used>,
}

impl Reader<'_> {
    /// The distribution of an assumption, in its unit.
    pub fn distribution(&self, key: Key) -> Distribution {
        self.used.borrow_mut().0.insert(key.name());
        // A test reads every key, so there is one.
        self.of.get(key.name()).map_or(Distribution::Fixed(0.0), Assumption::distribution)
    }

    /// The number of an assumption exactly as it was written, for what is reckoned in decimals.
    pub fn shape(&self, key: Key) -> AssumedShape {
        self.used.borrow_mut().0.insert(key.name());
        // A test reads every key, so there is one.
        self.of.get(key.name()).map_or(AssumedShape::Fixed(Decimal::ZERO), |assumption| assumption.shape)
    }

    /// The middle of an assumption in seconds.
    pub fn span(&self, key: Key) -> Span {
        Span::from_secs(self.distribution(key).median())
    }

    /// The middle of an assumption.
    pub fn number(&self, key: Key) -> f64 {
        self.distribution(key).median()
    }

    /// The middle of an assumption that is a share.
    pub fn share(&self, key: Key) -> Share {
        Share::new(self.number(key))
    }

    /// What was read so far.
    pub fn used(&self) -> Used {
        self.used.borrow().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_remembered() {
        let assumptions = Assumptions::of_catalog();
        let reader = assumptions.reader();
        assert_eq!(reader.span(key::HPA_SYNC_PERIOD), Span::secs(15));
        assert!(matches!(reader.distribution(key::IMAGE_PULL_RATE), Distribution::Triangular(..)));
        assert_eq!(reader.used().names().collect::<Vec<_>>(), ["hpa.sync-period", "image.pull-rate"]);
    }

    #[test]
    fn what_is_set_counts_and_says_so() {
        let mut assumptions = Assumptions::of_catalog();
        assumptions.set("image.pull-rate", "60~110").unwrap();
        let set = assumptions.get("image.pull-rate").unwrap();
        assert_eq!((set.to_string().as_str(), set.confidence()), ("image.pull-rate = 60~110 MB/s", None));
        assert_eq!(assumptions.get("hpa.sync-period").unwrap().confidence(), Some(Confidence::Verified));
    }

    #[test]
    fn a_name_that_is_not_there_is_told_with_the_nearest() {
        let error = Assumptions::of_catalog().set("hpa.sync-perod", "3").unwrap_err();
        assert_eq!(error.to_string(), "there is no assumption `hpa.sync-perod`; is `hpa.sync-period` meant?");
    }

    #[test]
    fn a_value_that_cant_be_read_is_told_with_its_unit() {
        let error = Assumptions::of_catalog().set("hpa.sync-period", "110..60").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`110..60` is no value of `hpa.sync-period`, which is in s: its numbers must rise"
        );
    }
}

//! Writes the lines of a bill: prices are looked up in one place, and what has none becomes a gap.

use std::cell::RefCell;
use std::collections::BTreeSet;

use rust_decimal::Decimal;
use waard_catalog::{Date, Price, catalog};
use waard_model::Topology;
use waard_model::path::ModelPath;
use waard_model::topology::{Environment, Region};

use super::{Bill, Gap, Line, Part, Place, Range, hours};
use crate::assumption::{Assumptions, Key, Reader, key};

/// Where lines are written to, for one region or for what stands in front of all of them.
pub(super) struct Meter<'a> {
    bill: &'a mut Bill,
    pub(super) topology: &'a Topology,
    pub(super) environment: &'a Environment,
    place: Place,
    region: String,
    assumptions: &'a Assumptions,
    pub(super) as_of: Date,
    told: BTreeSet<String>,
}

/// One line while it is written: what it reads and looks up.
pub(super) struct Entry<'a> {
    /// The day for which support is judged.
    pub(super) as_of: Date,
    reader: Reader<'a>,
    region: &'a str,
    prices: RefCell<Vec<&'static Price>>,
    missing: RefCell<Vec<String>>,
    doubts: RefCell<Vec<String>>,
}

impl Entry<'_> {
    /// A price in the region. What has none is remembered, and counts as nothing until the line is thrown away for it.
    pub(super) fn price(&self, service: &str, item: &str) -> Range {
        self.price_in(service, item, self.region)
    }

    /// A price somewhere else.
    pub(super) fn price_in(&self, service: &str, item: &str, region: &str) -> Range {
        let Some(price) = catalog().price(service, item, region) else {
            self.missing.borrow_mut().push(format!("`{service} {item}` in `{region}`"));
            return Range::ZERO;
        };
        self.prices.borrow_mut().push(price);
        Range::fixed(price.usd)
    }

    /// An assumption, in its unit.
    pub(super) fn assume(&self, key: Key) -> Range {
        Range::assumed(self.reader.shape(key))
    }

    /// An assumption in megabytes, in gigabytes, as which traffic is paid.
    pub(super) fn gigabytes(&self, key: Key) -> Range {
        self.assume(key) * Decimal::new(1, 3)
    }

    /// Hours of a month.
    pub(super) fn month(&self) -> Range {
        self.assume(key::MONTH_HOURS)
    }

    /// Says that something isn't known without which there is no line.
    pub(super) fn lacks(&self, what: impl Into<String>) {
        self.missing.borrow_mut().push(what.into());
    }

    /// Says that a discount isn't known: the line stays, at the list price.
    pub(super) fn without_discount(&self, what: impl Into<String>) {
        self.doubts.borrow_mut().push(what.into());
    }
}

impl<'a> Meter<'a> {
    pub(super) fn new(
        bill: &'a mut Bill,
        topology: &'a Topology,
        environment: &'a Environment,
        region: Option<&Region>,
        assumptions: &'a Assumptions,
        as_of: Date,
    ) -> Self {
        let place =
            Place { environment: environment.name().clone(), region: region.map(|region| region.name().clone()) };
        let region = region.map_or_else(|| "global".to_owned(), |region| region.name().to_string());
        Self { bill, topology, environment, place, region, assumptions, as_of, told: BTreeSet::new() }
    }

    /// The share of the month in which nodes and databases run.
    pub(super) fn running(&self) -> Decimal {
        hours::share(self.environment)
    }

    /// Adds a line, whose monthly cost `reckon` says, or the gaps that it has instead.
    pub(super) fn line(
        &mut self,
        part: Part,
        path: &ModelPath,
        what: impl Into<String>,
        reckon: impl FnOnce(&Entry<'_>) -> Range,
    ) {
        self.add(part, path, what.into(), false, reckon);
    }

    /// The same for what grows with use.
    pub(super) fn use_line(
        &mut self,
        part: Part,
        path: &ModelPath,
        what: impl Into<String>,
        reckon: impl FnOnce(&Entry<'_>) -> Range,
    ) {
        self.add(part, path, what.into(), true, reckon);
    }

    fn add(
        &mut self,
        part: Part,
        path: &ModelPath,
        what: String,
        per_use: bool,
        reckon: impl FnOnce(&Entry<'_>) -> Range,
    ) {
        let entry = Entry {
            as_of: self.as_of,
            reader: self.assumptions.reader(),
            region: &self.region,
            prices: RefCell::default(),
            missing: RefCell::default(),
            doubts: RefCell::default(),
        };
        let monthly = reckon(&entry);
        let (missing, doubts) = (entry.missing.take(), entry.doubts.take());
        let is_whole = missing.is_empty();
        let (used, mut prices) = (entry.reader.used(), entry.prices.take());
        for lacking in missing {
            self.gap(part, path, format!("{what}: no price for {lacking}"), false);
        }
        for doubt in doubts {
            self.gap(part, path, format!("{what}: no discount known for {doubt}"), true);
        }
        if is_whole && !monthly.is_zero() {
            prices.dedup();
            let place = self.place.clone();
            self.bill.lines.push(Line { place, part, what, path: path.clone(), monthly, used, prices, per_use });
        }
    }

    fn gap(&mut self, part: Part, path: &ModelPath, what: String, at_list_price: bool) {
        if self.told.insert(what.clone()) {
            self.bill.gaps.push(Gap { place: self.place.clone(), part, what, path: path.clone(), at_list_price });
        }
    }
}

//! What a platform costs in a month: every billable thing that its topology calls for, at the least scale, at the
//! expected one, and at the most.
//!
//! Prices are list prices of the catalog, and what commitments and spot capacity save is taken off where the topology
//! asks for them. Taxes, support plans, credits and agreements of one's own are left out.
//! What the catalog has no price for is a [`Gap`], and a [`Bill`] that leaves something out is partial.

mod compute;
mod edge;
mod hours;
mod meter;
mod network;
mod range;
mod savings;
mod stores;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use waard_catalog::{Date, Price, PriceBasis};
use waard_model::Topology;
use waard_model::name::{EnvironmentName, RegionName};
use waard_model::path::ModelPath;

use crate::assumption::{Assumptions, Used};
use crate::estimate::Estimate;
use crate::quantity::Money;

use self::meter::Meter;

pub use range::Range;
/// An amount at one scale, in US dollars: a decimal.
pub use rust_decimal::Decimal as Amount;
pub use savings::{Rule, Saving, savings};

/// What a line of a bill is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Part {
    /// Nodes, with their disks.
    Compute,
    /// The control planes of clusters.
    ControlPlane,
    /// Databases, with their storage and the copies of their backups.
    Databases,
    /// Caches.
    Caches,
    /// Disks of Kafka, and its traffic between zones and regions.
    Kafka,
    /// Objects in buckets.
    Buckets,
    /// NAT gateways, load balancers, endpoints.
    Network,
    /// CDN, firewall, DNS, Shield.
    Edge,
    /// Logs, keys and secrets.
    Upkeep,
}

impl Part {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Compute,
        Self::ControlPlane,
        Self::Databases,
        Self::Caches,
        Self::Kafka,
        Self::Buckets,
        Self::Network,
        Self::Edge,
        Self::Upkeep,
    ];

    /// Its name in a report.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::ControlPlane => "control planes",
            Self::Databases => "databases",
            Self::Caches => "caches",
            Self::Kafka => "kafka",
            Self::Buckets => "buckets",
            Self::Network => "network",
            Self::Edge => "edge",
            Self::Upkeep => "upkeep",
        }
    }
}

/// Where a line of a bill comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The environment.
    pub environment: EnvironmentName,
    /// The region; `None` for what stands in front of all of them.
    pub region: Option<RegionName>,
}

/// One thing that is paid for.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Where.
    pub place: Place,
    /// What for.
    pub part: Part,
    /// What it is: "node group `api`, on demand".
    pub what: String,
    /// The part of the topology that calls for it.
    pub path: ModelPath,
    /// US dollars a month, at the three scales.
    pub monthly: Range,
    /// The assumptions that it rests on.
    pub used: Used,
    /// The prices that it was reckoned with.
    pub prices: Vec<&'static Price>,
    /// True if it grows with the number of users and not with the size of the platform.
    pub per_use: bool,
}

/// Something that costs money, and nobody here knows how much, or how much less than the list price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Where.
    pub place: Place,
    /// What for.
    pub part: Part,
    /// What has no price: "`rds-postgresql db.r8g.large` in `sa-east-1`".
    pub what: String,
    /// The part of the topology that calls for it.
    pub path: ModelPath,
    /// True if it is in the bill at the list price, because only a discount isn't known; false if it is left out.
    pub at_list_price: bool,
}

/// What a month costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bill {
    /// What is paid for, by place and part.
    pub lines: Vec<Line>,
    /// What isn't known.
    pub gaps: Vec<Gap>,
}

impl Bill {
    /// Whether something is left out because it has no price.
    pub fn is_partial(&self) -> bool {
        self.gaps.iter().any(|gap| !gap.at_list_price)
    }

    /// The lines that a test picks, added up.
    pub fn sum(&self, picks: impl Fn(&Line) -> bool) -> Range {
        self.lines.iter().filter(|line| picks(line)).map(|line| line.monthly).sum()
    }

    /// Everything of an environment; of all environments if it is `None`.
    pub fn total(&self, environment: Option<&EnvironmentName>) -> Estimate<Money> {
        let picks = |line: &&Line| environment.is_none_or(|name| line.place.environment == *name);
        let mut used = Used::default();
        let mut by_part: BTreeMap<Part, Range> = BTreeMap::new();
        for line in self.lines.iter().filter(picks) {
            used.and(&line.used);
            let part = by_part.entry(line.part).or_default();
            *part = *part + line.monthly;
        }
        let total: Range = by_part.values().copied().sum();
        let estimate = total.money().using(&used);
        match by_part.iter().max_by_key(|(_, range)| range.expected()) {
            Some((part, range)) => {
                use rust_decimal::prelude::ToPrimitive;
                let number = |decimal: Decimal| decimal.to_f64().unwrap_or_default();
                let share = crate::quantity::Share::of(number(range.expected()), number(total.expected()));
                estimate.dominated_by(part.as_str(), share)
            }
            None => estimate,
        }
    }

    /// The least sure of all prices that were used.
    pub fn weakest_basis(&self) -> Option<PriceBasis> {
        self.lines.iter().flat_map(|line| &line.prices).map(|price| price.basis).max()
    }
}

/// What a user of an environment costs in a month, and how many users it takes until that is no more than `target`.
#[derive(Clone, Debug, PartialEq)]
pub struct PerUser {
    /// US dollars for a user and month, at the three scales of the platform.
    pub cost: Estimate<Money>,
    /// So many users it takes at the expected scale; `None` if what each of them costs by itself is more than that.
    pub break_even: Option<Decimal>,
}

/// The cost of each of so many users; `None` without users.
pub fn per_user(bill: &Bill, environment: &EnvironmentName, users: u32, target: Option<Money>) -> Option<PerUser> {
    let users = (users > 0).then(|| Decimal::from(users))?;
    let of = |per_use: bool| bill.sum(|line| line.place.environment == *environment && line.per_use == per_use);
    let (fixed, variable) = (of(false), of(true));
    let each = |range: Range| Range::new(range.least() / users, range.expected() / users, range.most() / users);
    let mut used = Used::default();
    for line in bill.lines.iter().filter(|line| line.place.environment == *environment) {
        used.and(&line.used);
    }
    let break_even = target.and_then(|target| {
        let left = target.amount() - variable.expected() / users;
        (left > Decimal::ZERO).then(|| (fixed.expected() / left).ceil())
    });
    Some(PerUser { cost: each(fixed + variable).money().using(&used), break_even })
}

/// What a topology costs in a month.
///
/// `as_of` is the day for which support periods are judged: a control plane or an engine past its standard support costs
/// more.
pub fn bill(topology: &Topology, assumptions: &Assumptions, as_of: Date) -> Bill {
    let mut bill = Bill::default();
    for environment in topology.environments().values() {
        for region in environment.regions().values() {
            let mut meter = Meter::new(&mut bill, topology, environment, Some(region), assumptions, as_of);
            compute::region(&mut meter, region);
            stores::region(&mut meter, region);
            network::region(&mut meter, region);
        }
        let mut meter = Meter::new(&mut bill, topology, environment, None, assumptions, as_of);
        edge::environment(&mut meter);
    }
    bill
}

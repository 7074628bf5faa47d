//! Spot shares, commitments, budgets.

use std::collections::BTreeMap;

use crate::quantity::{Percent, UsdPerMonth};
use crate::source::shape::{choice, shape};
use crate::spec::WorkKind;

choice! {
    /// What a commitment covers.
    pub enum CommitmentKind as "a kind of commitment" {
        /// Database instances.
        Database = "database",
        /// Cache nodes.
        Cache = "cache",
        /// On-demand compute of serving node groups, by a Compute Savings Plan.
        Compute = "compute",
    }
}

choice! {
    /// How long a commitment runs.
    pub enum CommitmentTerm as "a term" {
        /// One year.
        OneYear = "1-year",
        /// Three years.
        ThreeYears = "3-years",
    }
}

choice! {
    /// When a commitment is paid.
    pub enum Payment as "a payment" {
        /// By the month.
        NoUpfront = "no-upfront",
        /// Half of it at once.
        PartialUpfront = "partial-upfront",
        /// All at once.
        AllUpfront = "all-upfront",
    }
}

shape! {
    /// How money is saved and watched.
    pub struct CostSpec as "a cost policy" defaulted {
        /// Spot share of nodes above the on-demand base, per kind of work. Stateful and system nodes are always on demand.
        default spot: BTreeMap<WorkKind, Percent> = BTreeMap::new(),
        /// Commitments.
        default commitments: BTreeMap<CommitmentKind, CommitmentSpec> = BTreeMap::new(),
        /// What an environment of production size may cost. Alerts fire at half, at 80 %, and when it is forecast to be passed.
        optional budget: UsdPerMonth,
    }
}

shape! {
    /// A commitment.
    pub struct CommitmentSpec as "a commitment" {
        /// The share of what runs at the least size that it covers.
        required share: Percent,
        /// How long it runs.
        default term: CommitmentTerm = CommitmentTerm::OneYear,
        /// When it is paid.
        default payment: Payment = Payment::NoUpfront,
    }
}

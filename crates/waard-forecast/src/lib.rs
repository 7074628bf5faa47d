//! Forecasts: what a platform will do, before anything of it exists.
//!
//! Everything here is a pure function of a topology, the catalog, a demand and [assumptions](Assumptions).
//! There is no clock and no source of randomness but a seed that the caller gives: the same input has the same answer
//! on every platform.
//!
//! Every number is an [`Estimate`]: a quantity with its unit, how sure it is, which assumptions it rests on, and what
//! makes up most of it.

pub mod assumption;
pub mod availability;
pub mod cost;
pub mod deployment;
pub mod estimate;
pub mod hpa;
pub mod placement;
pub mod quantity;
pub mod random;
pub mod recovery;
pub mod scaling;
pub mod start;
pub mod targets;

pub use assumption::{Assumption, AssumptionError, Assumptions, Used};
pub use estimate::{Dominant, Estimate, Spread};
pub use quantity::{Count, Money, Quantity, Share, Span};
pub use random::{Dice, Distribution};
pub use targets::{Forecast, Options, forecast};

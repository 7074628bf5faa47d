//! Placement: which node takes which pod, and how many nodes that needs.
//!
//! [`Cluster::verdicts`] is what kube-scheduler's filters say: pure functions over types of our own, each with the file
//! of Kubernetes that it follows. [`Packing`] puts one pod after the other on nodes of groups that grow, and [`forecast()`]
//! says how many nodes run at each demand and after each loss, which pods land in which group, and which have no node
//! and why.

pub mod amount;
pub mod cluster;
mod company;
pub mod demand;
mod filter;
pub mod forecast;
pub mod group;
pub mod node;
pub mod packing;
pub mod pod;
pub mod refusal;
pub mod region;
mod request;
pub mod selector;
mod spread;
pub mod stage;
pub mod taint;
pub mod volume;

pub use amount::{Amounts, Resource};
pub use cluster::{Cluster, Place, Rules, Standing};
pub use demand::{Kind, Level};
pub use forecast::{Forecast, Loss, Site, after_loss, forecast};
pub use group::{Group, ZoneBy};
pub use node::Node;
pub use packing::{Packing, Why};
pub use pod::{Container, InitContainer, Pod, PodTerm, Port, Protocol, Spread, Wants};
pub use refusal::{Lack, Refusal};
pub use selector::{Labels, NodeTerm, Operator, Requirement, Selector};
pub use stage::{Homeless, Room, Stage};
pub use taint::{Compare, Effect, Taint, Toleration};
pub use volume::{Bound, Claim, StorageClass, Volume};

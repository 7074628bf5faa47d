//! Dated facts that generation, judging and forecasting need, and typed look-ups into them.
//!
//! Every fact stands in a table under `facts/`, one row each, with where it was read (`source`), when (`as_of`) and
//! how sure that is (`confidence`).
//! The tables are part of the binary: nothing here reads a file, a clock or a network.
//!
//! ```
//! use waard_catalog::{Compatibility, catalog};
//!
//! let node = catalog().instance("c6i.2xlarge").unwrap();
//! assert_eq!(node.allocatable(node.max_pods_managed()).cpu_millis, 7910);
//!
//! let minor = "1.36".parse().unwrap();
//! let karpenter = catalog().component("karpenter").unwrap();
//! assert!(matches!(karpenter.for_cluster(minor), Compatibility::Supported(release) if release.version == "1.14.1"));
//! ```
//!
//! An answer is never more certain than its row: what nobody published is [`Compatibility::Unknown`],
//! [`Offer::Unknown`] or `None`, not a guess.

mod addon;
mod allocatable;
mod assumed;
mod catalog;
mod component;
mod controller;
pub mod custom;
mod daemonset;
mod eks;
mod engine;
mod fact;
pub mod fit;
mod gate;
mod image;
mod installed;
mod instance;
mod left;
mod minor;
mod price;
mod provider;
mod recovery;
mod region;
mod removed;
mod table;

pub use addon::{AddonVersion, addon_settings, addon_version};
pub use allocatable::{Allocatable, Overhead, RESERVE_SOURCE, reserved_cpu_millis, reserved_memory_mib};
pub use assumed::{Assumed, AssumedShape, AssumedUnit};
pub use catalog::{Catalog, catalog};
pub use component::{Claim, Compatibility, Component, Gap, Release};
pub use controller::{Container, PodKind};
pub use daemonset::DaemonSet;
pub use eks::{EksVersion, SupportPhase};
pub use engine::{CacheEngine, CacheVersion, KafkaVersion, PostgresMajor};
pub use fact::{Confidence, Fact, Source};
pub use gate::Gate;
pub use image::Image;
pub use installed::{By, Installed, Nodes, Pods, installed};
pub use instance::{Arch, Hypervisor, Instance, Offer};
pub use jiff::civil::Date;
pub use left::left_on_each;
pub use minor::{Minor, MinorError};
pub use price::{Commitment, Price, PriceBasis, Promise, Spot};
pub use provider::Provider;
pub use recovery::RecoveryStep;
pub use region::{Geography, Region, Zone};
pub use removed::RemovedApi;
pub use table::RowError;

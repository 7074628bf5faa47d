//! Terraform for everything beneath the clusters of a topology, and the types to write more of it with.
//!
//! [`emit`] turns a [`Topology`] into root modules; it can't fail, because a topology that exists is valid, and the same
//! topology always gives the same bytes.
//!
//! Layout: `terraform/<environment>/bootstrap` (where states are kept, and the public zone), one root for each region, with
//! a file for each concern, `terraform/<environment>/global` (what stands in front of all regions), and
//! `terraform/<environment>/order.json`, which says in which order they are applied.
//!
//! The other half of the crate is for any program that writes Terraform: [`Root`] is a root module, [`resource`] has typed
//! resources and data sources, [`Value`] and [`Ref`] what stands in their arguments. `examples/own_root.rs` shows it.

mod bootstrap;
mod bucket;
mod certificate;
mod firewall;
mod global;
mod kind;
mod order;
mod policy;
mod region;
pub mod resource;
mod root;
mod schema;
mod settings;
mod site;
mod value;
mod write;

use waard_model::Topology;
use waard_model::artifact::Artifact;
use waard_model::topology::{Environment, Region};

pub use kind::*;
pub use root::{Address, Handle, Meta, Output, Root, named};
pub use schema::{Argument, Data, Ephemeral, Nested, Puts, Resource, Typed};
pub use settings::{PROVIDER, PROVIDER_RELEASE, Settings, State, TERRAFORM};
use site::Site;
pub use value::{Json, List, Map, Part, Ref, Value, base64, join, name_tag};

/// Every file of every root, in the order of their paths.
pub fn emit(topology: &Topology) -> Vec<Artifact> {
    let mut artifacts: Vec<Artifact> =
        topology.regions().flat_map(|(environment, region)| emit_region(topology, environment, region)).collect();
    artifacts.extend(emit_shared(topology));
    artifacts.sort_by(|a, b| a.path().cmp(b.path()));
    artifacts
}

/// The files of the root of one region, in no particular order.
pub fn emit_region(topology: &Topology, environment: &Environment, region: &Region) -> Vec<Artifact> {
    region::artifacts(Site { topology, environment, region })
}

/// The files of the roots that belong to no single region.
pub fn emit_shared(topology: &Topology) -> Vec<Artifact> {
    let each = |environment| {
        let mut artifacts = bootstrap::artifacts(topology, environment);
        artifacts.extend(global::artifacts(topology, environment));
        artifacts.push(order::artifact(topology, environment));
        artifacts
    };
    topology.environments().values().flat_map(each).collect()
}

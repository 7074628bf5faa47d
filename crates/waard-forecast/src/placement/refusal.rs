//! Why a node doesn't take a pod.

use std::fmt;

use super::amount::Resource;
use super::pod::{Port, Protocol};
use super::taint::Taint;

/// Why a node doesn't take a pod: the first filter that says no, with its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The node is cordoned.
    Unschedulable,
    /// A taint keeps the pod away.
    Taint(Taint),
    /// The node selector asks for a label that the node doesn't have so.
    NodeSelector {
        /// The label.
        key: String,
        /// The value that is asked for.
        wanted: String,
        /// The value that the node has.
        has: Option<String>,
    },
    /// No term of the node affinity matches.
    NodeAffinity,
    /// A port of the node is taken.
    PortTaken {
        /// The port.
        port: u16,
        /// Its protocol.
        protocol: Protocol,
    },
    /// The node has no room.
    NoRoom(Vec<Lack>),
    /// The claim doesn't exist.
    NoClaim(String),
    /// The claim has no volume, and gets one only when something else than a pod asks for it.
    Unbound {
        /// The claim.
        claim: String,
        /// Its storage class.
        class: String,
    },
    /// Another pod uses a claim that only one may use.
    ClaimTaken(String),
    /// The node takes no more volumes.
    AttachLimit {
        /// The driver of the volumes.
        driver: String,
        /// How many it takes.
        limit: u64,
        /// How many it has.
        attached: u64,
        /// How many the pod would add.
        more: u64,
    },
    /// The volume of a claim can't be attached to this node.
    VolumeElsewhere(String),
    /// The storage class makes no volumes where the node is.
    NotMadeHere {
        /// The claim.
        claim: String,
        /// Its storage class.
        class: String,
    },
    /// The volume of a claim is in another zone or region.
    VolumeZone {
        /// The claim.
        claim: String,
        /// Where it is.
        zones: String,
    },
    /// The node is in no domain of a spread constraint.
    NoDomain(String),
    /// The domain would have too many pods.
    Skew {
        /// The label of the domain.
        key: String,
        /// Its value.
        value: String,
        /// Pods that the domain would have.
        would_have: u32,
        /// The fewest that a domain has.
        fewest: u32,
        /// How many more than these are allowed.
        max_skew: u32,
    },
    /// No pod stands there that the pod must stand beside.
    NotNear(String),
    /// A pod stands there that the pod must not stand beside.
    NotApart(String),
    /// A pod stands there that must not stand beside the pod.
    KeptAway(String),
}

/// Something that a node has too little of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// Room for one more pod.
    Pods {
        /// How many it takes; it has as many.
        most: u32,
    },
    /// A resource.
    Resource {
        /// Which.
        resource: Resource,
        /// What the pod requests.
        requested: u64,
        /// What other pods request.
        used: u64,
        /// What there is altogether.
        allocatable: u64,
    },
}

impl Refusal {
    pub(super) fn port(number: u16, port: &Port) -> Self {
        Self::PortTaken { port: number, protocol: port.protocol }
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pods { most: 1 } => f.write_str("it has 1 pod, as many as it takes"),
            Self::Pods { most } => write!(f, "it has {most} pods, as many as it takes"),
            Self::Resource { resource, requested, used, allocatable } => {
                let free = allocatable.saturating_sub(*used);
                write!(
                    f,
                    "{} {resource} requested, {} of {} free",
                    resource.write(*requested),
                    resource.write(free),
                    resource.write(*allocatable)
                )
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unschedulable => f.write_str("the node is cordoned"),
            Self::Taint(taint) => write!(f, "taint {taint} is not tolerated"),
            Self::NodeSelector { key, wanted, has: Some(has) } => {
                write!(f, "node selector {key}={wanted}, the node has {has}")
            }
            Self::NodeSelector { key, wanted, has: None } => {
                write!(f, "node selector {key}={wanted}, the node has no such label")
            }
            Self::NodeAffinity => f.write_str("no term of the node affinity matches"),
            Self::PortTaken { port, protocol } => write!(f, "port {port}/{} of the node is taken", protocol.as_str()),
            Self::NoRoom(lacks) => {
                let lacks: Vec<String> = lacks.iter().map(ToString::to_string).collect();
                f.write_str(&lacks.join("; "))
            }
            Self::NoClaim(claim) => write!(f, "there is no claim {claim}"),
            Self::Unbound { claim, class } => {
                write!(f, "claim {claim} has no volume yet, and class {class} doesn't wait for a pod")
            }
            Self::ClaimTaken(claim) => write!(f, "another pod uses claim {claim}, which is for one pod"),
            Self::AttachLimit { driver, limit, attached, more } => {
                write!(f, "{attached} of {limit} volumes of {driver} are attached, {more} more needed")
            }
            Self::VolumeElsewhere(claim) => write!(f, "the volume of claim {claim} can't be attached here"),
            Self::NotMadeHere { claim, class } => {
                write!(f, "class {class} makes no volume for claim {claim} here")
            }
            Self::VolumeZone { claim, zones } => write!(f, "the volume of claim {claim} is in {zones}"),
            Self::NoDomain(key) => write!(f, "the node has no label {key} to spread over"),
            Self::Skew { key, value, would_have, fewest, max_skew } => write!(
                f,
                "{key}={value} would have {would_have} pods, {} more than the fewest ({fewest}) where {max_skew} may be",
                would_have.saturating_sub(*fewest)
            ),
            Self::NotNear(key) => write!(f, "no pod that it must stand beside is in the same {key}"),
            Self::NotApart(place) => write!(f, "a pod that it must not stand beside is in {place}"),
            Self::KeptAway(place) => write!(f, "a pod in {place} doesn't want it beside itself"),
        }
    }
}

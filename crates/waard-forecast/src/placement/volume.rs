//! Volumes with a claim: which nodes they can be attached to.
//!
//! Sources: kubernetes/kubernetes `pkg/scheduler/framework/plugins/`: `volumerestrictions/volume_restrictions.go`,
//! `nodevolumelimits/csi.go`, `volumebinding/volume_binding.go` and `binder.go`, `volumezone/volume_zone.go`;
//! Kubernetes documentation, "Storage Classes", volume binding mode and allowed topologies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cluster::{Cluster, Standing};
use super::group::ZONE;
use super::node::Node;
use super::pod::Pod;
use super::refusal::Refusal;
use super::selector::{Labels, NodeTerm, Requirement, any_matches};

/// A volume of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// The claim, or, of an ephemeral volume, the volume's name in the pod.
    pub claim: String,
    /// What is known of it.
    pub state: Claim,
    /// True if only one pod at a time may use it: `ReadWriteOncePod`.
    pub one_pod: bool,
}

/// What is known of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// There is no such claim.
    Missing,
    /// It has a volume.
    Bound(Bound),
    /// A volume will be made for it.
    Unbound(StorageClass),
    /// A volume will be made for each pod, and goes with it.
    Ephemeral(StorageClass),
}

/// A volume that exists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    /// The CSI driver.
    pub driver: String,
    /// The volume, as the driver calls it.
    pub handle: String,
    /// The nodes that it can be attached to: one of these terms. `None` for all of them.
    pub nodes: Option<Vec<NodeTerm>>,
    /// Its labels, of which those of zone and region count.
    pub labels: Labels,
}

/// How volumes are made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageClass {
    /// Its name.
    pub name: String,
    /// The CSI driver.
    pub driver: String,
    /// True for `WaitForFirstConsumer`: the volume is made where the pod goes, and not before.
    pub waits: bool,
    /// Where volumes can be made: one of these, of which each has a label with one of its values. Empty for everywhere.
    pub allowed: Vec<BTreeMap<String, Vec<String>>>,
}

/// The labels of volumes that tie them to nodes, and what nodes call the same today.
const ZONE_LABELS: [(&str, &str); 4] = [
    ("failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"),
    ("failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"),
    ("topology.kubernetes.io/zone", "topology.kubernetes.io/zone"),
    ("topology.kubernetes.io/region", "topology.kubernetes.io/region"),
];

/// What no node can help: claims that aren't there, or wait for something else than a node; one that is taken.
pub(super) fn refused_everywhere(pod: &Pod, cluster: &Cluster) -> Option<Refusal> {
    for volume in &pod.volumes {
        let claim = || volume.claim.clone();
        match &volume.state {
            Claim::Missing => return Some(Refusal::NoClaim(claim())),
            Claim::Unbound(class) | Claim::Ephemeral(class) if !class.waits => {
                return Some(Refusal::Unbound { claim: claim(), class: class.name.clone() });
            }
            _ => {}
        }
        let taken = |standing: &Standing| {
            standing.pod.namespace == pod.namespace
                && standing.pod.volumes.iter().any(|other| other.claim == volume.claim && !other.is_ephemeral())
        };
        if volume.one_pod && !volume.is_ephemeral() && cluster.standings().any(|(_, standing)| taken(standing)) {
            return Some(Refusal::ClaimTaken(claim()));
        }
    }
    None
}

impl Volume {
    const fn is_ephemeral(&self) -> bool {
        matches!(self.state, Claim::Ephemeral(_))
    }

    /// The driver, and what is the same for every pod that uses the volume. An ephemeral one has no such thing.
    fn attached(&self, pod: &Pod) -> Option<(&str, Option<String>)> {
        match &self.state {
            Claim::Missing => None,
            Claim::Bound(bound) => Some((&bound.driver, Some(bound.handle.clone()))),
            Claim::Unbound(class) => Some((&class.driver, Some(format!("{}/{}", pod.namespace, self.claim)))),
            Claim::Ephemeral(class) => Some((&class.driver, None)),
        }
    }
}

/// Volumes by driver: those that pods share once, and how many are of single pods.
#[derive(Default)]
struct Attached<'p>(BTreeMap<&'p str, (BTreeSet<String>, u64)>);

impl<'p> Attached<'p> {
    fn add(&mut self, pod: &'p Pod, pods: u32) {
        for (driver, shared) in pod.volumes.iter().filter_map(|volume| volume.attached(pod)) {
            let (named, single) = self.0.entry(driver).or_default();
            match shared {
                Some(name) => {
                    named.insert(name);
                }
                None => *single += u64::from(pods),
            }
        }
    }
}

/// A node takes only so many volumes of a driver. One that several of its pods use counts once.
fn over_limit(pod: &Pod, node: &Node, standings: &[Standing]) -> Option<Refusal> {
    if pod.volumes.is_empty() || node.attach_limits.is_empty() {
        return None;
    }
    let (mut there, mut new) = (Attached::default(), Attached::default());
    for standing in standings {
        there.add(&standing.pod, standing.count);
    }
    new.add(pod, 1);
    new.0.iter().find_map(|(driver, (named, single))| {
        let limit = u64::from(*node.attach_limits.get(*driver)?);
        let nothing = (BTreeSet::new(), 0);
        let (there, singles) = there.0.get(driver).unwrap_or(&nothing);
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let attached = count(there.len()) + singles;
        let more = count(named.difference(there).count()) + single;
        let over = more > 0 && attached + more > limit;
        over.then(|| Refusal::AttachLimit { driver: (*driver).to_owned(), limit, attached, more })
    })
}

/// Why the volumes of a pod can't be attached to a node; `None` if they can.
pub(super) fn refusal(pod: &Pod, node: &Node, standings: &[Standing]) -> Option<Refusal> {
    over_limit(pod, node, standings)
        .or_else(|| pod.volumes.iter().find_map(|volume| out_of_reach(volume, node)))
        .or_else(|| pod.volumes.iter().find_map(|volume| elsewhere(volume, node)))
}

/// A volume has a node affinity, or can't be made where the node is.
fn out_of_reach(volume: &Volume, node: &Node) -> Option<Refusal> {
    match &volume.state {
        Claim::Bound(bound) => {
            let terms = bound.nodes.as_ref()?;
            (!any_matches(terms, &node.name, &node.labels)).then(|| Refusal::VolumeElsewhere(volume.claim.clone()))
        }
        Claim::Unbound(class) | Claim::Ephemeral(class) => {
            let has = |(key, values): (&String, &Vec<String>)| {
                node.labels.get(key).is_some_and(|value| values.contains(value))
            };
            let allowed =
                class.allowed.is_empty() || class.allowed.iter().any(|term| !term.is_empty() && term.iter().all(has));
            (!allowed).then(|| Refusal::NotMadeHere { claim: volume.claim.clone(), class: class.name.clone() })
        }
        Claim::Missing => None,
    }
}

/// A volume is labelled with a zone or region that isn't the node's. A node that has no such label takes all of them.
fn elsewhere(volume: &Volume, node: &Node) -> Option<Refusal> {
    let Claim::Bound(bound) = &volume.state else {
        return None;
    };
    if !ZONE_LABELS.iter().any(|(key, _)| node.labels.contains_key(*key)) {
        return None;
    }
    ZONE_LABELS.iter().find_map(|(key, today)| {
        let zones = bound.labels.get(*key)?;
        let has = node.labels.get(*key).or_else(|| node.labels.get(*today));
        // Source: kubernetes/cloud-provider `volume/helpers/zones.go`, `LabelZonesToSet`: values stand between `__`.
        let fits = has.is_some_and(|has| zones.split("__").any(|zone| zone == has));
        (!fits).then(|| Refusal::VolumeZone { claim: volume.claim.clone(), zones: zones.replace("__", " or ") })
    })
}

/// A pod whose own volumes were made in a zone, and stay there.
pub(super) fn made_in(pod: &Arc<Pod>, zone: &str) -> Arc<Pod> {
    if !pod.volumes.iter().any(|volume| matches!(volume.state, Claim::Unbound(_))) {
        return Arc::clone(pod);
    }
    let mut pod = Pod::clone(pod);
    for volume in &mut pod.volumes {
        if let Claim::Unbound(class) = &volume.state {
            let here = NodeTerm { labels: vec![Requirement::among(ZONE, [zone.to_owned()])], fields: Vec::new() };
            volume.state = Claim::Bound(Bound {
                driver: class.driver.clone(),
                handle: volume.claim.clone(),
                nodes: Some(vec![here]),
                ..Bound::default()
            });
        }
    }
    Arc::new(pod)
}

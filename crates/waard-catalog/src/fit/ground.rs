//! What the nodes of a cluster have left for pods, beside what runs on every one of them.

use waard_model::Topology;
use waard_model::spec::Architecture;
use waard_model::topology::{Environment, NodeGroup, Placement, Region};

use crate::{Allocatable, Arch, Installed, Instance, installed, left_on_each};

/// A cluster with its node groups and what is installed in it.
pub(super) struct Ground<'t> {
    pub(super) region: &'t Region,
    pub(super) installed: Vec<Installed>,
    rooms: Vec<Room<'t>>,
}

/// A node group, and what each of its nodes has room for.
pub(super) struct Room<'t> {
    pub(super) group: &'t NodeGroup,
    /// The least of its types.
    pub(super) instance: &'static Instance,
    /// What the kubelet leaves, without what runs on every node.
    pub(super) each: Allocatable,
    /// Most nodes, in all zones together.
    pub(super) nodes: u32,
}

/// What one pod needs of a node.
#[derive(Clone, Copy)]
pub(super) struct Need<'n> {
    pub(super) cpu_millis: u64,
    pub(super) memory: u64,
    pub(super) gpus: u16,
    pub(super) architectures: &'n [Architecture],
}

impl<'t> Ground<'t> {
    /// The cluster of a region.
    pub(super) fn of(topology: &Topology, environment: &Environment, region: &'t Region) -> Self {
        let installed = installed(topology, environment, region);
        let zones = region.zones().len();
        let room = |group: &'t NodeGroup| {
            let (instance, each) = left_on_each(group, &installed)?;
            let nodes = group.scaling().max().saturating_mul(group.copies(zones));
            Some(Room { group, instance, each, nodes })
        };
        let rooms = region.cluster().node_groups().values().filter_map(room).collect();
        Self { region, installed, rooms }
    }

    /// The groups that a placement names, without those whose types are unknown and so reported elsewhere.
    pub(super) fn rooms(&self, placement: &Placement<'_>) -> Vec<&Room<'t>> {
        let named = |room: &&Room<'t>| placement.groups().iter().any(|group| group.name() == room.group.name());
        self.rooms.iter().filter(named).collect()
    }

    /// Every group.
    pub(super) fn all(&self) -> Vec<&Room<'t>> {
        self.rooms.iter().collect()
    }

    /// Where pods that are nobody's own go: on groups that take every pod.
    pub(super) fn open(&self) -> Placement<'t> {
        // No workload or Kafka cluster has an empty name.
        self.region.placement("")
    }
}

impl Room<'_> {
    /// Why a node of the group can't take a pod; `None` if it can.
    pub(super) fn refusal(&self, need: &Need<'_>) -> Option<String> {
        let (room, instance, name) = (self.each, self.instance, self.group.name());
        let architecture = architecture(instance.arch);
        if self.nodes == 0 {
            return Some(format!("`{name}` can have no node"));
        }
        if !need.architectures.is_empty() && !need.architectures.contains(&architecture) {
            return Some(format!("`{name}` is {architecture}"));
        }
        if need.gpus > room.gpus {
            return Some(format!("`{name}` ({}) has {} GPUs", instance.name, room.gpus));
        }
        if need.cpu_millis > u64::from(room.cpu_millis) {
            return Some(format!("`{name}` ({}) leaves {}m of CPU", instance.name, room.cpu_millis));
        }
        if need.memory > self.memory() {
            return Some(format!("`{name}` ({}) leaves {}Mi of memory", instance.name, room.memory_mib_low));
        }
        None
    }

    /// Memory of each node in bytes, as little as it may be.
    pub(super) fn memory(&self) -> u64 {
        u64::from(self.each.memory_mib_low) << 20
    }
}

/// The architecture in the topology's words.
pub(super) const fn architecture(arch: Arch) -> Architecture {
    match arch {
        Arch::Amd64 => Architecture::Amd64,
        Arch::Arm64 => Architecture::Arm64,
    }
}

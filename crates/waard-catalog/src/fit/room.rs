//! Room for all pods at once: of the platform, its data and what is installed, with the node groups at their largest.
//!
//! Nodes are filled by first fit, the largest pods first, in more than one order of size: a cluster that fits here has
//! room, and one that just doesn't is too tight for a scheduler that sees one pod after the other.

use std::collections::{BTreeMap, BTreeSet};

use waard_model::Topology;
use waard_model::spec::{Architecture, WorkloadKind};
use waard_model::topology::{Placement, StoreKind, Violation};

use super::ground::{Ground, Need, Room};
use crate::installed::Nodes;

/// How much of everything runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    Least,
    Most,
}

/// Pods that are alike.
struct Load<'n> {
    /// Whose they are, as it is called in the topology or in the cluster.
    of: &'n str,
    need: Need<'n>,
    /// The groups that take them, by index.
    groups: Vec<usize>,
    least: u32,
    most: u32,
    /// True if no node takes two of them.
    apart: bool,
}

/// What is left of a node.
#[derive(Clone, Copy)]
struct Left {
    cpu_millis: u64,
    memory: u64,
    pods: u32,
    gpus: u16,
}

impl Left {
    fn take(&mut self, need: &Need<'_>) -> bool {
        let fits =
            self.pods > 0 && self.cpu_millis >= need.cpu_millis && self.memory >= need.memory && self.gpus >= need.gpus;
        if fits {
            self.cpu_millis -= need.cpu_millis;
            self.memory -= need.memory;
            self.pods -= 1;
            self.gpus -= need.gpus;
        }
        fits
    }
}

/// Both architectures: what every image of a controller is built for, as the table's test has it.
const ANY: &[Architecture] = &[];

/// All pods of a cluster that stand on no node by themselves.
fn loads<'n>(topology: &'n Topology, ground: &'n Ground<'_>, rooms: &[&Room<'_>]) -> Vec<Load<'n>> {
    let region = ground.region;
    let mut found = Vec::new();
    let mut add = |of: &'n str, placement: &Placement<'_>, need: Need<'n>, (least, most): (u32, u32), apart: bool| {
        let takes = |room: &Room<'_>| {
            placement.groups().iter().any(|group| group.name() == room.group.name()) && room.refusal(&need).is_none()
        };
        let groups: Vec<usize> =
            rooms.iter().enumerate().filter(|(_, room)| takes(room)).map(|(index, _)| index).collect();
        // A pod that no node takes is reported by itself.
        if !groups.is_empty() && most > 0 {
            found.push(Load { of, need, groups, least, most, apart });
        }
    };
    for workload in region.workloads().values() {
        let requests = workload.pod_requests(topology.spec().mesh.as_ref());
        let need = Need {
            cpu_millis: requests.cpu_millis,
            memory: requests.memory,
            gpus: requests.gpus,
            architectures: &workload.spec().architectures,
        };
        let name = workload.name().as_str();
        let placement = region.placement(name);
        match workload.kind() {
            WorkloadKind::Service => {
                let headroom = u32::from(workload.spec().headroom.unwrap_or(0));
                let migration = u32::from(workload.migration().is_some() && region.writes_data_of(workload));
                let least = if region.is_dark() { 0 } else { workload.scale().min() + headroom };
                add(name, &placement, need, (least, workload.scale().max() + headroom + migration), false);
            }
            WorkloadKind::Scheduled | WorkloadKind::Job if region.is_standby() => {}
            WorkloadKind::Scheduled | WorkloadKind::Job => {
                add(name, &placement, need, (0, workload.job().parallel.into()), false);
            }
        }
    }
    for pods in ground.installed.iter().flat_map(|controller| &controller.pods) {
        let placement = match &pods.nodes {
            Nodes::Open => ground.open(),
            Nodes::Store(store) => region.placement(store.as_str()),
            Nodes::Every | Nodes::Gpus => continue,
        };
        let memory = u64::from(pods.memory_mib) << 20;
        let need = Need { cpu_millis: pods.cpu_millis.into(), memory, gpus: 0, architectures: ANY };
        add(pods.workload, &placement, need, (pods.min, pods.max), false);
    }
    for store in region.stores().values() {
        let StoreKind::Kafka(kafka) = store.kind() else {
            continue;
        };
        let placement = region.placement(store.name().as_str());
        // Where there can be a node for each, no two of a role share one.
        let nodes: u32 = ground.rooms(&placement).iter().map(|room| room.nodes).sum();
        for (cpu, memory, replicas) in [
            (kafka.brokers.cpu, kafka.brokers.memory, kafka.brokers.replicas),
            (kafka.controllers.cpu, kafka.controllers.memory, kafka.controllers.replicas),
        ] {
            let need = Need { cpu_millis: cpu.millicores().into(), memory: memory.get(), gpus: 0, architectures: ANY };
            let count = u32::from(replicas);
            add(store.name().as_str(), &placement, need, (count, count), nodes >= count);
        }
    }
    found
}

/// The pods that find no room: how many of which load.
fn homeless<'l>(rooms: &[&Room<'_>], loads: &'l [Load<'_>], scale: Scale) -> Vec<(&'l Load<'l>, u32)> {
    let mut nodes: Vec<Vec<Left>> = rooms.iter().map(|_| Vec::new()).collect();
    let mut found = Vec::new();
    for load in loads {
        let count = match scale {
            Scale::Least => load.least,
            Scale::Most => load.most,
        };
        // What a pod of the load found too full stays so for the ones that are like it.
        let mut from = vec![0; load.groups.len()];
        let mut placed = 0;
        while placed < count && place(rooms, &mut nodes, load, &mut from) {
            placed += 1;
        }
        if placed < count {
            found.push((load, count - placed));
        }
    }
    found
}

/// Finds a node for one pod: among those in use, or else a new one.
fn place(rooms: &[&Room<'_>], nodes: &mut [Vec<Left>], load: &Load<'_>, from: &mut [usize]) -> bool {
    for (group, from) in load.groups.iter().zip(from.iter_mut()) {
        let used = nodes.get_mut(*group).map(Vec::as_mut_slice).unwrap_or_default();
        while let Some(left) = used.get_mut(*from) {
            let taken = left.take(&load.need);
            if !taken || load.apart {
                *from += 1;
            }
            if taken {
                return true;
            }
        }
    }
    for (group, from) in load.groups.iter().zip(from.iter_mut()) {
        let (Some(room), Some(used)) = (rooms.get(*group), nodes.get_mut(*group)) else {
            continue;
        };
        if used.len() < usize::try_from(room.nodes).unwrap_or(usize::MAX) {
            let mut left = Left {
                cpu_millis: room.each.cpu_millis.into(),
                memory: room.memory(),
                pods: room.each.pods,
                gpus: room.each.gpus,
            };
            let taken = left.take(&load.need);
            used.push(left);
            if load.apart {
                *from = used.len();
            }
            if taken {
                return true;
            }
        }
    }
    false
}

/// By which size pods are sorted, the largest first.
#[derive(Clone, Copy)]
enum Order {
    Either,
    Cpu,
    Memory,
}

/// Sorts by the share that a pod takes of the largest node among those that take it: of CPU, of memory, or the larger of both.
fn sort(rooms: &[&Room<'_>], loads: &mut [Load<'_>], order: Order) {
    let size = |load: &Load<'_>| {
        let mine = || load.groups.iter().filter_map(|index| rooms.get(*index));
        let cpu = mine().map(|room| u64::from(room.each.cpu_millis)).max().unwrap_or(1).max(1);
        let memory = (mine().map(|room| room.memory()).max().unwrap_or(1) >> 20).max(1);
        let (cpu, memory) = (load.need.cpu_millis * 10_000 / cpu, (load.need.memory >> 20) * 10_000 / memory);
        match order {
            Order::Either => cpu.max(memory),
            Order::Cpu => cpu,
            Order::Memory => memory,
        }
    };
    loads.sort_by_cached_key(|load| (std::cmp::Reverse(size(load)), load.of));
}

/// The pods that find no room in any of the orders: one that leaves none shows that there is room.
fn left_over<'l>(rooms: &[&Room<'_>], loads: &'l mut [Load<'_>], scale: Scale) -> Vec<(&'l Load<'l>, u32)> {
    for order in [Order::Either, Order::Cpu, Order::Memory] {
        sort(rooms, loads, order);
        if homeless(rooms, loads, scale).is_empty() {
            return Vec::new();
        }
    }
    sort(rooms, loads, Order::Either);
    homeless(rooms, loads, scale)
}

/// All pods have room: those of everything at its least and at its most.
pub(super) fn all(topology: &Topology, grounds: &[Ground<'_>], found: &mut Vec<Violation>) {
    let mut told = BTreeSet::new();
    for ground in grounds {
        let rooms = ground.all();
        let mut loads = loads(topology, ground, &rooms);
        for (scale, words) in [(Scale::Least, "even at its least"), (Scale::Most, "when everything is at its most")] {
            let without = left_over(&rooms, &mut loads, scale);
            let mut by_groups: BTreeMap<&[usize], Vec<(&Load<'_>, u32)>> = BTreeMap::new();
            for (load, count) in &without {
                by_groups.entry(load.groups.as_slice()).or_default().push((load, *count));
            }
            for (groups, left_over) in by_groups {
                let violation = too_small(ground, &rooms, groups, &left_over, words);
                // Clusters of one profile have the same groups: one of them is enough to tell.
                if told.insert(violation.path().clone()) {
                    found.push(violation);
                }
            }
            if !without.is_empty() {
                break;
            }
        }
    }
}

fn too_small(
    ground: &Ground<'_>,
    rooms: &[&Room<'_>],
    groups: &[usize],
    left_over: &[(&Load<'_>, u32)],
    words: &str,
) -> Violation {
    let named: Vec<&Room<'_>> = groups.iter().filter_map(|index| rooms.get(*index).copied()).collect();
    let each = |room: &&Room<'_>| {
        let nodes = if room.nodes == 1 { "1 node".to_owned() } else { format!("{} nodes", room.nodes) };
        format!("`{}` with {nodes} of {}", room.group.name(), room.instance.name)
    };
    let have: Vec<String> = named.iter().map(each).collect();
    let lack: BTreeMap<&str, u32> = left_over.iter().fold(BTreeMap::new(), |mut lack, (load, count)| {
        *lack.entry(load.of).or_default() += count;
        lack
    });
    let lack: Vec<String> = lack.iter().map(|(of, count)| format!("{count} of `{of}`")).collect();
    let cluster = ground.region.cluster();
    let mut path = cluster.path().key("node_groups");
    if let [only] = named.as_slice() {
        path = path.key(only.group.name().as_str()).key("size");
    }
    let message = format!(
        "not every pod has room {words}, on {} at most: none is left for {}",
        have.join(" and "),
        lack.join(", ")
    );
    Violation::new(
        path,
        message,
        "more or larger nodes, or fewer or smaller pods; what the cluster itself runs counts too",
    )
    .with(ground.region.path(), "has such a cluster")
}

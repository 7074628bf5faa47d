//! A node for every pod.

use waard_model::Topology;
use waard_model::path::ModelPath;
use waard_model::spec::{Architecture, WorkloadKind};
use waard_model::topology::{NodeGroup, Region, StoreKind, Violation};

use crate::{Allocatable, Arch, Instance, catalog};

/// What one pod needs of a node.
struct Need<'n> {
    cpu_millis: u64,
    memory: u64,
    gpus: u16,
    architectures: &'n [Architecture],
}

/// What a pod of ours can have on the least of a group's instance types: what the kubelet leaves, without what runs on every node.
fn room(group: &NodeGroup) -> Option<(Allocatable, &'static Instance)> {
    let overhead = catalog().node_overhead().value;
    group
        .instances()
        .iter()
        .filter_map(|name| catalog().instance(name.as_str()))
        .map(|instance| (instance.allocatable(group.max_pods().into()).minus(overhead), instance))
        .min_by_key(|(room, _)| (room.memory_mib_low, room.cpu_millis))
}

/// Why a group can't take a pod; `None` if it can, or if its types are unknown and so reported elsewhere.
fn refusal(group: &NodeGroup, need: &Need<'_>) -> Option<String> {
    let (room, instance) = room(group)?;
    let name = group.name();
    let architecture = match instance.arch {
        Arch::Amd64 => Architecture::Amd64,
        Arch::Arm64 => Architecture::Arm64,
    };
    if group.scaling().max() == 0 {
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
    if need.memory > u64::from(room.memory_mib_low) << 20 {
        return Some(format!("`{name}` ({}) leaves {}Mi of memory", instance.name, room.memory_mib_low));
    }
    None
}

fn judge(region: &Region, occupant: &str, path: ModelPath, need: &Need<'_>, found: &mut Vec<Violation>) {
    let placement = region.placement(occupant);
    let refusals: Vec<String> = placement.groups().iter().filter_map(|group| refusal(group, need)).collect();
    if refusals.len() < placement.groups().len() || placement.groups().is_empty() {
        return;
    }
    let gpus = if need.gpus == 0 { String::new() } else { format!(" and {} GPUs", need.gpus) };
    let message = format!(
        "no node takes a pod of `{occupant}` with {}m of CPU, {}Mi of memory{gpus}: {}",
        need.cpu_millis,
        need.memory.div_ceil(1 << 20),
        refusals.join(", ")
    );
    let groups = region.cluster().path().key("node_groups");
    found.push(
        Violation::new(
            path,
            message,
            "ask for less, or add a larger node group, with `only_for` if nothing else should use it",
        )
        .with(groups, format!("the node groups of `{}`", region.cluster().profile())),
    );
}

/// Every pod of every workload fits on a node of a group that takes it, beside its sidecars and what runs on every node.
pub(super) fn pods(topology: &Topology, found: &mut Vec<Violation>) {
    for (_, region) in topology.regions() {
        for workload in region.workloads().values() {
            let requests = workload.pod_requests(topology.spec().mesh.as_ref());
            let need = Need {
                cpu_millis: requests.cpu_millis,
                memory: requests.memory,
                gpus: requests.gpus,
                architectures: &workload.spec().architectures,
            };
            judge(region, workload.name().as_str(), workload.path().key("resources"), &need, found);
            if requests.gpus == 0 && workload.kind() == WorkloadKind::Service {
                many(
                    region,
                    workload.name().as_str(),
                    workload.scale().min(),
                    &need,
                    workload.path().key("scale"),
                    found,
                );
            }
        }
    }
}

/// The fewest pods of a service fit on the most nodes of its groups.
fn many(region: &Region, occupant: &str, count: u32, need: &Need<'_>, path: ModelPath, found: &mut Vec<Violation>) {
    let zones = region.zones().len();
    let placement = region.placement(occupant);
    let capacity: u64 = placement
        .groups()
        .iter()
        .filter(|group| refusal(group, need).is_none())
        .filter_map(|group| room(group).map(|(room, _)| (group, room)))
        .map(|(group, room)| {
            let by_cpu = u64::from(room.cpu_millis) / need.cpu_millis.max(1);
            let by_memory = (u64::from(room.memory_mib_low) << 20) / need.memory.max(1);
            by_cpu.min(by_memory).min(room.pods.into())
                * u64::from(group.scaling().max())
                * u64::from(group.copies(zones))
        })
        .sum();
    if capacity > 0 && u64::from(count) > capacity {
        let message = format!("`{occupant}` has {count} pods at least, but its node groups hold {capacity} at most");
        found.push(Violation::new(path, message, "fewer pods, or more or larger nodes"));
    }
}

/// Every Kafka broker and controller fits on a node of a group that takes it.
pub(super) fn brokers(topology: &Topology, found: &mut Vec<Violation>) {
    for (_, region) in topology.regions() {
        for store in region.stores().values() {
            let StoreKind::Kafka(kafka) = store.kind() else {
                continue;
            };
            for (key, cpu, memory) in [
                ("brokers", kafka.brokers.cpu, kafka.brokers.memory),
                ("controllers", kafka.controllers.cpu, kafka.controllers.memory),
            ] {
                let need =
                    Need { cpu_millis: cpu.millicores().into(), memory: memory.get(), gpus: 0, architectures: &[] };
                judge(region, store.name().as_str(), store.path().key(key), &need, found);
            }
        }
    }
}

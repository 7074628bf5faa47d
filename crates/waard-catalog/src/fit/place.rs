//! A node for every pod.

use waard_model::Topology;
use waard_model::path::ModelPath;
use waard_model::spec::{Architecture, WorkloadKind};
use waard_model::topology::{Placement, StoreKind, Violation};

use super::ground::{Ground, Need, architecture};
use crate::installed::Nodes;

fn judge(
    ground: &Ground<'_>,
    occupant: &str,
    placement: &Placement<'_>,
    path: ModelPath,
    need: &Need<'_>,
    found: &mut Vec<Violation>,
) {
    let rooms = ground.rooms(placement);
    let refusals: Vec<String> = rooms.iter().filter_map(|room| room.refusal(need)).collect();
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
    let cluster = ground.region.cluster();
    let groups = cluster.path().key("node_groups");
    let violation = if path == groups {
        Violation::new(path, message, "the cluster needs it itself: larger instances in a group that takes every pod")
    } else {
        Violation::new(
            path,
            message,
            "ask for less, or add a larger node group, with `only_for` if nothing else should use it",
        )
        .with(groups, format!("the node groups of `{}`", cluster.profile()))
    };
    found.push(violation);
}

/// Every pod of every workload fits on a node of a group that takes it, beside its sidecars and what runs on every node.
pub(super) fn pods(topology: &Topology, grounds: &[Ground<'_>], found: &mut Vec<Violation>) {
    for ground in grounds {
        for workload in ground.region.workloads().values() {
            let requests = workload.pod_requests(topology.spec().mesh.as_ref());
            let need = Need {
                cpu_millis: requests.cpu_millis,
                memory: requests.memory,
                gpus: requests.gpus,
                architectures: &workload.spec().architectures,
            };
            let name = workload.name().as_str();
            let placement = ground.region.placement(name);
            judge(ground, name, &placement, workload.path().key("resources"), &need, found);
            if requests.gpus == 0 && workload.kind() == WorkloadKind::Service {
                many(ground, name, workload.scale().min(), &need, workload.path().key("scale"), found);
            }
        }
    }
}

/// The fewest pods of a service fit on the most nodes of its groups.
fn many(ground: &Ground<'_>, occupant: &str, count: u32, need: &Need<'_>, path: ModelPath, found: &mut Vec<Violation>) {
    let rooms = ground.rooms(&ground.region.placement(occupant));
    let capacity: u64 = rooms
        .iter()
        .filter(|room| room.refusal(need).is_none())
        .map(|room| {
            let by_cpu = u64::from(room.each.cpu_millis) / need.cpu_millis.max(1);
            let by_memory = room.memory() / need.memory.max(1);
            by_cpu.min(by_memory).min(room.each.pods.into()) * u64::from(room.nodes)
        })
        .sum();
    if capacity > 0 && u64::from(count) > capacity {
        let message = format!("`{occupant}` has {count} pods at least, but its node groups hold {capacity} at most");
        found.push(Violation::new(path, message, "fewer pods, or more or larger nodes"));
    }
}

/// Every Kafka broker and controller fits on a node of a group that takes it.
pub(super) fn brokers(grounds: &[Ground<'_>], found: &mut Vec<Violation>) {
    for ground in grounds {
        for store in ground.region.stores().values() {
            let StoreKind::Kafka(kafka) = store.kind() else {
                continue;
            };
            for (key, cpu, memory) in [
                ("brokers", kafka.brokers.cpu, kafka.brokers.memory),
                ("controllers", kafka.controllers.cpu, kafka.controllers.memory),
            ] {
                let need =
                    Need { cpu_millis: cpu.millicores().into(), memory: memory.get(), gpus: 0, architectures: &[] };
                let placement = ground.region.placement(store.name().as_str());
                judge(ground, store.name().as_str(), &placement, store.path().key(key), &need, found);
            }
        }
    }
}

/// Every pod of what is installed fits on a node of a group that takes it.
pub(super) fn controllers(grounds: &[Ground<'_>], found: &mut Vec<Violation>) {
    for ground in grounds {
        for pods in ground.installed.iter().flat_map(|controller| &controller.pods) {
            let placement = match &pods.nodes {
                Nodes::Open => ground.open(),
                Nodes::Store(store) => ground.region.placement(store.as_str()),
                Nodes::Every | Nodes::Gpus => continue,
            };
            let architectures: Vec<Architecture> = pods.architectures.iter().map(|arch| architecture(*arch)).collect();
            let need = Need {
                cpu_millis: pods.cpu_millis.into(),
                memory: u64::from(pods.memory_mib) << 20,
                gpus: 0,
                architectures: &architectures,
            };
            let path = match &pods.nodes {
                Nodes::Store(store) => ModelPath::of(["data", "kafka", store.as_str()]),
                _ => ground.region.cluster().path().key("node_groups"),
            };
            judge(ground, pods.workload, &placement, path, &need, found);
        }
    }
}

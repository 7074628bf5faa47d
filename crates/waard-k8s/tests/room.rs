//! Every pod has a node group that takes it, those of installed controllers included, and all of them have room at once:
//! at the least, at the middle and at the most that they may be. Counted here by another way than the catalog counts.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test reads fixtures and fails by panicking, in its helpers too"
)]

use proptest::prelude::*;
use waard_catalog::{Arch, Nodes, catalog, fit, installed};
use waard_model::spec::{Architecture, WorkloadKind};
use waard_model::topology::{Environment, NodeGroup, Region, StoreKind};
use waard_model::{Topology, source, strategy};

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// A pod: whose it is, CPU in thousandths of a core, memory in MiB, GPUs, and the architectures of its images.
#[derive(Clone)]
struct Pod {
    of: String,
    size: [u64; 3],
    architectures: Vec<Architecture>,
}

/// A node with what it has left of the same, and of pods.
struct Node {
    group: String,
    left: [u64; 3],
    pods: u32,
    architecture: Architecture,
}

/// How many of something between two bounds, in hundredths of the way.
fn between((min, max): (u32, u32), percent: u32) -> u32 {
    min + (max - min) * percent / 100
}

fn pods(topology: &Topology, environment: &Environment, region: &Region, percent: u32) -> Vec<Pod> {
    let mut found = Vec::new();
    let mut add = |of: &str, size: [u64; 3], architectures: &[Architecture], count: u32| {
        let pod = Pod { of: of.to_owned(), size, architectures: architectures.to_vec() };
        found.extend(std::iter::repeat_n(pod, count.try_into().unwrap()));
    };
    for workload in region.workloads().values() {
        let each = workload.pod_requests(topology.spec().mesh.as_ref());
        let size = [each.cpu_millis, each.memory.div_ceil(1 << 20), each.gpus.into()];
        let architectures = &workload.spec().architectures;
        let count = match workload.kind() {
            WorkloadKind::Service => {
                let running = between((workload.scale().min(), workload.scale().max()), percent);
                running + u32::from(workload.spec().headroom.unwrap_or(0))
            }
            _ if region.is_standby() => 0,
            _ => u32::from(workload.job().parallel),
        };
        add(workload.name().as_str(), size, architectures, count);
    }
    for store in region.stores().values() {
        let StoreKind::Kafka(kafka) = store.kind() else { continue };
        for (cpu, memory, replicas) in [
            (kafka.brokers.cpu, kafka.brokers.memory, kafka.brokers.replicas),
            (kafka.controllers.cpu, kafka.controllers.memory, kafka.controllers.replicas),
        ] {
            let size = [cpu.millicores().into(), memory.get().div_ceil(1 << 20), 0];
            add(store.name().as_str(), size, &[], replicas.into());
        }
    }
    for pods in installed(topology, environment, region).iter().flat_map(|controller| &controller.pods) {
        let of = match &pods.nodes {
            Nodes::Open => "",
            Nodes::Store(store) => store.as_str(),
            // They are counted on the nodes that they run on.
            Nodes::Every | Nodes::Gpus => continue,
        };
        let size = [pods.cpu_millis.into(), pods.memory_mib.into(), 0];
        add(of, size, &[], between((pods.min, pods.max), percent));
    }
    found
}

/// The nodes of a group that there may be, with what is left beside what runs on each.
fn nodes(topology: &Topology, environment: &Environment, region: &Region, group: &NodeGroup) -> Vec<Node> {
    let types = || group.instances().iter().map(|name| catalog().instance(name.as_str()).unwrap());
    let mut overhead = catalog().node_overhead().value;
    let gpus = types().any(|instance| instance.gpus > 0);
    for pods in installed(topology, environment, region).iter().flat_map(|controller| &controller.pods) {
        if pods.nodes == Nodes::Every || (gpus && pods.nodes == Nodes::Gpus) {
            overhead.cpu_millis += pods.cpu_millis;
            overhead.memory_mib += pods.memory_mib;
            overhead.pods += 1;
        }
    }
    let room = |instance: &waard_catalog::Instance| instance.allocatable(group.max_pods().into()).minus(overhead);
    let least = |of: fn(waard_catalog::Allocatable) -> u64| types().map(|instance| of(room(instance))).min().unwrap();
    let count = group.scaling().max() * group.copies(region.zones().len());
    (0..count)
        .map(|_| Node {
            group: group.name().to_string(),
            left: [
                least(|room| room.cpu_millis.into()),
                least(|room| room.memory_mib_low.into()),
                least(|room| room.gpus.into()),
            ],
            pods: u32::from(group.max_pods()) - overhead.pods,
            architecture: match types().next().unwrap().arch {
                Arch::Amd64 => Architecture::Amd64,
                Arch::Arm64 => Architecture::Arm64,
            },
        })
        .collect()
}

/// The pods that find no node: each goes where the least is left afterwards, those that ask for most of anything first.
fn homeless(topology: &Topology, environment: &Environment, region: &Region, percent: u32, by: usize) -> Vec<String> {
    let mut pods = pods(topology, environment, region, percent);
    let groups = region.cluster().node_groups();
    let mut nodes: Vec<Node> = groups.values().flat_map(|group| nodes(topology, environment, region, group)).collect();
    let share = |pod: &Pod| {
        let [cpu, memory, _] = pod.size;
        // A GPU first; then CPU or memory, in the proportion that general nodes have them.
        (pod.size[2], [cpu * 4, memory, (cpu * 4).max(memory), cpu * 2 + memory][by])
    };
    pods.sort_by_key(|pod| std::cmp::Reverse(share(pod)));
    let mut found = Vec::new();
    for pod in pods {
        let placement = region.placement(&pod.of);
        let takes = |node: &&mut Node| {
            placement.groups().iter().any(|group| group.name().as_str() == node.group)
                && (pod.architectures.is_empty() || pod.architectures.contains(&node.architecture))
                && node.pods > 0
                && node.left.iter().zip(pod.size).all(|(left, size)| *left >= size)
        };
        match nodes.iter_mut().filter(takes).min_by_key(|node| node.left[0] * 4 + node.left[1]) {
            Some(node) => {
                node.pods -= 1;
                for (left, size) in node.left.iter_mut().zip(pod.size) {
                    *left -= size;
                }
            }
            None => found.push(format!("{} {:?}", pod.of, pod.size)),
        }
    }
    found
}

fn assert_room(topology: &Topology) {
    for (environment, region) in topology.regions() {
        for percent in [0, 50, 100] {
            let mut tries = (0..4).map(|by| homeless(topology, environment, region, percent, by));
            let best = tries.by_ref().min_by_key(Vec::len).unwrap();
            assert_eq!(best, Vec::<String>::new(), "{} at {percent} %", region.cluster().name());
        }
    }
}

fn misfits(topology: &Topology) -> Vec<String> {
    fit::misfits(topology).iter().map(|misfit| format!("{}: {misfit}", misfit.path())).collect()
}

#[test]
fn every_pod_of_the_shipped_platforms_has_room() {
    for name in ["minimal", "waardhaven"] {
        let path = format!("{}/../../fixtures/{name}/waard.yaml", env!("CARGO_MANIFEST_DIR"));
        assert_room(&source::read(&std::fs::read(path).unwrap()).unwrap().0);
    }
}

proptest! {
    #![proptest_config(cases(256))]

    /// The catalog has nothing to say against a random topology, and every pod of it has room.
    #[test]
    fn every_pod_of_random_platforms_has_room(topology in strategy::shown()) {
        prop_assert_eq!(misfits(&topology), Vec::<String>::new());
        assert_room(&topology);
    }
}

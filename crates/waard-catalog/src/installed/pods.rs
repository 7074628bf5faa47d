//! The pods of what is installed: how many, what each requests, and on which nodes they run.

use waard_model::name::StoreName;
use waard_model::spec::{AutoscalerSpec, MeshGatewaySpec};
use waard_model::topology::Store;

use crate::catalog::catalog;
use crate::controller::{Container, PodKind};
use crate::instance::Arch;

/// Most pods of the mesh's control plane: one is enough for some hundred proxies, so a third and a fourth only come
/// when many pods start at once.
const MOST_ISTIOD: u32 = 4;

/// Pods that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pods {
    /// What makes them.
    pub workload: &'static str,
    /// Of which kind that is.
    pub kind: PodKind,
    /// Fewest; of a `DaemonSet` one, on each of its nodes.
    pub min: u32,
    /// Most.
    pub max: u32,
    /// Requested CPU of each, in thousandths of a core.
    pub cpu_millis: u32,
    /// Requested memory of each, in MiB.
    pub memory_mib: u32,
    /// Architectures that all of its images are built for.
    pub architectures: &'static [Arch],
    /// Where they run.
    pub nodes: Nodes,
}

/// On which nodes pods run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nodes {
    /// On those of groups that take every pod.
    Open,
    /// One on each node.
    Every,
    /// One on each node with GPUs.
    Gpus,
    /// Where the pods of this Kafka cluster go.
    Store(StoreName),
}

/// The pods of a component's workload, as the table has them.
pub(super) fn of(component: &str, workload: &str) -> Option<Pods> {
    let containers = || catalog().containers(component, workload);
    let first = containers().next()?;
    Some(Pods {
        workload: &first.workload,
        kind: first.kind,
        min: first.replicas,
        max: first.replicas,
        cpu_millis: containers().map(|container| container.cpu_millis).sum(),
        memory_mib: containers().map(|container| container.memory_mib).sum(),
        architectures: &first.architectures,
        nodes: match (first.kind, component) {
            (PodKind::DaemonSet, "nvidia-device-plugin") => Nodes::Gpus,
            (PodKind::DaemonSet, _) => Nodes::Every,
            _ => Nodes::Open,
        },
    })
}

/// The pods of every workload of a component.
pub(super) fn all(component: &str) -> Vec<Pods> {
    let mut rows: Vec<&Container> = catalog().controllers().iter().filter(|row| row.component == component).collect();
    rows.dedup_by(|a, b| a.workload == b.workload);
    rows.into_iter().filter_map(|row| of(component, &row.workload)).collect()
}

/// Pods of a workload that a topology sizes; nothing but the name comes from the table.
fn sized(component: &str, workload: &'static str, (min, max): (u32, u32), cpu_millis: u32, memory: u64) -> Pods {
    let memory_mib = u32::try_from(memory.div_ceil(1 << 20)).unwrap_or(u32::MAX);
    match of(component, workload) {
        Some(pods) => Pods { min, max, cpu_millis, memory_mib, ..pods },
        None => Pods {
            workload,
            kind: PodKind::Deployment,
            min,
            max,
            cpu_millis,
            memory_mib,
            architectures: &[Arch::Amd64, Arch::Arm64],
            nodes: Nodes::Open,
        },
    }
}

/// Cluster Autoscaler, as the topology sizes it.
pub(super) fn cluster_autoscaler(spec: &AutoscalerSpec) -> Pods {
    let replicas = u32::from(spec.replicas);
    let name = "cluster-autoscaler";
    sized(name, name, (replicas, replicas), spec.cpu.millicores(), spec.memory.get())
}

/// The mesh's gateway, as the topology sizes it.
pub(super) fn gateway(spec: &MeshGatewaySpec) -> Pods {
    let replicas = (spec.replicas.min(), spec.replicas.max());
    sized("istio", "istio-ingressgateway", replicas, spec.cpu.millicores(), spec.memory.get())
}

/// The mesh's control plane, which scales with the pods that it serves.
pub(super) fn istiod() -> Pods {
    let pods = of("istio", "istiod");
    let (cpu, memory) = pods.map_or((0, 0), |pods| (pods.cpu_millis, u64::from(pods.memory_mib) << 20));
    sized("istio", "istiod", (2, MOST_ISTIOD), cpu, memory)
}

/// What Strimzi runs for a Kafka cluster beside its brokers and controllers. What holds no data runs where every pod may.
pub(super) fn of_kafka(store: &Store, mirrors: bool) -> Vec<Pods> {
    let mirror = of("strimzi", "mirror-maker-2").filter(|_| mirrors);
    let placed = mirror.map(|pods| Pods { nodes: Nodes::Store(store.name().clone()), ..pods });
    ["entity-operator", "kafka-exporter"].iter().filter_map(|workload| of("strimzi", workload)).chain(placed).collect()
}

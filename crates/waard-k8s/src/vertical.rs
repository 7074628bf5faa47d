//! Recommendations for requests, by the Vertical Pod Autoscaler.
//!
//! It never changes a pod that runs, and where a horizontal autoscaler acts on what is used of the requests it only
//! recommends, which a check of the topology sees to. Limits stay as they are: moved along with the requests, they would
//! grow beyond the nodes. Source: kubernetes/autoscaler `vertical-pod-autoscaler/docs/known-limitations.md`, `features.md`.

use k8s_openapi::api::autoscaling::v2::CrossVersionObjectReference;
use waard_catalog::catalog;
use waard_model::quantity::{Bytes, Cpu};
use waard_model::spec::{VerticalMode, VerticalSpec, WorkloadKind};
use waard_model::topology::{NodeGroup, PodRequests, Workload};

use crate::Site;
use crate::custom::Custom;
use crate::custom::autoscaling::{ContainerPolicy, ResourcePolicy, UpdatePolicy, VerticalPodAutoscaler};
use crate::file::File;
use crate::labels::{self, Labels, labels, metadata};

/// What a workload has of it, in the workload's file.
pub(crate) fn of_workload(site: Site<'_>, workload: &Workload, file: &mut File) {
    let Some(vertical) = workload.spec().vertical.as_ref().filter(|_| workload.kind() == WorkloadKind::Service) else {
        return;
    };
    let app = site.object(workload.name().as_str());
    let main = ContainerPolicy {
        container_name: workload.name().to_string(),
        mode: "Auto",
        min_allowed: Some(bound(vertical.min.cpu, vertical.min.memory)),
        max_allowed: Some(most(site, workload, vertical)),
        controlled_resources: vec!["cpu", "memory"],
        controlled_values: Some("RequestsOnly"),
    };
    // Sidecars, the mesh's proxy among them, are sized by the topology.
    let others = ContainerPolicy {
        container_name: "*".to_owned(),
        mode: "Off",
        min_allowed: None,
        max_allowed: None,
        controlled_resources: Vec::new(),
        controlled_values: None,
    };
    file.custom(&Custom {
        metadata: metadata(app.clone(), Some(workload.namespace().as_str()), labels::of_workload(site, workload)),
        spec: VerticalPodAutoscaler {
            target_ref: CrossVersionObjectReference {
                api_version: Some("apps/v1".to_owned()),
                kind: "Deployment".to_owned(),
                name: app,
            },
            update_policy: UpdatePolicy {
                update_mode: match vertical.mode {
                    VerticalMode::Off => "Off",
                    VerticalMode::Initial => "Initial",
                },
            },
            resource_policy: ResourcePolicy { container_policies: vec![main, others] },
        },
    });
}

fn bound(cpu: Cpu, memory: Bytes) -> Labels {
    labels([("cpu", &cpu.to_string()), ("memory", &memory.to_string())])
}

/// The most that may be recommended: as the topology says it, but not more than the largest of the workload's nodes
/// leaves beside the pod's other containers. What fits on no node would never start.
/// Where a recommendation is used, it ends at the container's limits by itself.
fn most(site: Site<'_>, workload: &Workload, vertical: &VerticalSpec) -> Labels {
    let all = workload.pod_requests(site.topology.spec().mesh.as_ref());
    let own = workload.resources();
    let beside = PodRequests {
        cpu_millis: all.cpu_millis.saturating_sub(own.cpu.millicores().into()),
        memory: all.memory.saturating_sub(own.memory.get()),
        gpus: 0,
    };
    let placement = site.region.placement(workload.name().as_str());
    let rooms: Vec<(u64, u64)> = placement.groups().iter().filter_map(|group| room(group)).collect();
    let cpu = rooms.iter().map(|(cpu, _)| cpu.saturating_sub(beside.cpu_millis)).max();
    let memory = rooms.iter().map(|(_, memory)| memory.saturating_sub(beside.memory) >> 20).max();
    let cpu = cpu.and_then(|cpu| u32::try_from(cpu).ok()).and_then(Cpu::from_millicores);
    let memory = memory.and_then(|memory| u32::try_from(memory).ok()).map(Bytes::mebibytes);
    let (cpu, memory) = (
        cpu.map_or(vertical.max.cpu, |room| vertical.max.cpu.min(room)),
        memory.map_or(vertical.max.memory, |room| vertical.max.memory.min(room)),
    );
    bound(cpu.max(vertical.min.cpu), memory.max(vertical.min.memory))
}

/// CPU in thousandths of a core and memory in bytes that a pod can have on every instance type of a group.
fn room(group: &NodeGroup) -> Option<(u64, u64)> {
    let overhead = catalog().node_overhead().value;
    let shapes = group.instances().iter().filter_map(|name| catalog().instance(name.as_str()));
    let rooms: Vec<(u64, u64)> = shapes
        .map(|shape| shape.allocatable(group.max_pods().into()).minus(overhead))
        .map(|room| (u64::from(room.cpu_millis), u64::from(room.memory_mib_low) << 20))
        .collect();
    Some((rooms.iter().map(|room| room.0).min()?, rooms.iter().map(|room| room.1).min()?))
}

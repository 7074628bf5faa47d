//! Pods of workloads, of the room that is kept free for them, and of migrations.

use std::collections::BTreeMap;

use waard_model::name::{VolumeName, WorkloadName};
use waard_model::spec::{
    ContainerRole, MeshSpec, Priority, ResourcesSpec, Strictness, VolumeKind, WorkloadKind, ZoneLayout,
};
use waard_model::topology::{Migration, Region, Workload};

use super::{on, over, storage_class, tolerations};
use crate::placement::amount::{Amounts, Resource};
use crate::placement::demand::Kind;
use crate::placement::group::{HOST, ZONE};
use crate::placement::pod::{Container, InitContainer, Pod, Spread, Wants};
use crate::placement::selector::Requirement;
use crate::placement::volume::{Claim, Volume};

/// The priority of pods that hold room for others: below every other.
const HOLDS_ROOM: i32 = -10;

/// The pods of every workload of a region.
pub(in super::super) fn of_workloads(
    region: &Region,
    mesh: Option<&MeshSpec>,
    expected: &BTreeMap<WorkloadName, u32>,
) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for workload in region.workloads().values() {
        let name = workload.name();
        let pod = pod(region, workload, mesh);
        match workload.kind() {
            WorkloadKind::Service => {
                let (fewest, most) = (workload.scale().min(), workload.scale().max());
                let least = if region.is_dark() { 0 } else { fewest };
                let expected = expected.get(name).map_or(least, |count| (*count).clamp(least, most));
                let spread = spread(region, workload, name.as_str());
                kinds.push(Kind { of: name.to_string(), pod: Pod { spread, ..pod }, least, expected, most });
                kinds.extend(room(region, workload, mesh));
            }
            WorkloadKind::Scheduled | WorkloadKind::Job if region.is_standby() => {}
            WorkloadKind::Scheduled | WorkloadKind::Job => {
                let runs = u32::from(workload.job().parallel);
                let expected = if workload.kind() == WorkloadKind::Scheduled { runs } else { 0 };
                kinds.push(Kind { of: name.to_string(), pod, least: 0, expected, most: runs });
            }
        }
        if let Some(migration) = workload.migration().filter(|_| region.writes_data_of(workload)) {
            kinds.push(migrates(region, workload, migration, mesh));
        }
    }
    kinds
}

/// Sidecars stand before init containers, and the proxy of the mesh before both.
fn pod(region: &Region, workload: &Workload, mesh: Option<&MeshSpec>) -> Pod {
    let of = |role: ContainerRole| {
        let chosen = workload.spec().containers.values().filter(move |spec| spec.role == role);
        chosen.map(move |spec| init(wants(&spec.resources), role == ContainerRole::Sidecar))
    };
    let init: Vec<InitContainer> =
        proxy(mesh).into_iter().chain(of(ContainerRole::Sidecar)).chain(of(ContainerRole::Init)).collect();
    Pod {
        containers: vec![container(wants(workload.resources()))],
        init,
        volumes: disks(workload),
        ..base(region, workload, workload.name().as_str())
    }
}

/// A pod of a workload without containers.
fn base(region: &Region, workload: &Workload, app: &str) -> Pod {
    let placement = region.placement(workload.name().as_str());
    let architectures = &workload.spec().architectures;
    let built = (!architectures.is_empty())
        .then(|| Requirement::among("kubernetes.io/arch", architectures.iter().map(ToString::to_string)));
    Pod {
        name: app.to_owned(),
        namespace: workload.namespace().to_string(),
        labels: [("app".to_owned(), app.to_owned())].into(),
        priority: match workload.spec().priority {
            Some(Priority::High) => 1_000_000,
            Some(Priority::Normal) => 1000,
            Some(Priority::Low) => -5,
            None => 0,
        },
        node_affinity: on(&placement, built.into_iter().collect()),
        tolerations: tolerations(&placement),
        ..Pod::default()
    }
}

/// Pods that hold room: each requests what one of the workload does.
fn room(region: &Region, workload: &Workload, mesh: Option<&MeshSpec>) -> Option<Kind> {
    let count = workload.spec().headroom.filter(|count| *count > 0 && !region.is_dark())?;
    let app = format!("{}-headroom", workload.name());
    let requests = workload.pod_requests(mesh);
    let mut asked = Amounts::default().with(Resource::Cpu, requests.cpu_millis).with(Resource::Memory, requests.memory);
    if requests.gpus > 0 {
        asked.set(Resource::gpu(), requests.gpus.into());
    }
    let pod = Pod {
        priority: HOLDS_ROOM,
        containers: vec![container(Wants { requests: asked, ..Wants::default() })],
        spread: spread(region, workload, &app),
        ..base(region, workload, &app)
    };
    let count = u32::from(count);
    Some(Kind { of: app, pod, least: count, expected: count, most: count })
}

/// A migration runs once in a release, and never at the least.
fn migrates(region: &Region, workload: &Workload, migration: &Migration, mesh: Option<&MeshSpec>) -> Kind {
    let app = format!("{}-migrate", workload.name());
    let pod = Pod {
        containers: vec![container(wants(&migration.resources))],
        init: proxy(mesh).into_iter().collect(),
        volumes: disks(workload),
        ..base(region, workload, &app)
    };
    Kind { of: app, pod, least: 0, expected: 0, most: 1 }
}

fn spread(region: &Region, workload: &Workload, app: &str) -> Vec<Spread> {
    let placement = region.placement(workload.name().as_str());
    let zonal = placement.groups().iter().all(|group| group.zones() == ZoneLayout::Each);
    let zones = workload.spread().zones.unwrap_or(if zonal { Strictness::Hard } else { Strictness::Soft });
    let hard = |strictness: Strictness| strictness == Strictness::Hard;
    vec![over(ZONE, app, hard(zones)), over(HOST, app, hard(workload.spread().nodes))]
}

/// Disks are each pod's own, and go with it.
fn disks(workload: &Workload) -> Vec<Volume> {
    let disks = workload.spec().volumes.iter().filter(|(_, spec)| spec.kind == VolumeKind::Disk);
    let own = |name: &VolumeName| Volume {
        claim: name.to_string(),
        state: Claim::Ephemeral(storage_class()),
        one_pod: false,
    };
    disks.map(|(name, _)| own(name)).collect()
}

fn container(wants: Wants) -> Container {
    Container { wants, ports: Vec::new() }
}

fn init(wants: Wants, stays: bool) -> InitContainer {
    InitContainer { container: container(wants), stays }
}

fn proxy(mesh: Option<&MeshSpec>) -> Option<InitContainer> {
    let requests = mesh.map(|mesh| {
        Amounts::default()
            .with(Resource::Cpu, mesh.proxy.cpu.millicores().into())
            .with(Resource::Memory, mesh.proxy.memory.get())
    })?;
    Some(init(Wants { requests, ..Wants::default() }, true))
}

fn wants(resources: &ResourcesSpec) -> Wants {
    let mut requests = Amounts::default()
        .with(Resource::Cpu, resources.cpu.millicores().into())
        .with(Resource::Memory, resources.memory.get());
    if let Some(scratch) = resources.scratch {
        requests.set(Resource::EphemeralStorage, scratch.get());
    }
    if resources.gpu > 0 {
        requests.set(Resource::gpu(), resources.gpu.into());
    }
    Wants { requests, ..Wants::default() }
}

//! The node groups of a region as the scheduler sees their nodes.

use waard_catalog::{Allocatable, Installed, Instance, left_on_each};
use waard_model::name::{TaintEffect, TaintSpec, ZoneName};
use waard_model::spec::{AutoscalerKind, Expander, ZoneLayout};
use waard_model::topology::{NodeGroup, Region};

use crate::placement::amount::{Amounts, Resource};
use crate::placement::group::{Group, ZoneBy};
use crate::placement::taint::{Effect, Taint};

/// Managed node groups, then what Karpenter makes nodes of. Karpenter changes no managed group, and no other autoscaler
/// is there beside it: these stay as they are made.
pub(super) fn all(region: &Region, installed: &[Installed]) -> Vec<Group> {
    let mut groups = managed(region, installed);
    groups
        .extend(region.cluster().karpenter_groups().into_iter().flat_map(|group| karpenter(region, group, installed)));
    groups
}

fn managed(region: &Region, installed: &[Installed]) -> Vec<Group> {
    let autoscaler = &region.cluster().settings().autoscaler;
    let spot_first = autoscaler.expander == Expander::Priority;
    let of_pool = |pool: waard_model::topology::Pool<'_>| {
        let mut group = of(region, pool.group, pool.zones, installed)?;
        group.labels.insert("eks.amazonaws.com/capacityType".to_owned(), capacity(pool.spot, "SPOT", "ON_DEMAND"));
        group.labels.insert("eks.amazonaws.com/nodegroup".to_owned(), pool.name.clone());
        let rank = u32::from(spot_first && pool.spot);
        let scaling = pool.scaling;
        let (min, start, max) = match autoscaler.kind {
            AutoscalerKind::ClusterAutoscaler => (scaling.min(), scaling.desired(), scaling.max()),
            AutoscalerKind::Karpenter => (scaling.desired(), scaling.desired(), scaling.desired()),
        };
        Some(Group { name: pool.name, spot: pool.spot, rank, min, start, max, ..group })
    };
    region.pools().into_iter().filter_map(of_pool).collect()
}

fn capacity(spot: bool, yes: &str, no: &str) -> String {
    if spot { yes } else { no }.to_owned()
}

/// Node pools of a group: on demand up to the base, then spot, then on demand; one of each in each zone if the group
/// is laid out so. Karpenter keeps no nodes that no pod needs.
fn karpenter(region: &Region, group: &NodeGroup, installed: &[Installed]) -> Vec<Group> {
    let most = group.scaling().max();
    let spot = most - group.on_demand(most);
    let fewest = group.scaling().min().max(1).min(most);
    let base = if spot == 0 { 0 } else { group.on_demand(fewest).max(group.on_demand_base()).min(most - spot) };
    let places: Vec<&[ZoneName]> = match group.zones() {
        ZoneLayout::Across => vec![region.zones()],
        ZoneLayout::Each => region.zones().chunks(1).collect(),
    };
    let parts = [(".base", false, base, 3), (".spot", true, spot, 2), ("", false, most - spot - base, 1)];
    let mut found = Vec::new();
    for zones in places {
        let place = match (group.zones(), zones) {
            (ZoneLayout::Each, [zone]) => format!(".{zone}"),
            _ => String::new(),
        };
        for (suffix, spot, max, rank) in parts.into_iter().filter(|(_, _, max, _)| *max > 0) {
            let Some(mut part) = of(region, group, zones, installed) else {
                continue;
            };
            part.labels.insert("karpenter.sh/capacity-type".to_owned(), capacity(spot, "spot", "on-demand"));
            let name = format!("{}{place}{suffix}", group.name());
            part.labels.insert("karpenter.sh/nodepool".to_owned(), name.clone());
            found.push(Group { name, spot, rank, max, zone_by: ZoneBy::Pod, ..part });
        }
    }
    found
}

/// A group with everything but its name and size.
fn of(region: &Region, group: &NodeGroup, zones: &[ZoneName], installed: &[Installed]) -> Option<Group> {
    let (instance, left) = left_on_each(group, installed)?;
    let mut labels: crate::placement::Labels =
        group.labels().iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    for (key, value) in [
        ("kubernetes.io/arch", instance.arch.to_string()),
        ("kubernetes.io/os", "linux".to_owned()),
        ("node.kubernetes.io/instance-type", instance.name.clone()),
        ("topology.kubernetes.io/region", region.name().to_string()),
    ] {
        labels.insert(key.to_owned(), value);
    }
    Some(Group {
        labels,
        taints: group.taints().iter().map(taint).collect(),
        allocatable: amounts(group, instance, left),
        pods: left.pods,
        zones: zones.iter().map(ToString::to_string).collect(),
        ..Group::default()
    })
}

/// Memory counts as little as it may be: hypervisor and kernel keep some that only the running node tells.
fn amounts(group: &NodeGroup, instance: &Instance, left: Allocatable) -> Amounts {
    let amounts = Amounts::default()
        .with(Resource::Cpu, left.cpu_millis.into())
        .with(Resource::Memory, u64::from(left.memory_mib_low) << 20)
        .with(Resource::EphemeralStorage, group.usable_mebibytes() << 20);
    if instance.gpus == 0 { amounts } else { amounts.with(Resource::gpu(), left.gpus.into()) }
}

fn taint(taint: &TaintSpec) -> Taint {
    Taint {
        key: taint.key().to_string(),
        value: taint.value().to_string(),
        effect: match taint.effect() {
            TaintEffect::NoSchedule => Effect::NoSchedule,
            TaintEffect::PreferNoSchedule => Effect::PreferNoSchedule,
            TaintEffect::NoExecute => Effect::NoExecute,
        },
    }
}

//! Cluster profiles.

use std::collections::BTreeMap;

use super::data::Stores;
use super::dice::{Dice, all, v};
use super::place::{Places, Usage};
use super::workload::{Class, Workloads};
use super::{Platform, text};
use crate::name::{InstanceType, NodeGroupName, OccupantName, ProfileName, TaintSpec};
use crate::quantity::Percent;
use crate::spec::{
    Addon, Architecture, AutoscalerKind, AutoscalerSpec, ClusterSpec, ControlPlaneLog, EndpointSpec, Expander,
    LogsSpec, NodeGroupSpec, ScaleDownSpec, SupportType, WorkKind, ZoneLayout,
};

type Shapes = &'static [&'static [&'static str]];

/// 2 to 4 vCPU, 8 to 16 GiB.
const SMALL_AMD: Shapes = &[
    &["m7i.large", "m6i.large", "m5.large"],
    &["r6i.large", "r7i.large", "r5.large"],
    &["c6i.xlarge", "c7i.xlarge", "c5.xlarge"],
];
const SMALL_ARM: Shapes =
    &[&["m7g.large", "m6g.large"], &["r7g.large", "r6g.large"], &["c7g.xlarge", "c6g.xlarge", "c8g.xlarge"]];
/// 8 to 16 vCPU, 32 to 64 GiB.
const LARGE_AMD: Shapes =
    &[&["m7i.2xlarge", "m6i.2xlarge"], &["r6i.2xlarge", "r7i.2xlarge", "r5.2xlarge"], &["c6i.4xlarge", "c7i.4xlarge"]];
const LARGE_ARM: Shapes =
    &[&["m7g.2xlarge", "m6g.2xlarge"], &["r7g.2xlarge", "r6g.2xlarge"], &["c7g.4xlarge", "c6g.4xlarge"]];

fn instances(dice: &mut Dice<'_>, platform: &Platform, large: bool) -> Vec<InstanceType> {
    let shapes = match (dice.choose(&platform.nodes), large) {
        (Architecture::Amd64, false) => SMALL_AMD,
        (Architecture::Amd64, true) => LARGE_AMD,
        (Architecture::Arm64, false) => SMALL_ARM,
        (Architecture::Arm64, true) => LARGE_ARM,
    };
    let shape = *dice.choose(shapes);
    all(&dice.some_of(shape, 1, 3).into_iter().copied().collect::<Vec<_>>())
}

fn gpu(dice: &mut Dice<'_>, usage: &Usage) -> Vec<InstanceType> {
    let has = |region: &str| usage.regions.iter().any(|name| name.as_str() == region);
    let mut known = vec!["g4dn.2xlarge"];
    if !has("ap-southeast-1") {
        known.push("g5.2xlarge");
        if !has("eu-west-1") {
            known.push("g6.2xlarge");
        }
    }
    vec![v(dice.pick(&known))]
}

fn group(dice: &mut Dice<'_>, instances: Vec<InstanceType>, least: u32, work: WorkKind) -> NodeGroupSpec {
    let min = dice.between(least, 3);
    // Any group has room for all pods of the workloads that it is for, at their most; of groups in each of four zones a
    // /16 still holds all.
    let zones = *dice.choose(ZoneLayout::ALL);
    let most = if zones == ZoneLayout::Each { 9 } else { 12 };
    let max = dice.between(min.max(9), most);
    let spot = !matches!(work, WorkKind::System | WorkKind::Stateful);
    NodeGroupSpec {
        instances,
        size: v(&format!("{min}..{max}")),
        desired: dice.some(40, |d| d.between(min, max)),
        only_for: Vec::new(),
        work,
        spot: if spot { dice.some(40, |d| v(d.pick(&["40%", "100%", "0%", "12.5%"]))) } else { None },
        on_demand_base: dice.some(30, |d| d.between(0, max)).unwrap_or(0),
        disk: v(dice.pick(&["50Gi", "100Gi", "20Gi"])),
        labels: dice
            .some_of(&["node-class", "yes", "1.10", "example.com/Tier"], 0, 2)
            .into_iter()
            .map(|key| (v(key), text::label(dice)))
            .collect(),
        taints: Vec::new(),
        zones,
        max_pods: if zones == ZoneLayout::Each { *dice.choose(&[58, 29]) } else { *dice.choose(&[58, 29, 110]) },
    }
}

fn taints(dice: &mut Dice<'_>) -> Vec<TaintSpec> {
    all(&dice
        .some_of(
            &[
                "example.com/dedicated=yes:NoSchedule",
                "spot=true:NoExecute",
                "no=on:PreferNoSchedule",
                "1.10=1e3:NoSchedule",
            ],
            0,
            2,
        )
        .into_iter()
        .copied()
        .collect::<Vec<_>>())
}

fn node_groups(
    dice: &mut Dice<'_>,
    platform: &Platform,
    usage: &Usage,
    workloads: &Workloads,
    stores: &Stores,
) -> BTreeMap<NodeGroupName, NodeGroupSpec> {
    let mut groups: BTreeMap<NodeGroupName, NodeGroupSpec> = BTreeMap::new();
    let work = *dice.choose(&[WorkKind::System, WorkKind::Serving]);
    // Large enough for everything that a cluster may need installed, and for what has no nodes of its own.
    let large = instances(dice, platform, true);
    groups.insert(v("system"), group(dice, large, 1, work));
    if dice.chance(30) {
        let large = dice.chance(50);
        let types = instances(dice, platform, large);
        let mut open = group(dice, types, 0, WorkKind::Batch);
        if dice.chance(40) {
            open.taints = vec![v("prefer=else-where:PreferNoSchedule")];
        }
        groups.insert(v(dice.pick(&["general", "on", "null"])), open);
    }
    // What needs nodes of its own, and some that could do without, one group for one or two of them.
    let mut waiting: Vec<(OccupantName, bool)> = Vec::new();
    let mut accelerated: Vec<OccupantName> = Vec::new();
    for name in &usage.workloads {
        let Some(planned) = workloads.get(name) else {
            continue;
        };
        match planned.class {
            Class::Gpu => accelerated.push(v(name.as_str())),
            Class::Heavy => waiting.push((v(name.as_str()), true)),
            Class::Light if dice.chance(25) => waiting.push((v(name.as_str()), false)),
            Class::Light => {}
        }
    }
    let mut index = 0;
    while !waiting.is_empty() {
        let alone = waiting.iter().take(2).any(|(_, heavy)| *heavy) || !dice.chance(40);
        let together = if alone { 1 } else { 2 };
        let occupants: Vec<(OccupantName, bool)> = waiting.drain(..waiting.len().min(together)).collect();
        let large = occupants.iter().any(|(_, heavy)| *heavy) || dice.chance(20);
        let types = instances(dice, platform, large);
        let work = *dice.choose(&[WorkKind::Serving, WorkKind::Batch]);
        let mut own = group(dice, types, 0, work);
        own.only_for = occupants.into_iter().map(|(name, _)| name).collect();
        own.taints = taints(dice);
        groups.insert(v(&format!("apps-{index}")), own);
        index += 1;
    }
    if !accelerated.is_empty() {
        let types = gpu(dice, usage);
        let mut own = group(dice, types, 0, WorkKind::Training);
        // Each pod takes a node.
        own.size = v(&format!("{}..{}", own.size.min(), accelerated.len() * 18));
        own.zones = ZoneLayout::Across;
        own.only_for = accelerated;
        own.taints = all(dice.choose::<&[&str]>(&[&["nvidia.com/gpu=true:NoSchedule"], &[]]));
        groups.insert(v("gpu"), own);
    }
    for name in stores.spec.kafka.keys().filter(|name| usage.stores.contains(*name)) {
        if !stores.heavy.contains(name) && !dice.chance(40) {
            continue;
        }
        let types = instances(dice, platform, true);
        let mut own = group(dice, types, 1, WorkKind::Stateful);
        own.only_for = vec![v(name.as_str())];
        own.taints = taints(dice);
        groups.insert(v(&format!("{name}-nodes")), own);
    }
    groups
}

pub(super) fn roll(
    dice: &mut Dice<'_>,
    platform: &Platform,
    places: &Places,
    workloads: &Workloads,
    stores: &Stores,
) -> BTreeMap<ProfileName, ClusterSpec> {
    let mut clusters = BTreeMap::new();
    for (name, usage) in &places.profiles {
        let groups = node_groups(dice, platform, usage, workloads, stores);
        clusters.insert(name.clone(), cluster(dice, groups));
    }
    clusters
}

fn cluster(dice: &mut Dice<'_>, node_groups: BTreeMap<NodeGroupName, NodeGroupSpec>) -> ClusterSpec {
    let mut addons = vec![Addon::VpcCni, Addon::Coredns, Addon::KubeProxy, Addon::EbsCsi, Addon::PodIdentity];
    // Without it, a chart brings it.
    if !dice.chance(20) {
        addons.push(Addon::MetricsServer);
    }
    addons.extend(dice.some_of(&[Addon::EfsCsi, Addon::SnapshotController, Addon::NodeMonitoring], 0, 2));
    ClusterSpec {
        version: v(dice.pick(&["1.36", "1.33", "1.34", "1.35"])),
        support: *dice.choose(SupportType::ALL),
        endpoint: EndpointSpec {
            public_from: all(&dice
                .some_of(&["203.0.113.0/24", "198.51.100.7/32", "0.0.0.0/0"], 0, 2)
                .into_iter()
                .copied()
                .collect::<Vec<_>>()),
        },
        logs: if dice.chance(40) {
            LogsSpec {
                types: dice.some_of(ControlPlaneLog::ALL, 0, 5).into_iter().copied().collect(),
                retention: v(dice.pick(&["30d", "1d", "3653d", "168h"])),
            }
        } else {
            LogsSpec::default()
        },
        addons,
        addon_versions: if dice.chance(30) {
            BTreeMap::from([(v("coredns"), v("v1.11.4-eksbuild.2"))])
        } else {
            BTreeMap::new()
        },
        autoscaler: AutoscalerSpec {
            kind: *dice.choose(AutoscalerKind::ALL),
            expander: *dice.choose(Expander::ALL),
            balance_similar: !dice.chance(30),
            keep_nodes_with_local_storage: dice.chance(30),
            keep_nodes_with_system_pods: dice.chance(30),
            replicas: *dice.choose(&[2, 1]),
            cpu: v(dice.pick(&["100m", "0.2"])),
            memory: v(dice.pick(&["600Mi", "1Gi"])),
            scan_interval: v(dice.pick(&["10s", "1m"])),
            scale_down: if dice.chance(30) {
                ScaleDownSpec { after_add: v("10m"), unneeded: v("90s"), below: Percent::whole(65) }
            } else {
                ScaleDownSpec::default()
            },
        },
        node_groups,
    }
}

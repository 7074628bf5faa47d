//! Pools: the groups of nodes that EKS is told of, which a node group of the topology is divided into.
//!
//! EKS has managed node groups of on-demand or of spot nodes, and not of both, so a group with a share of spot nodes
//! becomes two. One with nodes in each zone becomes one for each zone.
//! Source: Amazon EKS User Guide, "Managed node group capacity types".

use std::collections::BTreeMap;

use super::{Cluster, NodeGroup, Region, Scaling};
use crate::name::ZoneName;
use crate::spec::{AutoscalerKind, WorkKind, ZoneLayout};

/// Below it, Cluster Autoscaler looks for what a node will have as long as the group has none.
const TEMPLATE: &str = "k8s.io/cluster-autoscaler/node-template";

/// Most tags of a node group that follow from its labels and taints; a resource has 50 at most, the platform's and
/// those of what makes the group included. Source: AWS General Reference, "Tag naming limits and requirements".
const MOST_TAGS: usize = 40;

/// A managed node group of EKS.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool<'c> {
    /// Its name, unique in its cluster: `<group>`, then `-<letter>` for one zone, then `-spot`.
    pub name: String,
    /// The group that it is a part of.
    pub group: &'c NodeGroup,
    /// The zones of its nodes.
    pub zones: &'c [ZoneName],
    /// Fewest, wanted and most nodes. Never none at all.
    pub scaling: Scaling,
    /// True if its nodes are spot nodes.
    pub spot: bool,
}

impl Pool<'_> {
    /// How many nodes may be replaced at once: a tenth, one at least.
    pub fn replaced_at_once(&self) -> u32 {
        (self.scaling.max() / 10).max(1)
    }

    /// What a node of an empty group will be like, as tags. Cluster Autoscaler asks EKS for labels and taints, but for disks
    /// only the tags: without them, no pod that requests scratch space would get a first node. None where a node is
    /// always there to look at, and where something else adds nodes.
    /// Source: kubernetes/autoscaler `cluster-autoscaler/cloudprovider/aws/aws_manager.go`, `buildNodeFromTemplate`.
    pub fn template_tags(&self, autoscaler: AutoscalerKind) -> BTreeMap<String, String> {
        if self.scaling.min() > 0 || autoscaler != AutoscalerKind::ClusterAutoscaler {
            return BTreeMap::new();
        }
        let group = self.group;
        let taints = group
            .taints()
            .iter()
            .map(|taint| (format!("taint/{}", taint.key()), format!("{}:{}", taint.value(), taint.effect().as_str())));
        let labels = group.labels().iter().map(|(key, value)| (format!("label/{key}"), value.to_string()));
        let disk = ("resources/ephemeral-storage".to_owned(), format!("{}Mi", group.usable_mebibytes()));
        let all = std::iter::once(disk).chain(taints).chain(labels).take(MOST_TAGS);
        all.map(|(end, value)| (format!("{TEMPLATE}/{end}"), value)).collect()
    }
}

impl NodeGroup {
    /// The disk of each node as EC2 counts it, in whole GiB.
    pub fn disk_gibibytes(&self) -> u64 {
        self.disk.get().div_ceil(1 << 30)
    }

    /// What pods can use of the disk of each node, in MiB: a kubelet evicts pods when a tenth of it is left.
    /// Source: Kubernetes, "Node-pressure Eviction", default of `nodefs.available`.
    pub fn usable_mebibytes(&self) -> u64 {
        (self.disk.get() >> 20) / 10 * 9
    }

    /// How many of `nodes` are on demand: the base, and above it what isn't the share of spot.
    /// An Auto Scaling group with a base and a share counts alike.
    pub fn on_demand(&self, nodes: u32) -> u32 {
        nodes - self.spot.floor_of(nodes.saturating_sub(self.on_demand_base))
    }

    /// What the group is divided into: at its fewest, wanted and most nodes, each kind has the share that it is to have,
    /// and all parts together are as large as the group.
    pub(super) fn pools<'c>(&'c self, zones: &'c [ZoneName]) -> Vec<Pool<'c>> {
        let places: Vec<(String, &[ZoneName])> = match self.zones {
            ZoneLayout::Across => vec![(self.name.to_string(), zones)],
            ZoneLayout::Each => {
                let each = |zone: &'c ZoneName| (zone_pool(self, zone), std::slice::from_ref(zone));
                zones.iter().map(each).collect()
            }
        };
        let on_demand = self.scaling.map(|nodes| self.on_demand(nodes));
        let spot = self.scaling.map(|nodes| nodes - self.on_demand(nodes));
        let pool = |name: String, zones, scaling, spot| Pool { name, group: self, zones, scaling, spot };
        let both = |(name, zones): (String, &'c [ZoneName])| {
            [pool(name.clone(), zones, on_demand, false), pool(format!("{name}{SPOT_SUFFIX}"), zones, spot, true)]
        };
        places.into_iter().flat_map(both).filter(|pool| pool.scaling.max() > 0).collect()
    }
}

/// What the name of a pool of spot nodes ends in.
const SPOT_SUFFIX: &str = "-spot";

fn zone_pool(group: &NodeGroup, zone: &ZoneName) -> String {
    format!("{}-{}", group.name, zone.letter())
}

impl Cluster {
    /// The node groups that are managed node groups of EKS: with Cluster Autoscaler all of them; with Karpenter those that
    /// the cluster itself and its data need, because Karpenter can't start the nodes that it runs on, and nodes with
    /// data are not to be moved. If that leaves no home for what the cluster itself needs, the first group that is one.
    pub fn managed_groups(&self) -> Vec<&NodeGroup> {
        let all = self.node_groups().values();
        if self.settings().autoscaler.kind == AutoscalerKind::ClusterAutoscaler {
            return all.collect();
        }
        let home = |group: &NodeGroup| group.takes_everything() && group.scaling().min() > 0;
        let kept = |group: &NodeGroup| matches!(group.work(), WorkKind::System | WorkKind::Stateful);
        let mut managed: Vec<&NodeGroup> = all.clone().filter(|group| kept(group)).collect();
        if !managed.iter().any(|group| home(group)) {
            managed.extend(all.clone().find(|group| home(group)));
            managed.sort_by_key(|group| group.name());
        }
        managed
    }

    /// The other groups: what Karpenter makes nodes for.
    pub fn karpenter_groups(&self) -> Vec<&NodeGroup> {
        let managed = self.managed_groups();
        self.node_groups().values().filter(|group| !managed.contains(group)).collect()
    }
}

impl Region {
    /// The managed node groups of its cluster, in the order of their groups' names.
    pub fn pools(&self) -> Vec<Pool<'_>> {
        self.cluster().managed_groups().into_iter().flat_map(|group| group.pools(self.zones())).collect()
    }
}

//! Environments, regions, clusters and node groups, resolved.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Network, Placement, Scaling, Store, StoreKind, Workload};
use crate::name::{
    AccountId, ClusterVersion, EnvironmentName, HostName, InstanceType, LabelKey, LabelValue, Namespace, NodeGroupName,
    OccupantName, RegionName, StoreName, TaintSpec, Text, WorkloadName, ZoneName,
};
use crate::path::ModelPath;
use crate::quantity::{Bytes, Duration, Percent};
use crate::spec::{
    Audience, ClusterSpec, HoursSpec, NatLayout, Provisioner, Residency, StandbyMode, WorkKind, ZoneLayout,
};

/// An environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    pub(super) name: EnvironmentName,
    pub(super) domain: HostName,
    pub(super) namespace: Namespace,
    pub(super) provisioner: Provisioner,
    pub(super) account: Option<AccountId>,
    pub(super) hours: Option<HoursSpec>,
    pub(super) regions: BTreeMap<RegionName, Region>,
}

impl Environment {
    /// Its name.
    pub const fn name(&self) -> &EnvironmentName {
        &self.name
    }

    /// The domain that its hosts stand under.
    pub const fn domain(&self) -> &HostName {
        &self.domain
    }

    /// The namespace of workloads that name none.
    pub const fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// What makes its clusters.
    pub const fn provisioner(&self) -> Provisioner {
        self.provisioner
    }

    /// The AWS account that it lives in, where that is said.
    pub const fn account(&self) -> Option<&AccountId> {
        self.account.as_ref()
    }

    /// When it runs; always, if `None`.
    pub const fn hours(&self) -> Option<&HoursSpec> {
        self.hours.as_ref()
    }

    /// Its regions.
    pub const fn regions(&self) -> &BTreeMap<RegionName, Region> {
        &self.regions
    }

    /// The standby region of a primary one.
    pub fn standby_of(&self, primary: &RegionName) -> Option<&Region> {
        self.regions
            .values()
            .find(|region| matches!(&region.duty, Duty::Standby { protects, .. } if protects == primary))
    }

    /// Where it stands in the topology.
    pub fn path(&self) -> ModelPath {
        ModelPath::of(["environments", self.name.as_str()])
    }
}

/// What a region is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duty {
    /// It serves an audience.
    Primary {
        /// Whom it serves.
        audience: Vec<Audience>,
        /// Its share of all requests.
        traffic: Percent,
        /// Why no standby protects it.
        unprotected: Option<Text>,
    },
    /// It stands by.
    Standby {
        /// For which primary region of the same environment.
        protects: RegionName,
        /// How much of it runs beforehand.
        mode: StandbyMode,
        /// Longest outage when the primary is lost.
        rto: Duration,
        /// Most data, as time, that may be lost.
        rpo: Duration,
    },
}

/// A region of an environment, with its cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    pub(super) name: RegionName,
    pub(super) environment: EnvironmentName,
    pub(super) duty: Duty,
    pub(super) purpose: Option<Text>,
    pub(super) residency: Option<Residency>,
    pub(super) zones: Vec<ZoneName>,
    pub(super) network: Network,
    pub(super) nat: NatLayout,
    pub(super) cluster: Cluster,
    pub(super) workloads: BTreeMap<WorkloadName, Arc<Workload>>,
    pub(super) stores: BTreeMap<StoreName, Arc<Store>>,
}

impl Region {
    /// Its AWS code.
    pub const fn name(&self) -> &RegionName {
        &self.name
    }

    /// What it is for.
    pub const fn duty(&self) -> &Duty {
        &self.duty
    }

    /// What it is for, in words.
    pub const fn purpose(&self) -> Option<&Text> {
        self.purpose.as_ref()
    }

    /// Where its data must stay.
    pub const fn residency(&self) -> Option<Residency> {
        self.residency
    }

    /// Its availability zones.
    pub fn zones(&self) -> &[ZoneName] {
        &self.zones
    }

    /// Its address plan.
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// How its private subnets reach the internet.
    pub const fn nat(&self) -> NatLayout {
        self.nat
    }

    /// Its cluster.
    pub const fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// What runs in it.
    pub const fn workloads(&self) -> &BTreeMap<WorkloadName, Arc<Workload>> {
        &self.workloads
    }

    /// The stores that it has: those that its workloads use, those that it holds, and, in a standby region, copies of those of the region that it protects.
    pub const fn stores(&self) -> &BTreeMap<StoreName, Arc<Store>> {
        &self.stores
    }

    /// The workloads that call `callee` here.
    pub fn callers<'r>(&'r self, callee: &'r WorkloadName) -> impl Iterator<Item = &'r Arc<Workload>> {
        self.workloads.values().filter(move |workload| workload.calls().contains(callee))
    }

    /// True if the region stands by.
    pub const fn is_standby(&self) -> bool {
        matches!(self.duty, Duty::Standby { .. })
    }

    /// True if every database that a workload uses is written here: not in a standby region, whose databases are copies,
    /// and not where another region is their `writer`. What changes a database, such as a migration, runs only here.
    pub fn writes_data_of(&self, workload: &Workload) -> bool {
        let elsewhere = |store: &Store| match store.kind() {
            StoreKind::Database(database) => database.writer.as_ref().is_some_and(|writer| *writer != self.name),
            _ => false,
        };
        !self.is_standby()
            && !workload.uses().iter().filter_map(|name| self.stores.get(name)).any(|store| elsewhere(store))
    }

    /// True if the region is a pilot light: declared, but without pods until a failover.
    pub const fn is_dark(&self) -> bool {
        matches!(self.duty, Duty::Standby { mode: StandbyMode::PilotLight, .. })
    }

    /// Where the pods of a workload or Kafka cluster of that name go.
    pub fn placement(&self, occupant: &str) -> Placement<'_> {
        Placement::of(&self.cluster, occupant)
    }

    /// Where it stands in the topology.
    pub fn path(&self) -> ModelPath {
        ModelPath::of(["environments", self.environment.as_str(), "regions", self.name.as_str()])
    }
}

/// A cluster: a profile, in a region.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    pub(super) name: String,
    pub(super) profile: crate::name::ProfileName,
    pub(super) spec: Arc<ClusterSpec>,
    pub(super) node_groups: Arc<BTreeMap<NodeGroupName, NodeGroup>>,
}

impl Cluster {
    /// `<platform>-<environment>-<region>`, unique across all accounts and regions of the platform.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The profile that it has.
    pub const fn profile(&self) -> &crate::name::ProfileName {
        &self.profile
    }

    /// Its Kubernetes version.
    pub fn version(&self) -> ClusterVersion {
        self.spec.version
    }

    /// Endpoint, logs, add-ons, autoscaler and support, as the profile says.
    pub fn settings(&self) -> &ClusterSpec {
        &self.spec
    }

    /// Its node groups.
    pub fn node_groups(&self) -> &BTreeMap<NodeGroupName, NodeGroup> {
        &self.node_groups
    }

    /// Where its profile stands in the topology.
    pub fn path(&self) -> ModelPath {
        ModelPath::of(["clusters", self.profile.as_str()])
    }
}

/// A node group of a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeGroup {
    pub(super) name: NodeGroupName,
    pub(super) instances: Vec<InstanceType>,
    pub(super) scaling: Scaling,
    pub(super) work: WorkKind,
    pub(super) spot: Percent,
    pub(super) on_demand_base: u32,
    pub(super) disk: Bytes,
    pub(super) labels: BTreeMap<LabelKey, LabelValue>,
    pub(super) taints: Vec<TaintSpec>,
    pub(super) only_for: Vec<OccupantName>,
    pub(super) zones: ZoneLayout,
    pub(super) max_pods: u16,
}

impl NodeGroup {
    /// Its name, which is also the value of the label `workload-type` of its nodes.
    pub const fn name(&self) -> &NodeGroupName {
        &self.name
    }

    /// Instance types, best first.
    pub fn instances(&self) -> &[InstanceType] {
        &self.instances
    }

    /// Its size; with one group per zone, that of each.
    pub const fn scaling(&self) -> Scaling {
        self.scaling
    }

    /// What kind of work it does.
    pub const fn work(&self) -> WorkKind {
        self.work
    }

    /// Share of spot nodes above the base.
    pub const fn spot(&self) -> Percent {
        self.spot
    }

    /// Nodes that are always on demand.
    pub const fn on_demand_base(&self) -> u32 {
        self.on_demand_base
    }

    /// Size of each node's disk.
    pub const fn disk(&self) -> Bytes {
        self.disk
    }

    /// All labels of its nodes, `workload-type` included.
    pub const fn labels(&self) -> &BTreeMap<LabelKey, LabelValue> {
        &self.labels
    }

    /// All taints of its nodes, the one of `only_for` included.
    pub fn taints(&self) -> &[TaintSpec] {
        &self.taints
    }

    /// What runs only here; empty if every pod may.
    pub fn only_for(&self) -> &[OccupantName] {
        &self.only_for
    }

    /// One group across zones or one per zone.
    pub const fn zones(&self) -> ZoneLayout {
        self.zones
    }

    /// Most pods on a node.
    pub const fn max_pods(&self) -> u16 {
        self.max_pods
    }

    /// True if it takes pods that tolerate nothing.
    pub fn takes_everything(&self) -> bool {
        self.taints.iter().all(|taint| taint.effect() == crate::name::TaintEffect::PreferNoSchedule)
    }

    /// How many groups there are of it in a region with so many zones.
    pub fn copies(&self, zones: usize) -> u32 {
        match self.zones {
            ZoneLayout::Across => 1,
            ZoneLayout::Each => u32::try_from(zones).unwrap_or(1),
        }
    }
}

//! A topology as it is written: the keys of the file, with their documentation and defaults.
//!
//! Every single value is checked by its type; what several values mean together is judged when a [`Topology`]
//! is made of a [`Spec`]. The declarations here also make the JSON Schema and the printer, so a key is
//! added in one place.
//!
//! [`Topology`]: crate::topology::Topology

mod cluster;
mod cost;
mod data;
mod edge;
mod environment;
mod gitops;
mod platform;
mod traffic;
mod workload;

use std::collections::BTreeMap;

pub use cluster::{
    Addon, Architecture, AutoscalerKind, AutoscalerSpec, ClusterSpec, ControlPlaneLog, EndpointSpec, Expander,
    LogsSpec, NodeGroupSpec, ScaleDownSpec, SupportType, WorkKind, ZoneLayout,
};
pub use cost::{CommitmentKind, CommitmentSpec, CommitmentTerm, CostSpec, Payment};
pub use data::{
    BackupSpec, BucketSpec, CacheEngine, CacheSpec, CleanupPolicy, Compression, DataSpec, DatabaseEngine, DatabaseSpec,
    KafkaBrokersSpec, KafkaControllersSpec, KafkaJvmSpec, KafkaSpec, KafkaUserSpec, ListenerAuthentication,
    ListenerSpec, ReplicaSpec, StandbyCopy, StorageClass, StoreSize, TierSpec, TopicSpec,
};
pub use edge::{
    BehaviourSpec, CertificatesSpec, DnsHealthSpec, DnsSpec, EdgeSpec, ManagedRules, NeverCacheSpec, PriceClass,
    Shield, Steering, WafSpec,
};
pub use environment::{
    Audience, EnvironmentSpec, ExistingNetworkSpec, HoursSpec, NatLayout, Provisioner, RegionSpec, Residency, Role,
    StandbyMode, WorkloadSize,
};
pub use gitops::GitopsSpec;
pub use platform::{DemandSpec, TargetsSpec};
pub use traffic::{
    AlertsSpec, BalancingAlgorithm, EntryPath, IngressHealthSpec, IngressSpec, MeshGatewaySpec, MeshKind, MeshSpec,
    MetricsSpec, MutualTls, NetworkPolicySpec, ObservabilitySpec, PodSecurityLevel, PodSecuritySpec, ProxySpec,
};
pub use workload::{
    AutoscalingBehaviourSpec, Concurrency, ContainerRole, ContainerSpec, DisruptionSpec, JobSpec, MigrationSpec,
    PermissionSpec, Priority, ProbeSpec, ProbesSpec, ResourcesSpec, RolloutSpec, RouteSpec, ScaleSpec, ScheduleSpec,
    ShutdownSpec, SpreadSpec, Strictness, VerticalBoundSpec, VerticalMode, VerticalSpec, VolumeKind, VolumeSpec,
    WorkloadKind, WorkloadMetricsSpec, WorkloadSpec,
};

use crate::name::{EnvironmentName, HostName, Owner, PlatformName, ProfileName, WorkloadName};
use crate::source::shape::{choice, shape};

choice! {
    /// The format of the file.
    pub enum Format as "a format of topology files" {
        /// The first format.
        V1 = "v1",
    }
}

shape! {
    /// A platform: what runs, where, how large, and what it is judged by.
    pub struct Spec as "a topology" {
        /// The format of this file: `v1`.
        required waard: Format,
        /// The platform's name, the prefix of its clusters, objects and AWS resources.
        required platform: PlatformName,
        /// The DNS domain that all hosts of the platform stand under.
        required domain: HostName,
        /// Who answers for the platform; alerts and tags name this address.
        optional owner: Owner,
        /// What the platform is meant to reach. Probes, alerts and the forecast follow from it.
        default targets: TargetsSpec = TargetsSpec::default(),
        /// The demand that the targets are judged by, said as assumptions.
        optional demand: DemandSpec,
        /// Production, staging, development: where each runs and what differs there.
        required environments: BTreeMap<EnvironmentName, EnvironmentSpec>,
        /// Cluster profiles, said once and used by many regions.
        required clusters: BTreeMap<ProfileName, ClusterSpec>,
        /// Databases, caches, Kafka clusters and buckets. A region has those that its workloads use.
        default data: DataSpec = DataSpec::default(),
        /// What runs.
        required workloads: BTreeMap<WorkloadName, WorkloadSpec>,
        /// CDN, firewall, certificates and DNS in front of all regions.
        optional edge: EdgeSpec,
        /// How requests enter a cluster.
        default ingress: IngressSpec = IngressSpec::default(),
        /// A service mesh between the workloads; without this key there is none.
        optional mesh: MeshSpec,
        /// Who may talk to whom inside a cluster, beyond what follows from `calls` and `uses`.
        default network_policy: NetworkPolicySpec = NetworkPolicySpec::default(),
        /// The Pod Security Standard that every namespace of the platform enforces.
        default pod_security: PodSecuritySpec = PodSecuritySpec::default(),
        /// Metrics and alerts.
        default observability: ObservabilitySpec = ObservabilitySpec::default(),
        /// Where Argo CD in each cluster pulls what is generated from; without this key, charts and objects are applied by hand.
        optional gitops: GitopsSpec,
        /// Spot shares, commitments and budgets.
        default cost: CostSpec = CostSpec::default(),
    }
}

impl Spec {
    /// The topology file: YAML that reads back to an equal value.
    pub fn to_yaml(&self) -> String {
        // The derived serializers write strings and numbers only, which can't fail.
        crate::yaml::to_string(self).unwrap_or_default()
    }
}

//! Cluster profiles: version, endpoint, logs, add-ons, autoscaler, node groups.

use std::collections::BTreeMap;

use crate::name::{
    AddonName, AddonVersion, ClusterVersion, InstanceType, LabelKey, LabelValue, NodeGroupName, OccupantName, TaintSpec,
};
use crate::quantity::{Bounds, Bytes, Cidr, Cpu, Duration, Percent};
use crate::source::shape::{choice, shape};

choice! {
    /// A log of the EKS control plane.
    pub enum ControlPlaneLog as "a control-plane log" {
        /// Requests to the API server.
        Api = "api",
        /// Who did what.
        Audit = "audit",
        /// Who was let in.
        Authenticator = "authenticator",
        /// The controllers.
        ControllerManager = "controllerManager",
        /// The scheduler.
        Scheduler = "scheduler",
    }
}

choice! {
    /// An EKS add-on.
    pub enum Addon as "an EKS add-on" {
        /// Pod networking, and enforcement of network policies.
        VpcCni = "vpc-cni",
        /// DNS inside the cluster.
        Coredns = "coredns",
        /// Service addresses.
        KubeProxy = "kube-proxy",
        /// Volumes on EBS.
        EbsCsi = "aws-ebs-csi-driver",
        /// AWS credentials for pods, one identity each.
        PodIdentity = "eks-pod-identity-agent",
        /// CPU and memory metrics, which autoscaling needs.
        MetricsServer = "metrics-server",
        /// Volumes on EFS.
        EfsCsi = "aws-efs-csi-driver",
        /// Volume snapshots.
        SnapshotController = "snapshot-controller",
        /// Nodes that report their own trouble.
        NodeMonitoring = "eks-node-monitoring-agent",
    }
}

choice! {
    /// What adds and removes nodes.
    pub enum AutoscalerKind as "an autoscaler" {
        /// Cluster Autoscaler: moves the size of the node groups.
        ClusterAutoscaler = "cluster-autoscaler",
        /// Karpenter: starts the instances that pending pods need.
        Karpenter = "karpenter",
    }
}

choice! {
    /// How Cluster Autoscaler chooses among the node groups that would take a pod.
    pub enum Expander as "an expander" {
        /// The group with the least idle CPU afterwards.
        LeastWaste = "least-waste",
        /// The group that takes the most pods.
        MostPods = "most-pods",
        /// A group of spot nodes before one on demand; among equals the one with the least idle CPU afterwards.
        Priority = "priority",
        /// Any.
        Random = "random",
    }
}

choice! {
    /// Whether a cluster goes on into paid extended support.
    pub enum SupportType as "a support type" {
        /// It is upgraded by AWS when standard support ends.
        Standard = "standard",
        /// It goes on, at six times the price.
        Extended = "extended",
    }
}

choice! {
    /// What kind of work a node group is for. Spot shares are said per kind.
    pub enum WorkKind as "a kind of work" {
        /// What the cluster itself needs.
        System = "system",
        /// Answers requests.
        Serving = "serving",
        /// Can be interrupted and repeated.
        Batch = "batch",
        /// Trains models.
        Training = "training",
        /// Holds data on disks; never on spot.
        Stateful = "stateful",
    }
}

choice! {
    /// Whether a node group is one across all zones or one for each.
    pub enum ZoneLayout as "a zone layout" {
        /// One group across all zones.
        Across = "across",
        /// One group per zone, as volumes of a zone need it. The sizes are those of each.
        Each = "each",
    }
}

choice! {
    /// A processor architecture, as Kubernetes names it.
    pub enum Architecture as "an architecture" {
        /// 64-bit x86.
        Amd64 = "amd64",
        /// 64-bit Arm, AWS Graviton.
        Arm64 = "arm64",
    }
}

shape! {
    /// A cluster profile.
    pub struct ClusterSpec as "a cluster profile" {
        /// The Kubernetes minor version, in quotes.
        required version: ClusterVersion,
        /// Whether it may go on into paid extended support.
        default support: SupportType = SupportType::Standard,
        /// Who reaches the Kubernetes API.
        default endpoint: EndpointSpec = EndpointSpec::default(),
        /// Logs of the control plane.
        default logs: LogsSpec = LogsSpec::default(),
        /// EKS add-ons.
        default addons: Vec<Addon> = vec![
            Addon::VpcCni, Addon::Coredns, Addon::KubeProxy, Addon::EbsCsi, Addon::PodIdentity, Addon::MetricsServer,
        ],
        /// Add-ons held at a version; the others have the default one for the cluster's version.
        default addon_versions: BTreeMap<AddonName, AddonVersion> = BTreeMap::new(),
        /// What adds and removes nodes.
        default autoscaler: AutoscalerSpec = AutoscalerSpec::default(),
        /// The node groups. At least one takes every pod: no `only_for`, no taints, and never empty.
        required node_groups: BTreeMap<NodeGroupName, NodeGroupSpec>,
    }
}

shape! {
    /// Who reaches the Kubernetes API. From inside the VPC it is always reached.
    pub struct EndpointSpec as "an endpoint" defaulted {
        /// Public addresses that may reach it. Without this key it has no public address.
        default public_from: Vec<Cidr> = Vec::new(),
    }
}

shape! {
    /// Logs of the control plane.
    pub struct LogsSpec as "control-plane logs" defaulted {
        /// Which ones. Without this key, all five.
        default types: Vec<ControlPlaneLog> = ControlPlaneLog::ALL.to_vec(),
        /// How long they are kept: a number of days that CloudWatch Logs offers.
        default retention: Duration = Duration::days(30),
    }
}

shape! {
    /// What adds and removes nodes.
    pub struct AutoscalerSpec as "an autoscaler" defaulted {
        /// Which one.
        default kind: AutoscalerKind = AutoscalerKind::ClusterAutoscaler,
        /// Cluster Autoscaler: how it chooses among node groups.
        default expander: Expander = Expander::LeastWaste,
        /// Cluster Autoscaler: keep node groups of the same shape at the same size.
        default balance_similar: bool = true,
        /// Keep nodes on which pods have scratch volumes.
        default keep_nodes_with_local_storage: bool = false,
        /// Keep nodes on which pods of the cluster itself run.
        default keep_nodes_with_system_pods: bool = false,
        /// How many of it run; one leads.
        default replicas: u16 = 2,
        /// Processor time of each.
        default cpu: Cpu = Cpu::TENTH,
        /// Memory of each.
        default memory: Bytes = Bytes::mebibytes(600),
        /// How often it looks.
        default scan_interval: Duration = Duration::seconds(10),
        /// When nodes are removed.
        default scale_down: ScaleDownSpec = ScaleDownSpec::default(),
    }
}

shape! {
    /// When nodes are removed.
    pub struct ScaleDownSpec as "scale-down settings" defaulted {
        /// How long after a node was added.
        default after_add: Duration = Duration::seconds(600),
        /// How long it must have been idle.
        default unneeded: Duration = Duration::seconds(600),
        /// Idle means that less than this share of it is requested.
        default below: Percent = Percent::whole(50),
    }
}

shape! {
    /// A node group. Its nodes have the label `workload-type: <name>`.
    pub struct NodeGroupSpec as "a node group" {
        /// Instance types, all of the same CPU and memory, best first.
        required instances: Vec<InstanceType>,
        /// Fewest and most nodes.
        required size: Bounds,
        /// Nodes to start with. Without this key, the fewest.
        optional desired: u32,
        /// Workloads and Kafka clusters that run only here: the nodes get a taint, the pods a toleration and selector.
        default only_for: Vec<OccupantName> = Vec::new(),
        /// What kind of work it does.
        default work: WorkKind = WorkKind::Serving,
        /// Share of spot nodes above the base, instead of what `cost.spot` says for its kind of work.
        optional spot: Percent,
        /// Nodes that are always on demand.
        default on_demand_base: u32 = 0,
        /// Size of each node's disk: gp3, encrypted.
        default disk: Bytes = Bytes::gibibytes(50),
        /// More labels of its nodes.
        default labels: BTreeMap<LabelKey, LabelValue> = BTreeMap::new(),
        /// More taints of its nodes. The pods that run only here tolerate them.
        default taints: Vec<TaintSpec> = Vec::new(),
        /// One group across zones or one per zone.
        default zones: ZoneLayout = ZoneLayout::Across,
        /// Most pods on a node, at most 250: what the kubelet is told, and what addresses are reserved for.
        default max_pods: u16 = 58,
    }
}

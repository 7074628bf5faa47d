//! What a cluster needs beside the platform itself: controllers, operators and add-ons, at which release, with which pods.
//!
//! It follows from the topology alone. Where no release is known to fit the cluster's minor, the nearest one stands
//! here, so that emitting can't fail; [`fit`](crate::fit) says that it doesn't fit.

mod pods;

use waard_model::Topology;
use waard_model::spec::{Addon, AutoscalerKind, EntryPath, VerticalMode};
use waard_model::topology::{Environment, NodeGroup, Region, Store, StoreKind, Workload, reserved};

use crate::catalog::catalog;
use crate::component::{Component, Release};
use crate::minor::Minor;

pub use pods::{Nodes, Pods};

/// Something that a cluster needs installed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Installed {
    /// How it gets there.
    pub by: By,
    /// Its namespace.
    pub namespace: String,
    /// Its pods, and those that it makes itself.
    pub pods: Vec<Pods>,
}

/// How something gets into a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By a Helm chart.
    Chart {
        /// The name of the chart.
        chart: &'static str,
        /// What the chart installs.
        component: &'static Component,
        /// The release for the cluster's minor, or the nearest.
        release: &'static Release,
    },
    /// By objects of the platform's own.
    Objects {
        /// What they are for.
        component: &'static Component,
        /// The release for the cluster's minor, or the nearest.
        release: &'static Release,
    },
    /// By EKS, as an add-on.
    Addon(Addon),
}

impl By {
    /// What is installed, unless EKS knows by itself.
    pub const fn component(self) -> Option<(&'static Component, &'static Release)> {
        match self {
            Self::Chart { component, release, .. } | Self::Objects { component, release } => Some((component, release)),
            Self::Addon(_) => None,
        }
    }
}

impl Installed {
    /// True if it is installed by the chart of that name.
    pub fn is_chart(&self, name: &str) -> bool {
        matches!(self.by, By::Chart { chart, .. } if chart == name)
    }
}

/// The Kubernetes minor of a region's cluster.
pub(crate) fn minor(region: &Region) -> Minor {
    Minor::new(1, region.cluster().version().number())
}

/// Everything that the cluster of a region needs: EKS add-ons first, then controllers in the order of their names.
/// A failover installs nothing and takes nothing away, so what the region is in the topology counts.
pub fn installed(topology: &Topology, environment: &Environment, region: &Region) -> Vec<Installed> {
    let region = environment.regions().get(region.name()).unwrap_or(region);
    let needs = Needs { environment, region };
    let mut found: Vec<Installed> = region.cluster().settings().addons.iter().map(|addon| by_eks(*addon)).collect();
    let monitoring = topology.spec().observability.metrics.namespace.as_str();
    let system = reserved::SYSTEM_NAMESPACE;
    let mut add = |component: &str, chart: Option<&str>, namespace: &str, pods: Vec<Pods>| {
        if let Some(by) = by(component, chart, minor(region)) {
            found.push(Installed { by, namespace: namespace.to_owned(), pods });
        }
    };
    // Without a repository there is nothing that it could pull.
    if topology.spec().gitops.is_some() {
        add("argo-cd", Some("argo-cd"), reserved::ARGOCD_NAMESPACE, pods::all("argo-cd"));
    }
    if needs.balancer() {
        let id = "aws-load-balancer-controller";
        add(id, Some(id), system, pods::all(id));
    }
    if needs.cloudwatch() {
        let id = "cloudwatch-exporter";
        add(id, Some("prometheus-yet-another-cloudwatch-exporter"), monitoring, pods::all(id));
    }
    let autoscaler = &region.cluster().settings().autoscaler;
    if autoscaler.kind == AutoscalerKind::ClusterAutoscaler {
        add("cluster-autoscaler", None, system, vec![pods::cluster_autoscaler(autoscaler)]);
    }
    if needs.dns() {
        add("external-dns", Some("external-dns"), reserved::EXTERNAL_DNS_NAMESPACE, pods::all("external-dns"));
    }
    if needs.secrets() {
        let id = "external-secrets";
        add(id, Some(id), reserved::EXTERNAL_SECRETS_NAMESPACE, pods::all(id));
    }
    if let Some(mesh) = &topology.spec().mesh {
        add("istio", Some("base"), reserved::MESH_NAMESPACE, Vec::new());
        // The plugin needs the host, so it stands where the other plugins of the nodes do, and the control plane's
        // namespace can be a restricted one.
        add("istio", Some("cni"), system, pods::of("istio", "istio-cni-node").into_iter().collect());
        add("istio", Some("istiod"), reserved::MESH_NAMESPACE, vec![pods::istiod()]);
        if topology.entry() == EntryPath::Mesh && region.is_exposed() {
            add("istio", Some("gateway"), reserved::GATEWAY_NAMESPACE, vec![pods::gateway(&mesh.gateway)]);
        }
    }
    if autoscaler.kind == AutoscalerKind::Karpenter {
        add("karpenter", Some("karpenter"), system, pods::all("karpenter"));
    }
    add("kube-prometheus-stack", Some("kube-prometheus-stack"), monitoring, pods::all("kube-prometheus-stack"));
    if !region.cluster().settings().addons.contains(&Addon::MetricsServer) {
        add("metrics-server", Some("metrics-server"), system, pods::all("metrics-server"));
    }
    if region.cluster().node_groups().values().any(has_gpus) {
        add("nvidia-device-plugin", Some("nvidia-device-plugin"), system, pods::all("nvidia-device-plugin"));
    }
    if region.kafka().next().is_some() {
        let own = pods::of("strimzi", "strimzi-cluster-operator").into_iter();
        let made = region.kafka().flat_map(|store| pods::of_kafka(store, needs.is_mirror_of(store)));
        add("strimzi", Some("strimzi-kafka-operator"), reserved::STRIMZI_NAMESPACE, own.chain(made).collect());
    }
    if let Some(mode) = needs.vertical() {
        let id = "vertical-pod-autoscaler";
        let workloads: &[&str] = match mode {
            VerticalMode::Off => &["vertical-pod-autoscaler-recommender"],
            VerticalMode::Initial => {
                &["vertical-pod-autoscaler-admission-controller", "vertical-pod-autoscaler-recommender"]
            }
        };
        add(id, Some(id), system, workloads.iter().filter_map(|workload| pods::of(id, workload)).collect());
    }
    found
}

/// True if a node of the group has GPUs of NVIDIA.
pub(crate) fn has_gpus(group: &NodeGroup) -> bool {
    group.instances().iter().filter_map(|name| catalog().instance(name.as_str())).any(|instance| instance.gpus > 0)
}

fn by(component: &str, chart: Option<&str>, minor: Minor) -> Option<By> {
    let component = catalog().component(component)?;
    let release = component.nearest(minor)?;
    Some(match chart {
        None => By::Objects { component, release },
        Some(chart) => By::Chart { chart: component.charts.iter().find(|name| *name == chart)?, component, release },
    })
}

fn by_eks(addon: Addon) -> Installed {
    let name = match addon {
        // What they run stands on every node, and is counted there.
        Addon::VpcCni | Addon::KubeProxy | Addon::PodIdentity | Addon::NodeMonitoring => None,
        Addon::Coredns | Addon::EbsCsi | Addon::EfsCsi | Addon::MetricsServer | Addon::SnapshotController => {
            Some(addon.as_str())
        }
    };
    let pods = name.map(pods::all).unwrap_or_default();
    Installed { by: By::Addon(addon), namespace: reserved::SYSTEM_NAMESPACE.to_owned(), pods }
}

/// What of the topology asks for a controller.
struct Needs<'t> {
    environment: &'t Environment,
    region: &'t Region,
}

impl<'t> Needs<'t> {
    fn workloads(&self) -> impl Iterator<Item = &'t Workload> {
        self.region.workloads().values().map(|workload| &**workload)
    }

    /// True if the store is mirrored into this region from the one that it protects.
    fn is_mirror_of(&self, store: &Store) -> bool {
        self.region.is_standby() && self.environment.mirror_of(self.region, store).is_some()
    }

    /// Load balancers: for what is exposed, and for brokers that a standby reads from.
    fn balancer(&self) -> bool {
        self.region.is_exposed() || self.environment.mirrored(self.region).is_some()
    }

    /// Public names of load balancers.
    fn dns(&self) -> bool {
        self.balancer()
    }

    /// What pods refer to, and what gives clients of Kafka their credentials, in whichever cluster they are.
    fn secrets(&self) -> bool {
        let clients = || {
            self.workloads().flat_map(Workload::uses).any(|name| self.region.kafka().any(|store| store.name() == name))
        };
        let mirrors = || self.region.kafka().any(|store| self.environment.mirror_of(self.region, store).is_some());
        !self.region.secrets().is_empty() || mirrors() || clients()
    }

    /// Metrics that only CloudWatch has: of load balancers and certificates, databases and caches.
    fn cloudwatch(&self) -> bool {
        let stores = self.region.stores().values();
        let managed = |store: &Store| matches!(store.kind(), StoreKind::Database(_) | StoreKind::Cache(_));
        self.region.is_exposed() || stores.map(|store| &**store).any(managed)
    }

    /// The most that the vertical autoscaler may do here.
    fn vertical(&self) -> Option<VerticalMode> {
        let modes = || self.workloads().filter_map(|workload| workload.spec().vertical.as_ref()).map(|spec| spec.mode);
        let initial = modes().find(|mode| *mode == VerticalMode::Initial);
        initial.or_else(|| modes().next())
    }
}

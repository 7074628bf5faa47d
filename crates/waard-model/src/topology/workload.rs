//! Workloads, resolved for an environment: every default filled in.

use std::collections::BTreeMap;

use crate::name::{
    Argument, EnvVarName, HostName, ImageRef, LabelValue, Namespace, PortName, SecretKeyRef, StoreName, UrlPath,
    WorkloadName,
};
use crate::path::ModelPath;
use crate::quantity::{Bounds, CountOrShare, Duration, Percent, Rate};
use crate::spec::{
    AutoscalingBehaviourSpec, ContainerRole, JobSpec, MeshSpec, ResourcesSpec, RolloutSpec, ScheduleSpec, SpreadSpec,
    WorkloadKind, WorkloadSpec,
};

/// A workload at the size that it has in one environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    pub(super) name: WorkloadName,
    pub(super) namespace: Namespace,
    pub(super) kind: WorkloadKind,
    pub(super) image: ImageRef,
    pub(super) resources: ResourcesSpec,
    pub(super) probes: Probes,
    pub(super) scale: Scale,
    pub(super) disruption: Disruption,
    pub(super) shutdown: Shutdown,
    pub(super) exposed: Vec<Route>,
    pub(super) migration: Option<Migration>,
    pub(super) schedule: Option<ScheduleSpec>,
    pub(super) spec: WorkloadSpec,
}

/// How many pods.
#[derive(Clone, Debug, PartialEq)]
pub enum Scale {
    /// Always so many.
    Fixed(u32),
    /// As many as the load needs.
    Auto {
        /// Fewest and most, fewest at least 1.
        replicas: Bounds,
        /// Processor time that is used, of what is requested, on average.
        cpu: Option<Percent>,
        /// Memory that is used, of what is requested, on average.
        memory: Option<Percent>,
        /// How it grows.
        up: Option<AutoscalingBehaviourSpec>,
        /// How it shrinks.
        down: Option<AutoscalingBehaviourSpec>,
    },
}

impl Scale {
    /// Fewest pods.
    pub const fn min(&self) -> u32 {
        match self {
            Self::Fixed(n) => *n,
            Self::Auto { replicas, .. } => replicas.min(),
        }
    }

    /// Most pods.
    pub const fn max(&self) -> u32 {
        match self {
            Self::Fixed(n) => *n,
            Self::Auto { replicas, .. } => replicas.max(),
        }
    }
}

/// How many pods a drain may take away at once. Always at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disruption {
    /// At most so many, or so large a share, rounded up.
    Unavailable(CountOrShare),
    /// So large a share stays.
    Available(Percent),
}

/// The probes of a workload's main container.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Probes {
    /// Whether it has started.
    pub startup: Option<Probe>,
    /// Whether it can take requests.
    pub readiness: Option<Probe>,
    /// Whether it must be restarted.
    pub liveness: Option<Probe>,
}

/// A probe with every time as Kubernetes takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// The path of an HTTP request; a TCP connection if `None`.
    pub path: Option<UrlPath>,
    /// The port, by name.
    pub port: PortName,
    /// How often.
    pub every: Duration,
    /// How long it waits for an answer.
    pub timeout: Duration,
    /// Failures in a row that count.
    pub failures: u16,
    /// How long after the start of the container.
    pub after: Option<Duration>,
}

impl Probe {
    /// The longest time until it has decided: delay and all tries.
    pub fn budget(&self) -> Duration {
        let tries = (0..self.failures.saturating_sub(1)).fold(self.every, |sum, _| sum.plus(self.every));
        self.after.map_or(tries, |after| after.plus(tries))
    }
}

/// How a pod stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shutdown {
    /// How long it still takes requests after it was told to stop.
    pub drain: Option<Duration>,
    /// How long it then has to finish.
    pub finish: Duration,
}

impl Shutdown {
    /// Both, one after the other: the pod's grace period.
    pub fn grace(self) -> Duration {
        self.drain.map_or(self.finish, |drain| drain.plus(self.finish))
    }
}

/// Where a workload is reached from outside, with the host that it has in this environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// The host.
    pub host: HostName,
    /// The path, with everything below it.
    pub path: UrlPath,
    /// The port, by name.
    pub port: PortName,
    /// How long a request may take.
    pub timeout: Option<Duration>,
    /// How often a failed request is tried again.
    pub retries: u16,
    /// Requests that are let through.
    pub rate_limit: Option<Rate>,
    /// Requests above that which are let through at once.
    pub rate_burst: Option<u32>,
    /// The release that answers.
    pub version: Option<LabelValue>,
}

/// A database migration, with everything that it takes from its workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Migration {
    /// The command.
    pub command: Vec<Argument>,
    /// Variables whose value a secret holds.
    pub secrets: BTreeMap<EnvVarName, SecretKeyRef>,
    /// What it gets.
    pub resources: ResourcesSpec,
    /// How long it may take.
    pub timeout: Duration,
}

/// What the scheduler counts for one pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PodRequests {
    /// Processor time, in thousandths of a core.
    pub cpu_millis: u64,
    /// Memory in bytes.
    pub memory: u64,
    /// GPUs.
    pub gpus: u16,
}

impl PodRequests {
    fn of(resources: &ResourcesSpec) -> Self {
        Self { cpu_millis: resources.cpu.millicores().into(), memory: resources.memory.get(), gpus: resources.gpu }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            cpu_millis: self.cpu_millis + other.cpu_millis,
            memory: self.memory + other.memory,
            gpus: self.gpus + other.gpus,
        }
    }

    fn largest(self, other: Self) -> Self {
        Self {
            cpu_millis: self.cpu_millis.max(other.cpu_millis),
            memory: self.memory.max(other.memory),
            gpus: self.gpus.max(other.gpus),
        }
    }
}

impl Workload {
    /// What the scheduler counts for one of its pods: all sidecars, the mesh's proxy among them, and the largest of
    /// the main container, an init container and a migration, which run one after the other.
    /// Source: Kubernetes, "Sidecar Containers", "Resource sharing within containers".
    pub fn pod_requests(&self, mesh: Option<&MeshSpec>) -> PodRequests {
        let mut beside = PodRequests { cpu_millis: 0, memory: 0, gpus: 0 };
        let mut largest = PodRequests::of(&self.resources);
        for container in self.spec.containers.values() {
            match container.role {
                ContainerRole::Sidecar => beside = beside.plus(PodRequests::of(&container.resources)),
                ContainerRole::Init => largest = largest.largest(PodRequests::of(&container.resources)),
            }
        }
        if let Some(mesh) = mesh {
            beside.cpu_millis += u64::from(mesh.proxy.cpu.millicores());
            beside.memory += mesh.proxy.memory.get();
        }
        if let Some(migration) = &self.migration {
            largest = largest.largest(PodRequests::of(&migration.resources));
        }
        largest.plus(beside)
    }

    /// Its name.
    pub const fn name(&self) -> &WorkloadName {
        &self.name
    }

    /// Its namespace.
    pub const fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// How it runs.
    pub const fn kind(&self) -> WorkloadKind {
        self.kind
    }

    /// Its image.
    pub const fn image(&self) -> &ImageRef {
        &self.image
    }

    /// What its main container gets.
    pub const fn resources(&self) -> &ResourcesSpec {
        &self.resources
    }

    /// How many containers of it run one after the other before the main one.
    pub fn init_containers(&self) -> usize {
        self.spec.containers.values().filter(|container| container.role == ContainerRole::Init).count()
    }

    /// Its probes.
    pub const fn probes(&self) -> &Probes {
        &self.probes
    }

    /// How many pods.
    pub const fn scale(&self) -> &Scale {
        &self.scale
    }

    /// How many pods a drain may take away at once.
    pub const fn disruption(&self) -> Disruption {
        self.disruption
    }

    /// How a pod stops.
    pub const fn shutdown(&self) -> Shutdown {
        self.shutdown
    }

    /// Where it is reached from outside.
    pub fn exposed(&self) -> &[Route] {
        &self.exposed
    }

    /// Its database migration.
    pub const fn migration(&self) -> Option<&Migration> {
        self.migration.as_ref()
    }

    /// When it runs, if it is scheduled.
    pub const fn schedule(&self) -> Option<&ScheduleSpec> {
        self.schedule.as_ref()
    }

    /// The workloads that it calls.
    pub fn calls(&self) -> &[WorkloadName] {
        &self.spec.calls
    }

    /// The stores that it uses.
    pub fn uses(&self) -> &[StoreName] {
        &self.spec.uses
    }

    /// Ports by name.
    pub const fn ports(&self) -> &BTreeMap<PortName, u16> {
        &self.spec.ports
    }

    /// The ports that callers use, by name: all but the one for metrics.
    pub fn serving_ports(&self) -> impl Iterator<Item = (&PortName, u16)> {
        let metrics = self.spec.metrics.as_ref().map(|metrics| &metrics.port);
        self.spec.ports.iter().filter(move |(name, _)| Some(*name) != metrics).map(|(name, port)| (name, *port))
    }

    /// How its pods are spread.
    pub fn spread(&self) -> SpreadSpec {
        self.spec.spread.clone().unwrap_or_default()
    }

    /// How a new release replaces the old one.
    pub fn rollout(&self) -> RolloutSpec {
        self.spec.rollout.clone().unwrap_or_default()
    }

    /// How a run of it goes, if it is scheduled or a job.
    pub fn job(&self) -> JobSpec {
        self.spec.job.clone().unwrap_or_default()
    }

    /// The user and group that its processes have.
    pub fn user(&self) -> u32 {
        self.spec.user.unwrap_or(Self::DEFAULT_USER)
    }

    /// Everything else: variables, secrets, volumes, containers, permissions, with `like` already followed.
    pub const fn spec(&self) -> &WorkloadSpec {
        &self.spec
    }

    /// Where it stands in the topology.
    pub fn path(&self) -> ModelPath {
        ModelPath::of(["workloads", self.name.as_str()])
    }

    /// Above 10,000, so that it can't be the user of anything on a node.
    pub const DEFAULT_USER: u32 = 10_001;
}

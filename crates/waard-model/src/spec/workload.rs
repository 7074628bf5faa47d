//! Workloads: what runs in the clusters.

use std::collections::BTreeMap;

use crate::name::{
    Argument, ArnPattern, AwsAction, ContainerName, EnvValue, EnvVarName, HostName, ImageRef, LabelKey, LabelValue,
    MountPath, Namespace, PortName, SecretKeyRef, StoreName, Text, UrlPath, VolumeName, WorkloadName,
};
use crate::quantity::{Bounds, Bytes, ChangeRate, CountOrShare, Cpu, Cron, Duration, Percent, Rate, TimeZone};
use crate::source::shape::{choice, shape};
use crate::spec::Architecture;

choice! {
    /// How a workload runs.
    pub enum WorkloadKind as "a kind of workload" {
        /// All the time, as a Deployment.
        Service = "service",
        /// At given times, as a CronJob.
        Scheduled = "scheduled",
        /// Once per release, as a Job.
        Job = "job",
    }
}

choice! {
    /// What a volume is made of.
    pub enum VolumeKind as "a kind of volume" {
        /// Scratch space on the node's disk, gone with the pod.
        Scratch = "scratch",
        /// Scratch space in memory; it counts to the container's limit.
        Memory = "memory",
        /// A disk of its own for each pod, gone with the pod.
        Disk = "disk",
    }
}

choice! {
    /// When a further container runs.
    pub enum ContainerRole as "a role of a container" {
        /// Beside the main container, started before it.
        Sidecar = "sidecar",
        /// Before the main container, to its end.
        Init = "init",
    }
}

choice! {
    /// Whether a rule of spreading holds back pods that break it.
    pub enum Strictness as "a strictness" {
        /// A pod that would break it waits.
        Hard = "hard",
        /// It is kept where possible.
        Soft = "soft",
    }
}

choice! {
    /// What the vertical autoscaler may do. It never moves what a horizontal autoscaler acts on while a pod runs.
    pub enum VerticalMode as "a mode of vertical scaling" {
        /// It recommends, and changes nothing.
        Off = "off",
        /// It sets requests when a pod is made, never later.
        Initial = "initial",
    }
}

choice! {
    /// What happens when a scheduled run is due while the last one still runs.
    pub enum Concurrency as "a concurrency" {
        /// It is left out.
        Forbid = "forbid",
        /// The last one is stopped.
        Replace = "replace",
        /// Both run.
        Allow = "allow",
    }
}

choice! {
    /// Who goes first when room is scarce.
    pub enum Priority as "a priority" {
        /// Before others.
        High = "high",
        /// In turn.
        Normal = "normal",
        /// After others.
        Low = "low",
    }
}

shape! {
    /// A workload: one main container, and what it needs.
    pub struct WorkloadSpec as "a workload" defaulted {
        /// Another workload that this one is like: every key that isn't given here is taken from it, but `exposed` and `migration`.
        optional like: WorkloadName,
        /// What it is for, in words.
        optional purpose: Text,
        /// How it runs. Without this key, as a service.
        optional kind: WorkloadKind,
        /// The image, by digest or by a tag that names a release.
        optional image: ImageRef,
        /// Replaces the image's entry point.
        default command: Vec<Argument> = Vec::new(),
        /// Arguments.
        default args: Vec<Argument> = Vec::new(),
        /// Ports by name. A Service has the same numbers. Above 1023, because pods don't run as root.
        default ports: BTreeMap<PortName, u16> = BTreeMap::new(),
        /// How the kubelet finds out how it is.
        optional probes: ProbesSpec,
        /// What the main container gets.
        optional resources: ResourcesSpec,
        /// Environment variables. What looks like a secret is refused.
        default env: BTreeMap<EnvVarName, EnvValue> = BTreeMap::new(),
        /// Environment variables whose value a secret holds, as `<secret>/<key>`.
        default secrets: BTreeMap<EnvVarName, SecretKeyRef> = BTreeMap::new(),
        /// Files whose content a secret holds, as `<secret>/<key>`.
        default secret_files: BTreeMap<MountPath, SecretKeyRef> = BTreeMap::new(),
        /// Volumes. The root file system is read-only.
        default volumes: BTreeMap<VolumeName, VolumeSpec> = BTreeMap::new(),
        /// Further containers of the pod.
        default containers: BTreeMap<ContainerName, ContainerSpec> = BTreeMap::new(),
        /// AWS permissions beyond those that follow from `uses`.
        default permissions: Vec<PermissionSpec> = Vec::new(),
        /// A database migration, run before the new pods of a release, and again when anything in its pod changes.
        /// It runs where the databases are written: not in a standby region, and not where another region is their `writer`.
        optional migration: MigrationSpec,
        /// How many pods. Without this key, two.
        optional scale: ScaleSpec,
        /// Recommendations for requests.
        optional vertical: VerticalSpec,
        /// How many pods may be taken away at once. Without this key, one.
        optional disruption: DisruptionSpec,
        /// How pods are spread.
        optional spread: SpreadSpec,
        /// How a new release replaces the old one.
        optional rollout: RolloutSpec,
        /// How a pod stops.
        optional shutdown: ShutdownSpec,
        /// Pods' worth of room that is kept free, so that scaling needn't wait for nodes.
        optional headroom: u16,
        /// Who goes first when room is scarce.
        optional priority: Priority,
        /// Processor architectures that the image is built for. Without this key, any.
        default architectures: Vec<Architecture> = Vec::new(),
        /// Workloads that it calls. Network policy and mesh rules follow.
        default calls: Vec<WorkloadName> = Vec::new(),
        /// Stores that it uses. Network policy and permissions follow.
        default uses: Vec<StoreName> = Vec::new(),
        /// Ports on which it reaches the internet. Without this key, none.
        default internet: Vec<u16> = Vec::new(),
        /// Where it is reached from outside.
        default exposed: Vec<RouteSpec> = Vec::new(),
        /// Where its metrics are.
        optional metrics: WorkloadMetricsSpec,
        /// Scheduled workloads: when it runs.
        optional schedule: ScheduleSpec,
        /// Scheduled workloads and jobs: how a run goes.
        optional job: JobSpec,
        /// More labels of its objects and pods.
        default labels: BTreeMap<LabelKey, LabelValue> = BTreeMap::new(),
        /// Its namespace. Without this key, the environment's.
        optional namespace: Namespace,
        /// The user and group that its processes have. Without this key, 10001.
        optional user: u32,
    }
}

shape! {
    /// Probes of a container.
    pub struct ProbesSpec as "probes" defaulted {
        /// Whether it has started. Without this key: what the liveness probe asks, or else whether the port of the
        /// readiness probe is open, every two seconds for as long as `targets.container_start` allows.
        optional startup: ProbeSpec,
        /// Whether it can take requests.
        optional readiness: ProbeSpec,
        /// Whether it must be restarted.
        optional liveness: ProbeSpec,
    }
}

shape! {
    /// A probe: an HTTP request if it has a path, else a TCP connection.
    pub struct ProbeSpec as "a probe" {
        /// The path that is asked for.
        optional path: UrlPath,
        /// The port, by name.
        required port: PortName,
        /// How often.
        default every: Duration = Duration::seconds(10),
        /// How long it waits for an answer; not longer than `every`.
        default timeout: Duration = Duration::seconds(1),
        /// Failures in a row that count.
        default failures: u16 = 3,
        /// How long after the start of the container.
        optional after: Duration,
    }
}

shape! {
    /// What a container gets.
    pub struct ResourcesSpec as "resources" {
        /// Processor time that it requests.
        required cpu: Cpu,
        /// Most processor time. Without this key there is no limit but the node.
        optional cpu_limit: Cpu,
        /// Memory that it requests, which is also its limit: memory above the request is memory that isn't there.
        required memory: Bytes,
        /// Scratch space on the node's disk.
        optional scratch: Bytes,
        /// GPUs, whole ones.
        default gpu: u16 = 0,
    }
}

shape! {
    /// A volume of a workload.
    pub struct VolumeSpec as "a volume" {
        /// Where it is mounted.
        required mount: MountPath,
        /// What it is made of.
        default kind: VolumeKind = VolumeKind::Scratch,
        /// Its size.
        required size: Bytes,
    }
}

shape! {
    /// A further container of a workload's pods.
    pub struct ContainerSpec as "a container" {
        /// When it runs.
        required role: ContainerRole,
        /// The image, by digest or by a tag that names a release.
        required image: ImageRef,
        /// Replaces the image's entry point.
        default command: Vec<Argument> = Vec::new(),
        /// Arguments.
        default args: Vec<Argument> = Vec::new(),
        /// What it gets.
        required resources: ResourcesSpec,
        /// Environment variables.
        default env: BTreeMap<EnvVarName, EnvValue> = BTreeMap::new(),
        /// Environment variables whose value a secret holds.
        default secrets: BTreeMap<EnvVarName, SecretKeyRef> = BTreeMap::new(),
        /// Volumes of the workload that it sees too.
        default volumes: Vec<VolumeName> = Vec::new(),
    }
}

shape! {
    /// AWS permissions.
    pub struct PermissionSpec as "a permission" {
        /// What may be done.
        required actions: Vec<AwsAction>,
        /// On what.
        required on: Vec<ArnPattern>,
    }
}

shape! {
    /// A database migration: the workload's image, another command.
    pub struct MigrationSpec as "a migration" {
        /// The command.
        required command: Vec<Argument>,
        /// Variables whose value a secret holds, instead of the workload's of the same name: a migration has rights of its own.
        default secrets: BTreeMap<EnvVarName, SecretKeyRef> = BTreeMap::new(),
        /// What it gets. Without this key, what the main container gets.
        optional resources: ResourcesSpec,
        /// How long it may take.
        default timeout: Duration = Duration::seconds(600),
    }
}

shape! {
    /// How many pods. With equal bounds the number is fixed; otherwise a horizontal autoscaler moves it.
    pub struct ScaleSpec as "a scale" {
        /// Fewest and most pods.
        required replicas: Bounds,
        /// Processor time that is used, of what is requested, on average.
        optional cpu: Percent,
        /// Memory that is used, of what is requested, on average.
        optional memory: Percent,
        /// How it grows.
        optional up: AutoscalingBehaviourSpec,
        /// How it shrinks.
        optional down: AutoscalingBehaviourSpec,
    }
}

shape! {
    /// How fast a workload's pods may change.
    pub struct AutoscalingBehaviourSpec as "a scaling behaviour" {
        /// The most change, the largest of several counting.
        required at_most: Vec<ChangeRate>,
        /// How long the need must have lasted: up to an hour. Without this key, at once.
        optional after: Duration,
    }
}

shape! {
    /// Recommendations for requests, by the Vertical Pod Autoscaler.
    pub struct VerticalSpec as "vertical scaling" {
        /// What it may do.
        default mode: VerticalMode = VerticalMode::Off,
        /// The least that it recommends.
        required min: VerticalBoundSpec,
        /// The most that it recommends.
        required max: VerticalBoundSpec,
    }
}

shape! {
    /// A bound of a recommendation.
    pub struct VerticalBoundSpec as "a bound of vertical scaling" {
        /// Processor time.
        required cpu: Cpu,
        /// Memory.
        required memory: Bytes,
    }
}

shape! {
    /// How many pods a drain may take away at once: one of the two keys.
    pub struct DisruptionSpec as "a disruption budget" defaulted {
        /// At most so many pods, or so large a share of them, rounded up.
        optional unavailable: CountOrShare,
        /// So large a share stays.
        optional available: Percent,
    }
}

shape! {
    /// How pods are spread.
    pub struct SpreadSpec as "a spread" defaulted {
        /// Over zones. Without this key it is hard if each of its node groups is one per zone, and soft otherwise:
        /// an autoscaler can't choose the zone of a node in a group across zones, so pods could wait for ever.
        optional zones: Strictness,
        /// Over nodes.
        default nodes: Strictness = Strictness::Soft,
    }
}

shape! {
    /// How a new release replaces the old one.
    pub struct RolloutSpec as "a rollout" defaulted {
        /// Pods above the wanted number.
        default surge: CountOrShare = CountOrShare::QUARTER,
        /// Pods that may be missing.
        default unavailable: CountOrShare = CountOrShare::NONE,
    }
}

shape! {
    /// How a pod stops.
    pub struct ShutdownSpec as "a shutdown" defaulted {
        /// How long it still takes requests, while load balancers forget it. At least `ingress.deregistration` if it is exposed.
        optional drain: Duration,
        /// How long it then has to finish. Without this key, 15 s, and 90 s for what isn't a service: spot nodes give two minutes.
        optional finish: Duration,
    }
}

shape! {
    /// Where a workload is reached from outside.
    pub struct RouteSpec as "a route" {
        /// The host, under the platform's domain.
        required host: HostName,
        /// The path, with everything below it.
        default path: UrlPath = UrlPath::root(),
        /// The port, by name.
        default port: PortName = PortName::http(),
        /// How long a request may take. The mesh's gateway ends it then; without one that is for the pods to do.
        optional timeout: Duration,
        /// How often a request that no pod has seen is tried again, by the mesh's gateway.
        default retries: u16 = 0,
        /// Requests that are let through, per pod of the mesh's gateway. The others are answered with 429.
        optional rate_limit: Rate,
        /// Requests above `rate_limit` that are let through at once, before it holds.
        optional rate_burst: u32,
        /// The release that answers: the image's tag, or the first twelve digits of its digest. Without this key, any.
        optional version: LabelValue,
    }
}

shape! {
    /// Where a workload's metrics are.
    pub struct WorkloadMetricsSpec as "metrics of a workload" {
        /// The port, by name.
        required port: PortName,
        /// The path.
        default path: UrlPath = UrlPath::metrics(),
    }
}

shape! {
    /// When a scheduled workload runs.
    pub struct ScheduleSpec as "a schedule" {
        /// Minute, hour, day of the month, month, day of the week.
        required cron: Cron,
        /// The time zone of the schedule.
        required zone: TimeZone,
        /// What happens when the last run isn't over.
        default concurrency: Concurrency = Concurrency::Forbid,
        /// How late a run may still start.
        default start_within: Duration = Duration::seconds(600),
    }
}

shape! {
    /// How a run of a scheduled workload or job goes.
    pub struct JobSpec as "a job" defaulted {
        /// Pods at the same time.
        default parallel: u16 = 1,
        /// Pods that must succeed.
        default completions: u16 = 1,
        /// How often a failed pod is tried again.
        default retries: u16 = 3,
        /// How long a run may take.
        default timeout: Duration = Duration::seconds(3600),
    }
}

impl WorkloadSpec {
    /// How many entries its lists and mappings have, and one for itself.
    pub(crate) fn parts(&self) -> usize {
        let lists = self.command.len()
            + self.args.len()
            + self.calls.len()
            + self.uses.len()
            + self.internet.len()
            + self.exposed.len();
        let maps = self.ports.len()
            + self.env.len()
            + self.secrets.len()
            + self.secret_files.len()
            + self.volumes.len()
            + self.labels.len();
        let inner = |container: &ContainerSpec| {
            1 + container.command.len()
                + container.args.len()
                + container.env.len()
                + container.secrets.len()
                + container.volumes.len()
        };
        let permissions: usize =
            self.permissions.iter().map(|permission| permission.actions.len() + permission.on.len()).sum();
        1 + lists + maps + permissions + self.containers.values().map(inner).sum::<usize>()
    }

    /// This workload, with every key that it doesn't give taken from `base`. What would be there twice is not taken:
    /// its routes from outside, and its migration, which runs once.
    #[must_use]
    pub(crate) fn taking_from(self, base: &Self) -> Self {
        fn list<T: Clone>(own: Vec<T>, base: &[T]) -> Vec<T> {
            if own.is_empty() { base.to_vec() } else { own }
        }
        fn map<K: Clone + Ord, V: Clone>(own: BTreeMap<K, V>, base: &BTreeMap<K, V>) -> BTreeMap<K, V> {
            if own.is_empty() { base.clone() } else { own }
        }
        Self {
            like: self.like,
            purpose: self.purpose,
            kind: self.kind.or(base.kind),
            image: self.image.or_else(|| base.image.clone()),
            command: list(self.command, &base.command),
            args: list(self.args, &base.args),
            ports: map(self.ports, &base.ports),
            probes: self.probes.or_else(|| base.probes.clone()),
            resources: self.resources.or_else(|| base.resources.clone()),
            env: map(self.env, &base.env),
            secrets: map(self.secrets, &base.secrets),
            secret_files: map(self.secret_files, &base.secret_files),
            volumes: map(self.volumes, &base.volumes),
            containers: map(self.containers, &base.containers),
            permissions: list(self.permissions, &base.permissions),
            migration: self.migration,
            scale: self.scale.or_else(|| base.scale.clone()),
            vertical: self.vertical.or_else(|| base.vertical.clone()),
            disruption: self.disruption.or_else(|| base.disruption.clone()),
            spread: self.spread.or_else(|| base.spread.clone()),
            rollout: self.rollout.or_else(|| base.rollout.clone()),
            shutdown: self.shutdown.or_else(|| base.shutdown.clone()),
            headroom: self.headroom.or(base.headroom),
            priority: self.priority.or(base.priority),
            architectures: list(self.architectures, &base.architectures),
            calls: list(self.calls, &base.calls),
            uses: list(self.uses, &base.uses),
            internet: list(self.internet, &base.internet),
            exposed: self.exposed,
            metrics: self.metrics.or_else(|| base.metrics.clone()),
            schedule: self.schedule.or_else(|| base.schedule.clone()),
            job: self.job.or_else(|| base.job.clone()),
            labels: map(self.labels, &base.labels),
            namespace: self.namespace.or_else(|| base.namespace.clone()),
            user: self.user.or(base.user),
        }
    }
}

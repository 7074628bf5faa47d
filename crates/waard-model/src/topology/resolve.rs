//! From a spec to environments, regions, clusters and workloads with every default filled in.
//!
//! What can't be resolved is reported and left out; what is resolved but wrong is for [`super::check`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::violation::{Violation, Violations};
use super::workload::{Migration, Probe, Probes, Route};
use super::{
    Cluster, Disruption, Duty, Environment, Network, NodeGroup, Region, Scale, Scaling, Shutdown, Store, StoreKind,
    Workload,
};
use crate::name::{
    EnvironmentName, HostName, LabelKey, LabelValue, NodeGroupName, ProfileName, RegionName, StoreName, TaintEffect,
    TaintSpec, WorkloadName, ZoneName,
};
use crate::path::ModelPath;
use crate::quantity::{Bytes, Cpu, Duration, Percent};
use crate::scalar::Scalar as _;
use crate::source::shape::nearest;
use crate::spec::{
    ClusterSpec, DisruptionSpec, EnvironmentSpec, NodeGroupSpec, ProbeSpec, RegionSpec, ResourcesSpec, Role, ScaleSpec,
    Spec, StandbyCopy, StandbyMode, StoreSize, WorkKind, WorkloadKind, WorkloadSpec,
};

/// The label, and the taint's key, by which node groups and workloads find each other.
pub(crate) const WORKLOAD_TYPE: &str = "workload-type";

/// How often a derived startup probe asks.
const STARTUP_EVERY: Duration = Duration::seconds(2);
/// How long a derived startup probe goes on where no target says it.
const STARTUP_DEFAULT: Duration = Duration::seconds(60);
/// A load balancer's last requests may arrive this long after it has forgotten a pod.
const DRAIN_MARGIN: Duration = Duration::seconds(5);

/// Stores by name.
type Stores = Vec<(StoreName, Arc<Store>)>;
type NodeGroups = Arc<BTreeMap<NodeGroupName, NodeGroup>>;

pub(super) fn environments(spec: &Spec, violations: &mut Violations) -> BTreeMap<EnvironmentName, Environment> {
    let clusters: BTreeMap<&ProfileName, Arc<ClusterSpec>> =
        spec.clusters.iter().map(|(name, cluster)| (name, Arc::new(cluster.clone()))).collect();
    let mut found = BTreeMap::new();
    for (name, environment) in &spec.environments {
        let resolver = Resolver { spec, name, environment, path: ModelPath::of(["environments", name.as_str()]) };
        found.insert(name.clone(), resolver.environment(&clusters, violations));
    }
    found
}

/// Most parts of workloads, counted in every environment that has them: some thousand times what a large platform has.
const MOST_PARTS: usize = 1_000_000;

/// Each environment has every workload, and a workload may be like another: a small file could say a platform that no
/// memory holds.
pub(super) fn too_large(spec: &Spec) -> Option<Violation> {
    let parts = |workload: &WorkloadSpec| {
        let base = workload.like.as_ref().and_then(|like| spec.workloads.get(like)).map_or(0, WorkloadSpec::parts);
        workload.parts() + base
    };
    let once: usize = spec.workloads.values().map(parts).sum();
    let all = once.saturating_mul(spec.environments.len());
    (all > MOST_PARTS).then(|| {
        let message = format!(
            "{} workloads in {} environments have {all} parts together",
            spec.workloads.len(),
            spec.environments.len()
        );
        Violation::new(ModelPath::of(["workloads"]), message, format!("at most {MOST_PARTS}; divide the platform"))
    })
}

/// The help for a name that isn't there.
pub(super) fn known<'n>(word: &str, names: impl Iterator<Item = &'n str>, place: &str) -> String {
    let names: Vec<&str> = names.collect();
    match nearest(word, &names) {
        Some(name) => format!("did you mean `{name}`?"),
        None if names.is_empty() => format!("there is nothing under `{place}` yet"),
        None if names.len() > 12 => format!("it must be one of the {} under `{place}`", names.len()),
        None => format!("under `{place}` there are {}", names.join(", ")),
    }
}

struct Resolver<'s> {
    spec: &'s Spec,
    name: &'s EnvironmentName,
    environment: &'s EnvironmentSpec,
    path: ModelPath,
}

impl Resolver<'_> {
    fn environment(
        &self,
        clusters: &BTreeMap<&ProfileName, Arc<ClusterSpec>>,
        violations: &mut Violations,
    ) -> Environment {
        let domain = self.environment.domain.clone().unwrap_or_else(|| self.spec.domain.clone());
        let namespace = self.environment.namespace.clone().or_else(|| self.name.as_str().parse().ok());
        if namespace.is_none() {
            let message = format!("`{}` can't be the namespace of its workloads", self.name);
            violations.add(self.path.clone(), message, "name another under `namespace`");
        }
        let namespace = namespace.unwrap_or_else(crate::name::Namespace::monitoring);
        let workloads = self.workloads(&namespace, &domain, violations);
        let stores = self.stores(violations);
        let node_groups: BTreeMap<&ProfileName, NodeGroups> =
            clusters.iter().map(|(profile, cluster)| (*profile, Arc::new(self.node_groups(cluster)))).collect();
        let mut regions = BTreeMap::new();
        for (name, region) in &self.environment.regions {
            if let Some(region) = self.region(name, region, clusters, &node_groups, &workloads, violations) {
                regions.insert(name.clone(), region);
            }
        }
        self.place_stores(&mut regions, &stores, violations);
        drop_idle_groups(&mut regions);
        Environment {
            name: self.name.clone(),
            domain,
            namespace,
            provisioner: self.environment.provisioner,
            account: self.environment.account.clone(),
            hours: self.environment.hours.clone(),
            regions,
        }
    }

    fn region(
        &self,
        name: &RegionName,
        region: &RegionSpec,
        clusters: &BTreeMap<&ProfileName, Arc<ClusterSpec>>,
        node_groups: &BTreeMap<&ProfileName, NodeGroups>,
        workloads: &BTreeMap<WorkloadName, Arc<Workload>>,
        violations: &mut Violations,
    ) -> Option<Region> {
        let path = self.path.key("regions").key(name.as_str());
        let mut runs = BTreeMap::new();
        for (index, run) in region.runs.iter().enumerate() {
            let at = path.key("runs").index(index);
            match workloads.get(run) {
                Some(workload) => {
                    if runs.insert(run.clone(), Arc::clone(workload)).is_some() {
                        violations.add(at, format!("`{run}` is named twice"), "name it once");
                    }
                }
                None if self.spec.workloads.contains_key(run) => {}
                None => {
                    let help = known(run.as_str(), self.spec.workloads.keys().map(WorkloadName::as_str), "workloads");
                    violations.push(
                        Violation::new(at, format!("there is no workload `{run}`"), help)
                            .not_among(ModelPath::of(["workloads"])),
                    );
                }
            }
        }
        let (profile, cluster) = if let Some((profile, cluster)) = clusters.get_key_value(&region.cluster) {
            (*profile, cluster)
        } else {
            let help = known(region.cluster.as_str(), self.spec.clusters.keys().map(ProfileName::as_str), "clusters");
            let message = format!("there is no cluster profile `{}`", region.cluster);
            violations.push(
                Violation::new(path.key("cluster"), message, help)
                    .judged_by(path.key("cluster"))
                    .not_among(ModelPath::of(["clusters"])),
            );
            // Another stands in, so that the rest of the region is still judged.
            clusters.iter().next().map(|(profile, cluster)| (*profile, cluster))?
        };
        let zones: Vec<ZoneName> = if region.zones.is_empty() {
            ['a', 'b', 'c'].iter().filter_map(|letter| name.zone(*letter)).collect()
        } else {
            region.zones.clone()
        };
        Some(Region {
            name: name.clone(),
            environment: self.name.clone(),
            duty: self.duty(region, &path, violations),
            purpose: region.purpose.clone(),
            residency: region.residency,
            network: Network::plan(region.cidr, &zones, region.network.clone()),
            zones,
            nat: region.nat,
            cluster: Cluster {
                name: format!("{}-{}-{name}", self.spec.platform, self.name),
                profile: profile.clone(),
                spec: Arc::clone(cluster),
                node_groups: node_groups.get(profile).map(Arc::clone).unwrap_or_default(),
            },
            workloads: runs,
            stores: BTreeMap::new(),
        })
    }

    fn duty(&self, region: &RegionSpec, path: &ModelPath, violations: &mut Violations) -> Duty {
        let mut foreign = |key: &str, present: bool, role: &str| {
            if present {
                let message = format!("`{key}` is a key of {role} regions");
                let help = format!("leave it out, or set `role: {role}`");
                violations.push(Violation::new(path.key(key), message, help).about_key().judged_by(path.key("role")));
            }
        };
        match region.role {
            Role::Primary => {
                foreign("protects", region.protects.is_some(), "standby");
                foreign("mode", region.mode.is_some(), "standby");
                foreign("rto", region.rto.is_some(), "standby");
                foreign("rpo", region.rpo.is_some(), "standby");
                let primaries = self.environment.regions.values().filter(|region| region.role == Role::Primary).count();
                let traffic = match region.traffic {
                    Some(traffic) => traffic,
                    // A single primary region has all of it; nothing would be left to say.
                    None if primaries == 1 => Percent::ALL,
                    None => {
                        let message = "a primary region beside others needs its share of the requests";
                        let help = "add `traffic: …%`; the shares of an environment add up to 100%";
                        violations.push(Violation::new(path.clone(), message, help).judged_by(path.key("role")));
                        Percent::ZERO
                    }
                };
                Duty::Primary { audience: region.audience.clone(), traffic, unprotected: region.unprotected.clone() }
            }
            Role::Standby => {
                foreign("audience", !region.audience.is_empty(), "primary");
                foreign("traffic", region.traffic.is_some(), "primary");
                foreign("unprotected", region.unprotected.is_some(), "primary");
                let mut needed = |key: &str, what: &str| {
                    violations.push(
                        Violation::new(
                            path.clone(),
                            format!("a standby region needs {what}"),
                            format!("add `{key}: …`"),
                        )
                        .judged_by(path.key("role")),
                    );
                };
                let protects = region.protects.clone();
                if protects.is_none() {
                    needed("protects", "the region that it protects");
                }
                let rto = region.rto.or(self.spec.targets.rto);
                if rto.is_none() {
                    needed("rto", "the longest outage that it allows, here or as `targets.rto`");
                }
                let rpo = region.rpo.or(self.spec.targets.rpo);
                if rpo.is_none() {
                    needed("rpo", "the most data that may be lost, here or as `targets.rpo`");
                }
                if region.mode.is_none() {
                    needed("mode", "its mode, `warm` or `pilot-light`");
                }
                Duty::Standby {
                    // After the violation above a name stands in that no region has.
                    protects: protects.unwrap_or_else(RegionName::nowhere),
                    mode: region.mode.unwrap_or(StandbyMode::Warm),
                    rto: rto.unwrap_or(Duration::days(1)),
                    rpo: rpo.unwrap_or(Duration::days(1)),
                }
            }
        }
    }

    fn node_groups(&self, cluster: &ClusterSpec) -> BTreeMap<NodeGroupName, NodeGroup> {
        cluster.node_groups.iter().map(|(name, group)| (name.clone(), self.node_group(name, group))).collect()
    }

    fn node_group(&self, name: &NodeGroupName, group: &NodeGroupSpec) -> NodeGroup {
        let on_demand = matches!(group.work, WorkKind::System | WorkKind::Stateful);
        let spot = if on_demand {
            Percent::ZERO
        } else {
            self.environment
                .spot
                .or(group.spot)
                .or_else(|| self.spec.cost.spot.get(&group.work).copied())
                .unwrap_or(Percent::ZERO)
        };
        let mut labels = group.labels.clone();
        let mut taints = group.taints.clone();
        if let (Ok(key), Ok(value)) = (LabelKey::try_from(WORKLOAD_TYPE), LabelValue::try_from(name.as_str())) {
            labels.insert(key.clone(), value.clone());
            if !group.only_for.is_empty() {
                taints.insert(0, TaintSpec::new(key, value, TaintEffect::NoSchedule));
            }
        }
        NodeGroup {
            name: name.clone(),
            instances: group.instances.clone(),
            // An impossible `desired` is reported by the checks; the bounds hold until then.
            scaling: group
                .desired
                .and_then(|desired| Scaling::new(group.size, desired).ok())
                .unwrap_or(Scaling::smallest(group.size)),
            work: group.work,
            spot,
            on_demand_base: if self.environment.spot.is_some() { 0 } else { group.on_demand_base },
            disk: group.disk,
            labels,
            taints,
            only_for: group.only_for.clone(),
            zones: group.zones,
            max_pods: group.max_pods,
        }
    }

    fn workloads(
        &self,
        namespace: &crate::name::Namespace,
        domain: &HostName,
        violations: &mut Violations,
    ) -> BTreeMap<WorkloadName, Arc<Workload>> {
        for name in self.environment.workloads.keys().filter(|name| !self.spec.workloads.contains_key(name)) {
            let help = known(name.as_str(), self.spec.workloads.keys().map(WorkloadName::as_str), "workloads");
            let path = self.path.key("workloads").key(name.as_str());
            violations.push(
                Violation::new(path, format!("there is no workload `{name}`"), help)
                    .about_key()
                    .not_among(ModelPath::of(["workloads"])),
            );
        }
        let mut found = BTreeMap::new();
        for (name, spec) in &self.spec.workloads {
            if let Some(workload) = self.workload(name, spec, namespace, domain, violations) {
                found.insert(name.clone(), Arc::new(workload));
            }
        }
        found
    }

    fn workload(
        &self,
        name: &WorkloadName,
        own: &WorkloadSpec,
        namespace: &crate::name::Namespace,
        domain: &HostName,
        violations: &mut Violations,
    ) -> Option<Workload> {
        let path = ModelPath::of(["workloads", name.as_str()]);
        let mut spec = self.inherited(own, &path, violations);
        if let Some(size) = self.environment.workloads.get(name) {
            if let Some(replicas) = size.replicas {
                let scale =
                    spec.scale.get_or_insert(ScaleSpec { replicas, cpu: None, memory: None, up: None, down: None });
                scale.replicas = replicas;
            }
            if let Some(resources) = spec.resources.as_mut() {
                resources.cpu = size.cpu.unwrap_or(resources.cpu);
                resources.memory = size.memory.unwrap_or(resources.memory);
                resources.cpu_limit = resources.cpu_limit.map(|limit| limit.max(resources.cpu));
            }
            spec.headroom = size.headroom.or(spec.headroom);
            spec.image = size.image.clone().or(spec.image);
            spec.env.extend(size.env.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        // What it is like is reported by itself, if that lacks something or isn't there.
        for (key, missing) in [("image", spec.image.is_none()), ("resources", spec.resources.is_none())] {
            if missing && own.like.is_none() {
                violations.add(
                    path.clone(),
                    format!("the workload `{name}` has no `{key}`"),
                    format!("add `{key}: …`, or name under `like` a workload that has it"),
                );
            }
        }
        // After that violation something stands in, so that the rest of the workload is still judged.
        let image = spec.image.clone().or_else(|| crate::name::ImageRef::EXAMPLE.parse().ok())?;
        let resources = spec.resources.clone().unwrap_or(ResourcesSpec {
            cpu: Cpu::TENTH,
            cpu_limit: None,
            memory: Bytes::mebibytes(128),
            scratch: None,
            gpu: 0,
        });
        let shutdown = spec.shutdown.clone().unwrap_or_default();
        let drain = shutdown.drain.or_else(|| {
            if !spec.exposed.is_empty() {
                Some(self.spec.ingress.deregistration.plus(DRAIN_MARGIN))
            } else if spec.ports.is_empty() {
                None
            } else {
                Some(DRAIN_MARGIN)
            }
        });
        let exposed = spec.exposed.iter().map(|route| Route {
            host: self.host(&route.host, domain),
            path: route.path.clone(),
            port: route.port.clone(),
            timeout: route.timeout,
            retries: route.retries,
            rate_limit: route.rate_limit,
            version: route.version.clone(),
        });
        Some(Workload {
            name: name.clone(),
            namespace: spec.namespace.clone().unwrap_or_else(|| namespace.clone()),
            kind: spec.kind.unwrap_or(WorkloadKind::Service),
            probes: self.probes(&spec),
            scale: scale(spec.scale.as_ref()),
            disruption: disruption(spec.disruption.as_ref()),
            shutdown: Shutdown { drain, finish: shutdown.finish },
            exposed: exposed.collect(),
            migration: spec.migration.as_ref().map(|migration| Migration {
                command: migration.command.clone(),
                secrets: spec
                    .secrets
                    .iter()
                    .chain(&migration.secrets)
                    .map(|(name, secret)| (name.clone(), secret.clone()))
                    .collect(),
                resources: migration.resources.clone().unwrap_or_else(|| ResourcesSpec { gpu: 0, ..resources.clone() }),
                timeout: migration.timeout,
            }),
            schedule: spec.schedule.clone(),
            image,
            resources,
            spec,
        })
    }

    /// The host in this environment: the platform's domain replaced by the environment's.
    fn host(&self, host: &HostName, domain: &HostName) -> HostName {
        if domain == &self.spec.domain {
            return host.clone();
        }
        let head = host.as_str().strip_suffix(self.spec.domain.as_str());
        head.and_then(|head| format!("{head}{domain}").parse().ok()).unwrap_or_else(|| host.clone())
    }

    /// The workload with what it takes from the one that it is like.
    fn inherited(&self, own: &WorkloadSpec, path: &ModelPath, violations: &mut Violations) -> WorkloadSpec {
        let Some(like) = &own.like else { return own.clone() };
        let at = path.key("like");
        let Some(base) = self.spec.workloads.get(like) else {
            let help = known(like.as_str(), self.spec.workloads.keys().map(WorkloadName::as_str), "workloads");
            violations.push(
                Violation::new(at, format!("there is no workload `{like}`"), help)
                    .not_among(ModelPath::of(["workloads"])),
            );
            return own.clone();
        };
        if let Some(further) = &base.like {
            violations.add(at, format!("`{like}` is itself like `{further}`"), format!("name `{further}` here"));
            return own.clone();
        }
        own.clone().taking_from(base)
    }

    fn probes(&self, spec: &WorkloadSpec) -> Probes {
        let given = spec.probes.clone().unwrap_or_default();
        let probe = |spec: &ProbeSpec| Probe {
            path: spec.path.clone(),
            port: spec.port.clone(),
            every: spec.every,
            timeout: spec.timeout,
            failures: spec.failures,
            after: spec.after,
        };
        let derived = |from: &ProbeSpec| {
            let budget = self.spec.targets.container_start.unwrap_or(STARTUP_DEFAULT);
            let tries = budget.as_millis() / STARTUP_EVERY.as_millis();
            Probe {
                every: STARTUP_EVERY,
                timeout: Duration::seconds(1),
                failures: u16::try_from(tries).unwrap_or(u16::MAX).max(1),
                after: None,
                ..probe(from)
            }
        };
        // Not the readiness probe, where there is another: a dependency that is away must not make pods restart.
        let basis = given.liveness.as_ref().or(given.readiness.as_ref());
        Probes {
            startup: given.startup.as_ref().map(probe).or_else(|| basis.map(derived)),
            readiness: given.readiness.as_ref().map(probe),
            liveness: given.liveness.as_ref().map(probe),
        }
    }

    fn stores(&self, violations: &mut Violations) -> BTreeMap<StoreName, Arc<Store>> {
        let mut found: BTreeMap<StoreName, Arc<Store>> = BTreeMap::new();
        for (name, kind) in store_kinds(self.spec) {
            let size = self.environment.data.get(&name);
            let path = self.path.key("data").key(name.as_str());
            let kind = match size {
                Some(size) => sized(kind, size, &path, violations),
                None => kind,
            };
            found.insert(name.clone(), Arc::new(Store { name, kind }));
        }
        for name in self.environment.data.keys().filter(|name| !found.contains_key(name)) {
            let help = known(name.as_str(), found.keys().map(StoreName::as_str), "data");
            let path = self.path.key("data").key(name.as_str());
            violations.push(missing_store(path, name, help).about_key());
        }
        found
    }

    /// Gives each region its stores: what its workloads use, what it holds, and in a standby region copies of the protected region's.
    fn place_stores(
        &self,
        regions: &mut BTreeMap<RegionName, Region>,
        stores: &BTreeMap<StoreName, Arc<Store>>,
        violations: &mut Violations,
    ) {
        for (name, region) in &mut *regions {
            let Some(spec) = self.environment.regions.get(name) else {
                continue;
            };
            let path = self.path.key("regions").key(name.as_str());
            for workload in region.workloads.values() {
                region.stores.extend(
                    workload
                        .uses()
                        .iter()
                        .filter_map(|used| stores.get_key_value(used))
                        .map(|(k, v)| (k.clone(), Arc::clone(v))),
                );
            }
            for (index, held) in spec.holds.iter().enumerate() {
                if let Some((key, store)) = stores.get_key_value(held) {
                    drop(region.stores.insert(key.clone(), Arc::clone(store)));
                } else {
                    let help = known(held.as_str(), stores.keys().map(StoreName::as_str), "data");
                    violations.push(missing_store(path.key("holds").index(index), held, help));
                }
            }
        }
        let copies: Vec<(RegionName, Stores)> = regions
            .values()
            .filter_map(|standby| match &standby.duty {
                Duty::Standby { protects, .. } => regions.get(protects).map(|primary| (standby, primary)),
                Duty::Primary { .. } => None,
            })
            .map(|(standby, primary)| {
                let copied = primary.stores.iter().filter(|(_, store)| store.standby() != StandbyCopy::None);
                (standby.name.clone(), copied.map(|(name, store)| (name.clone(), Arc::clone(store))).collect())
            })
            .collect();
        for (name, copied) in copies {
            if let Some(region) = regions.get_mut(&name) {
                region.stores.extend(copied);
            }
        }
    }
}

/// A name under which there is nothing in `data`.
pub(super) fn missing_store(path: ModelPath, name: &StoreName, help: String) -> Violation {
    let kinds = ["databases", "caches", "kafka", "buckets"].map(|kind| ModelPath::of(["data", kind]));
    kinds.into_iter().fold(Violation::new(path, format!("there is no store `{name}`"), help), Violation::not_among)
}

/// A node group that is only for something exists where that runs. Clusters that keep the same groups share them.
fn drop_idle_groups(regions: &mut BTreeMap<RegionName, Region>) {
    let mut kept: BTreeMap<(ProfileName, Vec<NodeGroupName>), NodeGroups> = BTreeMap::new();
    for region in regions.values_mut() {
        let here = |name: &str| {
            region.workloads.keys().any(|w| w.as_str() == name)
                || region
                    .stores
                    .iter()
                    .any(|(s, store)| s.as_str() == name && matches!(store.kind(), StoreKind::Kafka(_)))
        };
        let used =
            |group: &NodeGroup| group.only_for.is_empty() || group.only_for.iter().any(|name| here(name.as_str()));
        let names: Vec<NodeGroupName> =
            region.cluster.node_groups.values().filter(|group| used(group)).map(|group| group.name.clone()).collect();
        let all = &region.cluster.node_groups;
        let groups = kept.entry((region.cluster.profile.clone(), names)).or_insert_with_key(|(_, names)| {
            if names.len() == all.len() {
                return Arc::clone(all);
            }
            Arc::new(
                all.iter()
                    .filter(|(name, _)| names.contains(name))
                    .map(|(name, group)| (name.clone(), group.clone()))
                    .collect(),
            )
        });
        region.cluster.node_groups = Arc::clone(groups);
    }
}

/// All stores of a spec, each with its kind. Of two with the same name the later kind counts; the checks report them.
pub(super) fn store_kinds(spec: &Spec) -> impl Iterator<Item = (StoreName, StoreKind)> {
    let databases = spec.data.databases.iter().map(|(name, store)| (name.clone(), StoreKind::Database(store.clone())));
    let caches = spec.data.caches.iter().map(|(name, store)| (name.clone(), StoreKind::Cache(store.clone())));
    let kafka = spec.data.kafka.iter().map(|(name, store)| (name.clone(), StoreKind::Kafka(store.clone())));
    let buckets = spec.data.buckets.iter().map(|(name, store)| (name.clone(), StoreKind::Bucket(store.clone())));
    databases.chain(caches).chain(kafka).chain(buckets)
}

/// The store at the size of an environment; keys that its kind doesn't have are reported.
fn sized(kind: StoreKind, size: &StoreSize, path: &ModelPath, violations: &mut Violations) -> StoreKind {
    let allowed: &[&str] = match &kind {
        StoreKind::Database(_) => &["class", "storage", "multi_az", "replicas"],
        StoreKind::Cache(_) => &["node", "shards", "replicas"],
        StoreKind::Kafka(_) => &["storage", "replicas", "cpu", "memory"],
        StoreKind::Bucket(_) => &[],
    };
    let given = [
        ("class", size.class.is_some()),
        ("storage", size.storage.is_some()),
        ("multi_az", size.multi_az.is_some()),
        ("replicas", size.replicas.is_some()),
        ("node", size.node.is_some()),
        ("shards", size.shards.is_some()),
        ("cpu", size.cpu.is_some()),
        ("memory", size.memory.is_some()),
    ];
    for (key, _) in given.iter().filter(|(key, given)| *given && !allowed.contains(key)) {
        let help = if allowed.is_empty() {
            "a bucket has no size; leave it out".to_owned()
        } else {
            format!("for {} there are {}", kind.what(), allowed.join(", "))
        };
        violations
            .push(Violation::new(path.key(key), format!("`{key}` is no size of {}", kind.what()), help).about_key());
    }
    match kind {
        StoreKind::Database(mut store) => {
            if let Some(class) = &size.class {
                store.class = class.clone();
                store.replicas.class = None;
            }
            store.storage = size.storage.unwrap_or(store.storage);
            store.max_storage = store.max_storage.map(|max| max.max(store.storage));
            store.multi_az = size.multi_az.unwrap_or(store.multi_az);
            store.replicas.in_region = size.replicas.unwrap_or(store.replicas.in_region);
            store.replicas.class = store.replicas.class.filter(|_| store.replicas.in_region > 0);
            StoreKind::Database(store)
        }
        StoreKind::Cache(mut store) => {
            store.node = size.node.clone().unwrap_or(store.node);
            store.shards = size.shards.unwrap_or(store.shards);
            store.replicas = size.replicas.unwrap_or(store.replicas);
            StoreKind::Cache(store)
        }
        StoreKind::Kafka(mut store) => {
            if let Some(replicas) = size.replicas {
                // A smaller cluster can't hold as many copies: what doesn't fit is cut, so that an environment needn't repeat it.
                store.brokers.replicas = replicas;
                store.replication = store.replication.min(replicas);
                // One copy may be lost without an outage, and an odd number of controllers has a majority.
                store.min_insync = store.min_insync.min(store.replication.saturating_sub(1).max(1));
                store.controllers.replicas = store.controllers.replicas.min(replicas.saturating_sub(1) | 1);
                for topic in store.topics.values_mut() {
                    topic.replication = topic.replication.map(|n| n.min(replicas));
                }
            }
            store.brokers.storage = size.storage.unwrap_or(store.brokers.storage);
            store.brokers.cpu = size.cpu.unwrap_or(store.brokers.cpu);
            if let Some(cpu) = size.cpu {
                store.brokers.cpu_limit = store.brokers.cpu_limit.map(|limit| limit.max(cpu));
            }
            if let Some(memory) = size.memory {
                store.brokers.memory = memory;
                // A heap that was meant for more memory gives way to the usual share.
                store.brokers.heap = store.brokers.heap.filter(|heap: &Bytes| heap.get() * 4 <= memory.get() * 3);
            }
            StoreKind::Kafka(store)
        }
        StoreKind::Bucket(store) => StoreKind::Bucket(store),
    }
}

/// Two pods, where nothing is said: one may go without an outage.
fn scale(spec: Option<&ScaleSpec>) -> Scale {
    let Some(spec) = spec else { return Scale::Fixed(2) };
    if spec.replicas.min() == spec.replicas.max() {
        return Scale::Fixed(spec.replicas.min());
    }
    // Kubernetes scales on 80 % of CPU if an autoscaler has no metric; here the usual 70 % leaves room to start pods in.
    let cpu = spec.cpu.or_else(|| spec.memory.is_none().then_some(Percent::whole(70)));
    Scale::Auto { replicas: spec.replicas, cpu, memory: spec.memory, up: spec.up.clone(), down: spec.down.clone() }
}

fn disruption(spec: Option<&DisruptionSpec>) -> Disruption {
    match spec {
        Some(DisruptionSpec { available: Some(share), .. }) => Disruption::Available(*share),
        Some(DisruptionSpec { unavailable: Some(count), .. }) => Disruption::Unavailable(*count),
        _ => Disruption::Unavailable(1),
    }
}

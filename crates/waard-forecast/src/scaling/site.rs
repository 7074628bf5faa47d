//! From a workload of a topology to a scenario, with the numbers that its objects are emitted with.

use waard_catalog::{Minor, Nodes, Overhead, catalog, installed};
use waard_model::Topology;
use waard_model::name::WorkloadName;
use waard_model::quantity::ChangeAmount;
use waard_model::spec::{AutoscalerKind, AutoscalingBehaviourSpec, ContainerRole, EntryPath, WorkloadKind};
use waard_model::topology::{Environment, NodeGroup, PodRequests, Region, Scale, Workload};

use crate::assumption::{Assumptions, Reader, Used, key};
use crate::hpa::{Behaviour, Metric, Policy, PolicyKind, Resource, Rules, Settings, Source, Spec, Target};
use crate::quantity::Span;
use crate::start::Start;

use super::load::Load;
use super::scenario::{Balancer, Excess, Expander, Pool, Provisioner, Scenario};

/// Why a workload has no scenario.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// The region doesn't run it.
    #[error("{region} doesn't run {workload}")]
    NotThere {
        /// The region.
        region: String,
        /// The workload.
        workload: String,
    },
    /// It isn't a service, so its load isn't one of requests.
    #[error("{0} is not a service")]
    NotAService(String),
    /// The region has no pods until a failover.
    #[error("{0} has no pods until a failover")]
    Dark(String),
    /// None of its node groups is known to take a pod.
    #[error("no node group of {0} is known to take a pod of it")]
    NoRoom(String),
}

/// What every scenario of a cluster reads.
struct Site<'a> {
    topology: &'a Topology,
    environment: &'a Environment,
    region: &'a Region,
    workload: &'a Workload,
    assumptions: &'a Reader<'a>,
}

impl Scenario {
    /// A service of a region as the topology has it, with this load, over such a time; and the assumptions that went in.
    ///
    /// It starts with as many pods as the load needs at first, and as many nodes as these and the headroom need.
    /// Only processor time is simulated: memory is taken to stay below its target.
    ///
    /// # Errors
    ///
    /// When the region doesn't run such a service, or nothing is known of its nodes.
    pub fn of(
        topology: &Topology,
        environment: &Environment,
        region: &Region,
        workload: &WorkloadName,
        (load, horizon): (Load, Span),
        assumptions: &Assumptions,
    ) -> Result<(Self, Used), SiteError> {
        let reader = assumptions.reader();
        let Some(workload) = region.workloads().get(workload) else {
            return Err(SiteError::NotThere { region: region.name().to_string(), workload: workload.to_string() });
        };
        if workload.kind() != WorkloadKind::Service {
            return Err(SiteError::NotAService(workload.name().to_string()));
        }
        if region.is_dark() {
            return Err(SiteError::Dark(region.name().to_string()));
        }
        let site = Site { topology, environment, region, workload, assumptions: &reader };
        let (pools, ceiling) = site.pools();
        if pools.iter().all(|pool| pool.room == 0 || pool.max == 0) {
            return Err(SiteError::NoRoom(workload.name().to_string()));
        }
        let init =
            workload.spec().containers.values().filter(|container| container.role == ContainerRole::Init).count();
        let probes = workload.probes();
        let mut scenario = Self {
            replicas: workload.scale().min(),
            request: workload.resources().cpu.millicores().into(),
            ceiling,
            excess: Excess::Dropped,
            hpa: site.autoscaler(),
            settings: Settings::of(Minor::new(1, region.cluster().version().number()), &reader),
            sync: reader.span(key::HPA_SYNC_PERIOD),
            resolution: reader.span(key::METRICS_RESOLUTION),
            start: Start::assumed(
                init,
                probes.startup.as_ref().map(Into::into),
                probes.readiness.as_ref().map(Into::into),
                &reader,
            ),
            grace: workload.shutdown().grace().into(),
            balancer: site.balancer(),
            pools,
            headroom: workload.spec().headroom.unwrap_or(0).into(),
            preemption: reader.distribution(key::SCHEDULER_PREEMPTION),
            warm: true,
            provisioner: site.provisioner(),
            load,
            horizon,
        };
        scenario.replicas = scenario.needed(scenario.load.at(0.0));
        scenario.start_with_room(scenario.replicas + scenario.headroom);
        Ok((scenario, reader.used()))
    }
}

impl Site<'_> {
    /// The same as the autoscaler that is emitted, without its metric of memory.
    fn autoscaler(&self) -> Option<Spec> {
        let Scale::Auto { replicas, cpu: Some(cpu), up, down, .. } = self.workload.scale() else {
            return None;
        };
        let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        let (usual_up, usual_down) = (Rules::up(), Rules { window: Some(Span::secs(300)), ..Rules::down() });
        Some(Spec {
            min: count(replicas.min()),
            max: count(replicas.max()),
            metrics: vec![Metric {
                source: Source::Resource(Resource::Cpu),
                target: Target::Utilization(cpu.rounded().into()),
            }],
            behaviour: Some(Behaviour {
                up: up.as_ref().map_or(usual_up, rules),
                down: down.as_ref().map_or(usual_down, rules),
            }),
        })
    }

    /// The load balancer sends requests to the pods themselves, unless they go through the mesh's gateway.
    fn balancer(&self) -> Option<Balancer> {
        if self.workload.exposed().is_empty() || self.topology.entry() != EntryPath::Direct {
            return None;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful of checks")]
        let checks = self.assumptions.number(key::LOAD_BALANCER_FIRST_CHECKS).round() as u32;
        Some(Balancer {
            registration: self.assumptions.distribution(key::LOAD_BALANCER_REGISTRATION),
            checks,
            interval: self.topology.spec().ingress.health.interval.into(),
        })
    }

    fn provisioner(&self) -> Provisioner {
        use waard_model::spec::Expander as Written;
        let spec = &self.region.cluster().settings().autoscaler;
        let unneeded = spec.scale_down.unneeded.into();
        match spec.kind {
            AutoscalerKind::ClusterAutoscaler => Provisioner::ClusterAutoscaler {
                scan: spec.scan_interval.into(),
                expander: match spec.expander {
                    Written::LeastWaste => Expander::LeastWaste,
                    Written::MostPods => Expander::MostPods,
                    Written::Priority => Expander::Priority,
                    Written::Random => Expander::Random,
                },
                launch: self.assumptions.distribution(key::NODE_GROUP_LAUNCH),
                after_add: spec.scale_down.after_add.into(),
                unneeded,
                below: f64::from(spec.scale_down.below.millionths()) / 1_000_000.0,
            },
            AutoscalerKind::Karpenter => Provisioner::Karpenter {
                idle: self.assumptions.span(key::KARPENTER_BATCH_IDLE),
                max: self.assumptions.span(key::KARPENTER_BATCH_MAX),
                launch: self.assumptions.distribution(key::KARPENTER_LAUNCH),
                poll: self.assumptions.span(key::KARPENTER_DISRUPTION_POLL),
                unneeded,
            },
        }
    }

    /// The groups that take its pods, as its pods see them, and how many times its request a pod can use at most.
    fn pools(&self) -> (Vec<Pool>, f64) {
        let placement = self.region.placement(self.workload.name().as_str());
        let groups = placement.groups();
        let mine = self.workload.pod_requests(self.topology.spec().mesh.as_ref());
        let karpenter = self.region.cluster().karpenter_groups();
        let managed = self.region.pools();
        let beside = self.beside(groups);
        let (mut pools, mut burst) = (Vec::new(), f64::INFINITY);
        for group in groups {
            let Some((room, share)) = self.room(group, mine, beside) else {
                continue;
            };
            burst = burst.min(share);
            if karpenter.contains(group) {
                let max = group.scaling().max() * group.copies(self.region.zones().len());
                let spot = group.spot().millionths() > 0;
                pools.push(Pool { name: group.name().to_string(), room, min: 0, start: 0, max, spot });
                continue;
            }
            for part in managed.iter().filter(|part| part.group.name() == group.name()) {
                let (min, max) = (part.scaling.min(), part.scaling.max());
                pools.push(Pool { name: part.name.clone(), room, min, start: min, max, spot: part.spot });
            }
        }
        let request = f64::from(self.workload.resources().cpu.millicores()).max(1.0);
        let limit = self.workload.resources().cpu_limit.map(|limit| f64::from(limit.millicores()) / request);
        (pools, limit.unwrap_or(f64::INFINITY).min(burst).clamp(1.0, 1000.0))
    }

    /// What everything else takes of each node of these groups on average, with as few pods as it has.
    fn beside(&self, groups: &[&NodeGroup]) -> PodRequests {
        let mesh = self.topology.spec().mesh.as_ref();
        let mut sum = PodRequests { cpu_millis: 0, memory: 0, gpus: 0 };
        let among = |name: &str| {
            let there = self.region.placement(name);
            there.groups().iter().any(|group| groups.iter().any(|mine| mine.name() == group.name()))
        };
        for other in self.region.workloads().values() {
            if other.name() == self.workload.name() || !among(other.name().as_str()) {
                continue;
            }
            let pods = u64::from(other.scale().min()) + u64::from(other.spec().headroom.unwrap_or(0));
            let each = other.pod_requests(mesh);
            sum.cpu_millis += each.cpu_millis * pods;
            sum.memory += each.memory * pods;
        }
        if groups.iter().any(|group| group.takes_everything()) {
            let all = installed(self.topology, self.environment, self.region);
            for pods in all.iter().flat_map(|one| &one.pods).filter(|pods| pods.nodes == Nodes::Open) {
                let count = u64::from(pods.min);
                sum.cpu_millis += u64::from(pods.cpu_millis) * count;
                sum.memory += (u64::from(pods.memory_mib) << 20) * count;
            }
        }
        let zones = self.region.zones().len();
        let nodes = groups.iter().map(|group| u64::from(group.scaling().desired() * group.copies(zones))).sum::<u64>();
        let nodes = nodes.max(1);
        PodRequests { cpu_millis: sum.cpu_millis.div_ceil(nodes), memory: sum.memory.div_ceil(nodes), gpus: 0 }
    }

    /// How many of its pods a node of a group takes beside everything else, and how many times its request each can use
    /// of a full node.
    fn room(&self, group: &NodeGroup, mine: PodRequests, beside: PodRequests) -> Option<(u32, f64)> {
        let mut overhead: Overhead = catalog().node_overhead().value;
        for pods in installed(self.topology, self.environment, self.region).iter().flat_map(|one| &one.pods) {
            if pods.nodes == Nodes::Every {
                overhead.cpu_millis += pods.cpu_millis;
                overhead.memory_mib += pods.memory_mib;
                overhead.pods += 1;
            }
        }
        let types = group.instances().iter().filter_map(|name| catalog().instance(name.as_str()));
        let left = types
            .map(|instance| instance.allocatable(group.max_pods().into()).minus(overhead))
            .min_by_key(|left| (left.memory_mib_low, left.cpu_millis))?;
        let cpu = u64::from(left.cpu_millis).saturating_sub(beside.cpu_millis);
        let memory = (u64::from(left.memory_mib_low) << 20).saturating_sub(beside.memory);
        let fits = [
            cpu.checked_div(mine.cpu_millis).unwrap_or(u64::MAX),
            memory.checked_div(mine.memory).unwrap_or(u64::MAX),
            u64::from(left.pods),
            left.gpus.checked_div(mine.gpus).map_or(u64::MAX, u64::from),
        ];
        let room = fits.into_iter().min().unwrap_or(0);
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        let request = f64::from(self.workload.resources().cpu.millicores()).max(1.0);
        Some((room, f64::from(left.cpu_millis) / (f64::from(room.max(1)) * request)))
    }
}

fn rules(written: &AutoscalingBehaviourSpec) -> Rules {
    let policies = written.at_most.iter().map(|rate| {
        let (kind, value) = match rate.amount() {
            ChangeAmount::Percent(percent) => (PolicyKind::Percent, i32::from(percent)),
            ChangeAmount::Pods(pods) => (PolicyKind::Pods, i32::from(pods)),
        };
        Policy { kind, value, period: rate.per().into() }
    });
    Rules {
        window: Some(written.after.map(Span::from).unwrap_or_default()),
        policies: policies.collect(),
        ..Rules::up()
    }
}

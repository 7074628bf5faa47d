//! Workloads: what they take from the one that they are like, the size of an environment, its hosts, and every
//! default of probes, shutdown, scale and disruption.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Resolver, known};
use crate::name::{HostName, WorkloadName};
use crate::path::ModelPath;
use crate::quantity::{Bytes, CountOrShare, Cpu, Duration, Percent};
use crate::scalar::Scalar as _;
use crate::spec::{DisruptionSpec, ProbeSpec, ResourcesSpec, ScaleSpec, WorkloadKind, WorkloadSpec};
use crate::topology::violation::{Violation, Violations};
use crate::topology::workload::{Migration, Probe, Probes, Route};
use crate::topology::{Disruption, Scale, Shutdown, Workload};

/// How often a derived startup probe asks.
const STARTUP_EVERY: Duration = Duration::seconds(2);
/// How long a derived startup probe goes on where no target says it.
const STARTUP_DEFAULT: Duration = Duration::seconds(60);
/// A load balancer's last requests may arrive this long after it has forgotten a pod.
const DRAIN_MARGIN: Duration = Duration::seconds(5);
/// How long a service has to finish what it does.
const FINISH_SERVICE: Duration = Duration::seconds(15);
/// How long a run has to save what it has: a spot node gives two minutes.
const FINISH_RUN: Duration = Duration::seconds(90);

impl Resolver<'_> {
    pub(super) fn workloads(
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
        let kind = spec.kind.unwrap_or(WorkloadKind::Service);
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
            rate_burst: route.rate_burst,
            version: route.version.clone(),
        });
        Some(Workload {
            name: name.clone(),
            namespace: spec.namespace.clone().unwrap_or_else(|| namespace.clone()),
            kind,
            probes: self.probes(&spec),
            scale: scale(spec.scale.as_ref()),
            disruption: disruption(spec.disruption.as_ref()),
            shutdown: Shutdown {
                drain,
                finish: shutdown.finish.unwrap_or(if kind == WorkloadKind::Service {
                    FINISH_SERVICE
                } else {
                    FINISH_RUN
                }),
            },
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
                timeout: from.timeout.min(STARTUP_EVERY),
                failures: u16::try_from(tries).unwrap_or(u16::MAX).max(1),
                after: None,
                ..probe(from)
            }
        };
        // Never what the readiness probe asks, only its port: a dependency that is away must not make pods restart.
        let listening = |from: &ProbeSpec| Probe { path: None, ..derived(from) };
        let startup = given.liveness.as_ref().map(derived).or_else(|| given.readiness.as_ref().map(listening));
        Probes {
            startup: given.startup.as_ref().map(probe).or(startup),
            readiness: given.readiness.as_ref().map(probe),
            liveness: given.liveness.as_ref().map(probe),
        }
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
        _ => Disruption::Unavailable(CountOrShare::Count(1)),
    }
}

//! Workloads.

use std::collections::BTreeMap;

use super::data::Stores;
use super::dice::{Dice, all, v};
use super::pod::{SECRET_KEYS, commands, containers, env, image, ports, probe, probes, resources, secrets, volumes};
use super::{Platform, WorkloadName, text};
use crate::name::{HostName, ImageRef, MountPath, PortName, StoreName};
use crate::quantity::{Bounds, CountOrShare, Duration, Percent};
use crate::spec::{
    Architecture, AutoscalingBehaviourSpec, Concurrency, DisruptionSpec, EntryPath, IngressSpec, JobSpec,
    MigrationSpec, PermissionSpec, Priority, ProbesSpec, RolloutSpec, RouteSpec, ScaleSpec, ScheduleSpec, ShutdownSpec,
    SpreadSpec, Strictness, VerticalBoundSpec, VerticalMode, VerticalSpec, WorkloadKind, WorkloadMetricsSpec,
    WorkloadSize, WorkloadSpec,
};

/// How large the pods of a workload are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// They fit on any node.
    Light,
    /// They need a node group of large nodes.
    Heavy,
    /// They need a node group with GPUs.
    Gpu,
}

/// A workload, and what else has to be known of it.
pub(super) struct Planned {
    pub(super) spec: WorkloadSpec,
    pub(super) class: Class,
    /// Another one with the same routes: they can't run in the same region.
    pub(super) rival: Option<WorkloadName>,
    /// What it calls and uses, `like` followed.
    pub(super) calls: Vec<WorkloadName>,
    pub(super) uses: Vec<StoreName>,
}

pub(super) type Workloads = BTreeMap<WorkloadName, Planned>;

const NAMES: &[&str] = &[
    "api",
    "web",
    "worker",
    "data-processing",
    "yes",
    "no",
    "on",
    "null",
    "true",
    "y",
    "billing",
    "search",
    "a",
    "e1",
    "ingest-2024-pipeline",
    "x-0o17",
];

/// Bounds of a number of pods; `pairs` keeps them from falling below two.
fn replicas(dice: &mut Dice<'_>, pairs: bool) -> Bounds {
    v(if pairs {
        dice.pick(&["2..2", "2..4", "3..10", "4..12"])
    } else {
        dice.pick(&["2..2", "1..1", "1..3", "3..10", "5..5", "4..12"])
    })
}

fn behaviour(dice: &mut Dice<'_>) -> AutoscalingBehaviourSpec {
    let rates = ["100%/15s", "4 pods/minute", "10%/60s", "1000%/30m", "1 pod/s"];
    AutoscalingBehaviourSpec {
        at_most: all(&dice.some_of(&rates, 1, 2).into_iter().copied().collect::<Vec<_>>()),
        after: dice.some(40, |d| v(d.pick(&["5m", "1h", "1s"]))),
    }
}

fn scale(dice: &mut Dice<'_>, pairs: bool) -> ScaleSpec {
    let replicas = replicas(dice, pairs);
    let moves = replicas.min() != replicas.max();
    let mut some =
        |percent: usize| dice.some(percent, |d| v::<Percent>(d.pick(&["70%", "10%", "100%"]))).filter(|_| moves);
    let (cpu, memory) = (some(60), some(20));
    let up = dice.some(30, behaviour).filter(|_| moves);
    let down = dice.some(30, behaviour).filter(|_| moves);
    ScaleSpec { replicas, cpu, memory, up, down }
}

fn routes(
    dice: &mut Dice<'_>,
    name: &str,
    platform: &Platform,
    ingress: &IngressSpec,
    image: &ImageRef,
    ports: &BTreeMap<PortName, u16>,
) -> Vec<RouteSpec> {
    let names: Vec<&PortName> = ports.keys().collect();
    if names.is_empty() || dice.chance(40) {
        return Vec::new();
    }
    // Some share a host, each with paths of its own, some of them below those of others.
    let (host, known): (HostName, Vec<String>) = if dice.chance(40) {
        let mut paths = vec![format!("/{name}"), format!("/under/{name}/~x")];
        paths.extend((name == "web").then(|| "/".to_owned()));
        // No workload is called so, or its own path would be the same one.
        paths.extend((name == "api").then(|| "/under/".to_owned()));
        (v(&format!("www.{}", platform.domain)), paths)
    } else {
        (v(&format!("{name}.{}", platform.domain)), ["/", "/v1", "/on/~x"].map(str::to_owned).to_vec())
    };
    let paths = dice.some_of(&known, 1, 2);
    // Only the mesh's gateway limits, tries again and tells releases apart.
    let gateway = platform.mesh && ingress.via != Some(EntryPath::Direct);
    let mut made = Vec::new();
    for path in paths {
        made.push(RouteSpec {
            host: host.clone(),
            path: v(path),
            port: (*dice.choose(&names)).clone(),
            timeout: dice.some(50, |d| v(d.pick(&["15s", "1500ms"]))).filter(|t| *t <= ingress.idle_timeout),
            retries: if gateway { *dice.choose(&[0, 2, 10]) } else { 0 },
            rate_limit: if gateway { dice.some(40, |d| v(d.pick(&["1000/s", "1/15m"]))) } else { None },
            rate_burst: None,
            version: dice.some(20, |_| v(&image.version())).filter(|_| gateway),
        });
    }
    for route in made.iter_mut().filter(|route| route.rate_limit.is_some()) {
        route.rate_burst = dice.some(40, |d| *d.choose(&[2000, 0]));
    }
    made
}

fn service(dice: &mut Dice<'_>, name: &str, platform: &Platform, ingress: &IngressSpec, spec: &mut WorkloadSpec) {
    spec.kind = dice.some(20, |_| WorkloadKind::Service);
    let least = usize::from(!dice.chance(20));
    spec.ports = ports(dice, least);
    spec.probes = dice.some(75, |d| probes(d, &spec.ports));
    spec.scale = dice.some(75, |d| scale(d, platform.pairs));
    let moves = spec.scale.as_ref().is_some_and(|scale| scale.replicas.min() != scale.replicas.max());
    spec.vertical = dice.some(25, |d| VerticalSpec {
        // Fixed here may be moved in an environment, so `initial` is only for what has no size of its own there.
        mode: if moves { VerticalMode::Off } else { *d.choose(&[VerticalMode::Off, VerticalMode::Initial]) },
        min: VerticalBoundSpec { cpu: v("10m"), memory: v("64Mi") },
        max: VerticalBoundSpec { cpu: v("4"), memory: v("8Gi") },
    });
    spec.disruption = dice.some(40, |d| {
        let share = platform.pairs.then(|| d.some(60, |d| v(d.pick(&["50%", "0%", "33.3%"])))).flatten();
        DisruptionSpec {
            unavailable: if share.is_none() { Some(v(d.pick(&["1", "3", "10%"]))) } else { None },
            available: share,
        }
    });
    spec.rollout = dice.some(30, |d| {
        let surge: CountOrShare = v(d.pick(&["25%", "100%", "0%", "2", "0"]));
        RolloutSpec {
            surge,
            unavailable: if surge.is_none() { v(d.pick(&["1", "10%"])) } else { v(d.pick(&["0", "1", "50%"])) },
        }
    });
    spec.headroom = dice.some(20, |d| *d.choose(&[1, 5, 0]));
    spec.migration = dice.some(20, |d| MigrationSpec {
        command: vec![v("migrate"), text::argument(d), text::argument(d)],
        secrets: secrets(d),
        resources: d.some(50, |d| resources(d, Class::Light)),
        timeout: v(d.pick(&["10m", "1h"])),
    });
    if let Some(image) = &spec.image {
        spec.exposed = routes(dice, name, platform, ingress, image, &spec.ports);
    }
}

fn run(dice: &mut Dice<'_>, kind: WorkloadKind, spec: &mut WorkloadSpec) {
    spec.kind = Some(kind);
    spec.ports = ports(dice, 0);
    spec.probes = dice.some(15, |d| ProbesSpec { startup: None, readiness: None, liveness: probe(d, &spec.ports) });
    if kind == WorkloadKind::Scheduled {
        spec.schedule = Some(ScheduleSpec {
            cron: v(dice.pick(&["0 3 * * *", "*/15 * * * *", "0 0 1 jan ?", "5,10-20/5 0-23 * * mon-fri"])),
            zone: v(dice.pick(&["UTC", "America/New_York", "Asia/Kolkata"])),
            concurrency: *dice.choose(Concurrency::ALL),
            start_within: v(dice.pick(&["10m", "1h"])),
        });
    }
    spec.job = dice.some(60, |d| JobSpec {
        parallel: *d.choose(&[1, 3]),
        completions: *d.choose(&[1, 7]),
        retries: *d.choose(&[3, 0]),
        timeout: v(d.pick(&["1h", "6h", "1d"])),
    });
}

fn common(dice: &mut Dice<'_>, platform: &Platform, ingress: &IngressSpec, class: Class, spec: &mut WorkloadSpec) {
    spec.purpose = dice.some(60, text::line);
    spec.command = commands(dice, 20);
    spec.args = commands(dice, 35);
    spec.resources = Some(resources(dice, class));
    spec.env = env(dice);
    spec.secrets = secrets(dice);
    spec.volumes = volumes(dice);
    spec.secret_files = dice
        .some_of(&["/etc/app/tls.crt", "/run/yes"], 0, 2)
        .into_iter()
        .map(|path| (v::<MountPath>(path), v(dice.pick(SECRET_KEYS))))
        .collect();
    spec.containers = containers(dice, &spec.volumes);
    if dice.chance(25) {
        let known = [
            "arn:aws:sqs:us-east-1:123456789012:shop-*",
            "arn:aws:s3:::bucket/*",
            "arn:aws:kms:eu-west-1:000000000000:key/1.10",
        ];
        let on = dice.some_of(&known, 1, 2).into_iter().copied().collect::<Vec<_>>();
        spec.permissions = vec![PermissionSpec { actions: all(&["sqs:SendMessage", "s3:Get*"]), on: all(&on) }];
    }
    spec.spread = dice.some(25, |d| SpreadSpec {
        zones: d.some(60, |d| *d.choose(Strictness::ALL)),
        nodes: *d.choose(Strictness::ALL),
    });
    spec.shutdown = dice.some(30, |d| ShutdownSpec {
        drain: d.some(50, |_| ingress.deregistration.plus(Duration::seconds(10))),
        finish: d.some(50, |d| v(d.pick(&["15s", "1m"]))),
    });
    spec.priority = dice.some(25, |d| *d.choose(Priority::ALL));
    let both = vec![Architecture::Amd64, Architecture::Arm64];
    spec.architectures = match dice.below(4) {
        0 | 1 => Vec::new(),
        2 => both,
        _ if class == Class::Gpu => vec![Architecture::Amd64],
        _ if platform.nodes.len() == 1 => platform.nodes.clone(),
        _ => both,
    };
    spec.internet = dice.some_of(&[443_u16, 1, 65_535], 0, 2).into_iter().copied().collect();
    spec.namespace = dice.some(25, |d| v(d.pick(&["data-processing", "on", "team-a"])));
    spec.user = dice.some(25, |d| *d.choose(&[1000, 65_534, 1]));
    let ports: Vec<PortName> = spec.ports.keys().cloned().collect();
    if !ports.is_empty() {
        spec.metrics = dice.some(40, |d| WorkloadMetricsSpec {
            port: d.choose(&ports).clone(),
            path: v(d.pick(&["/metrics", "/stats/prometheus"])),
        });
    }
}

pub(super) fn roll(dice: &mut Dice<'_>, platform: &Platform, ingress: &IngressSpec, stores: &Stores) -> Workloads {
    let mut made = Workloads::new();
    let mut callable: Vec<WorkloadName> = Vec::new();
    let shared = stores.names(false);
    for text in dice.some_of(NAMES, 1, 6) {
        let name: WorkloadName = v(text);
        let kind = *dice.choose(&[
            WorkloadKind::Service,
            WorkloadKind::Service,
            WorkloadKind::Scheduled,
            WorkloadKind::Service,
            WorkloadKind::Job,
        ]);
        let class = match dice.below(6) {
            4 => Class::Heavy,
            5 if kind != WorkloadKind::Service => Class::Gpu,
            _ => Class::Light,
        };
        let mut spec = WorkloadSpec { image: Some(image(dice, text)), ..WorkloadSpec::default() };
        if kind == WorkloadKind::Service {
            service(dice, text, platform, ingress, &mut spec);
        } else {
            run(dice, kind, &mut spec);
        }
        common(dice, platform, ingress, class, &mut spec);
        spec.calls = dice.some_of(&callable, 0, 2).into_iter().cloned().collect();
        spec.uses = dice.some_of(&shared, 0, 3).into_iter().cloned().collect();
        if kind == WorkloadKind::Service && spec.ports.len() > usize::from(spec.metrics.is_some()) {
            callable.push(name.clone());
        }
        let (calls, uses) = (spec.calls.clone(), spec.uses.clone());
        made.insert(name, Planned { spec, class, rival: None, calls, uses });
    }
    // The first two may call each other: calls are no order.
    if let [first, second, ..] = callable.as_slice()
        && dice.chance(30)
        && let Some(planned) = made.get_mut(first)
        && planned.spec.calls.is_empty()
    {
        planned.spec.calls = vec![second.clone()];
        planned.calls = vec![second.clone()];
    }
    if dice.chance(35) {
        alike(dice, platform, &mut made, &callable);
    }
    made
}

/// Adds a workload that is like another one.
fn alike(dice: &mut Dice<'_>, platform: &Platform, made: &mut Workloads, callable: &[WorkloadName]) {
    let bases: Vec<WorkloadName> = made.keys().cloned().collect();
    let base_name = dice.choose(&bases).clone();
    let Some(base) = made.get(&base_name) else { return };
    let service = base.spec.kind.unwrap_or(WorkloadKind::Service) == WorkloadKind::Service;
    let mut spec = WorkloadSpec { like: Some(base_name.clone()), ..WorkloadSpec::default() };
    spec.purpose = dice.some(50, text::line);
    spec.env = env(dice);
    // What the base keeps in a secret stays there: a variable has one source. The other way round is taken care of by the names.
    spec.args = commands(dice, 20);
    spec.namespace = dice.some(30, |_| v("team-b"));
    let initial = base.spec.vertical.as_ref().is_some_and(|vertical| vertical.mode == VerticalMode::Initial);
    if service && !initial {
        spec.scale = dice.some(50, |d| scale(d, platform.pairs));
        spec.vertical =
            base.spec.vertical.as_ref().map(|vertical| VerticalSpec { mode: VerticalMode::Off, ..vertical.clone() });
    }
    if service {
        spec.exposed.clone_from(&base.spec.exposed);
    }
    if base.calls.is_empty() {
        spec.calls = dice.some_of(callable, 0, 1).into_iter().filter(|callee| **callee != base_name).cloned().collect();
    }
    let calls = if spec.calls.is_empty() { base.calls.clone() } else { spec.calls.clone() };
    let rival = (!spec.exposed.is_empty()).then_some(base_name);
    let planned = Planned { spec, class: base.class, rival, calls, uses: base.uses.clone() };
    made.insert(v(dice.pick(&["standby-api", "off", "api-2"])), planned);
}

/// Sizes for one environment, not above those that fit on the nodes.
pub(super) fn sizes(
    dice: &mut Dice<'_>,
    platform: &Platform,
    workloads: &Workloads,
) -> BTreeMap<WorkloadName, WorkloadSize> {
    let mut sizes = BTreeMap::new();
    for (name, planned) in workloads {
        if !dice.chance(30) {
            continue;
        }
        let base = planned.spec.like.as_ref().and_then(|like| workloads.get(like));
        let kind = planned.spec.kind.or_else(|| base.and_then(|base| base.spec.kind)).unwrap_or(WorkloadKind::Service);
        let vertical = planned.spec.vertical.as_ref().or_else(|| base.and_then(|base| base.spec.vertical.as_ref()));
        let initial = vertical.is_some_and(|vertical| vertical.mode == VerticalMode::Initial);
        let service = kind == WorkloadKind::Service;
        let size = WorkloadSize {
            replicas: dice.some(60, |d| replicas(d, platform.pairs)).filter(|_| service && !initial),
            cpu: dice.some(40, |d| v(d.pick(&["100m", "0.25"]))),
            memory: dice.some(40, |d| v(d.pick(&["256Mi", "128Mi"]))),
            headroom: dice.some(30, |d| *d.choose(&[0, 2])).filter(|_| service),
            image: None,
            env: if dice.chance(40) { env(dice) } else { BTreeMap::new() },
        };
        sizes.insert(name.clone(), size);
    }
    sizes
}

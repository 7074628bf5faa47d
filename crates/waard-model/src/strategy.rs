//! Random valid topologies for property tests, in this crate and in those that emit.
//!
//! They are valid by construction: a tape of random numbers is read as decisions, each of which leaves only what is
//! allowed, so nothing is thrown away. A number that shrinks to 0 decides for what is simplest, and so does a tape that
//! has ended; a failing topology shrinks to a small one.
//!
//! What they hold beyond what [`Topology::new`] asks for, so that emitters can rely on it: regions, zones and instance
//! types exist and are offered there; the types of one node group have the same architecture, CPU and memory; every pod
//! fits on the nodes of its groups with room for a sidecar and the cluster's own daemons, and all pods fit at once, those
//! of installed controllers included; GPUs are asked for only where there are some.
//! Texts are adversarial: all that YAML, HCL, shells or Kubernetes could take for something else.

mod cluster;
mod data;
mod dice;
mod edge;
mod place;
mod pod;
mod text;
mod workload;

use proptest::collection::vec;
use proptest::prelude::Strategy;

use crate::name::{HostName, PlatformName, StoreName, WorkloadName};
use crate::spec::{Architecture, DemandSpec, Format, GitopsSpec, Spec, Steering, TargetsSpec};
use crate::topology::Topology;
use dice::{Dice, v};

/// Numbers for each part of a topology, so that a change of one part leaves the others as they are.
const TAPES: [usize; 7] = [48, 160, 640, 320, 240, 80, 8];

/// Specs from which a topology can be made.
pub fn spec() -> impl Strategy<Value = Spec> {
    // Half of the tapes end early: small topologies are worth a test too, and shrinking cuts tapes.
    TAPES.map(|length| vec(0..1_u32 << 20, 0..=length * 2)).prop_map(|tapes| {
        let [platform, data, workloads, places, clusters, edge, gitops] = &tapes;
        build(
            Dice::new(platform),
            &mut Dice::new(data),
            &mut Dice::new(workloads),
            &mut Dice::new(places),
            &mut Dice::new(clusters),
            &mut Dice::new(edge),
            &mut Dice::new(gitops),
        )
    })
}

/// Topologies.
///
/// # Panics
/// When one is refused: a bug of the strategy or of the checks.
pub fn topology() -> impl Strategy<Value = Topology> {
    #[expect(
        clippy::panic,
        reason = "a spec of this module that is refused is a bug of it or of the checks, and a test shall say so"
    )]
    spec().prop_map(|spec| {
        let yaml = spec.to_yaml();
        Topology::new(spec).unwrap_or_else(|found| {
            let found: Vec<String> = found.iter().map(|v| format!("{}: {v}", v.path())).collect();
            panic!("a random topology is refused:\n{}\n{yaml}", found.join("\n"))
        })
    })
}

/// Topologies that a failing test shows as their file, not as the tree of their parts.
pub fn shown() -> impl Strategy<Value = Shown> {
    topology().prop_map(Shown)
}

/// A topology that is shown as its file.
#[derive(Clone)]
pub struct Shown(pub Topology);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\n{}", self.0.spec().to_yaml())
    }
}

impl std::ops::Deref for Shown {
    type Target = Topology;
    fn deref(&self) -> &Topology {
        &self.0
    }
}

/// What the parts of a topology have to agree on.
struct Platform {
    name: PlatformName,
    domain: HostName,
    environments: Vec<&'static str>,
    standby: bool,
    mesh: bool,
    steering: Option<Steering>,
    /// Disruption budgets are shares, so no workload has fewer than two pods.
    pairs: bool,
    /// The architectures of nodes.
    nodes: Vec<Architecture>,
    targets: TargetsSpec,
}

fn targets(dice: &mut Dice<'_>) -> TargetsSpec {
    TargetsSpec {
        availability: dice.some(60, |d| v(d.pick(&["99.9%", "99.95%", "100%", "99.9999%", "0.0001%"]))),
        autoscaling: dice.some(50, |d| v(d.pick(&["2m", "90s", "1500ms"]))),
        container_start: dice.some(60, |d| v(d.pick(&["30s", "45s", "61s", "5m"]))),
        cost_per_user: dice.some(40, |d| v(d.pick(&["5 USD/month", "0.5 USD/month", "0.000001 USD/month"]))),
        deployments: dice.some(40, |d| v(d.pick(&["1/day", "3/2h", "10/d"]))),
        rto: None,
        rpo: None,
    }
}

impl Platform {
    fn roll(mut dice: Dice<'_>) -> (Self, Option<DemandSpec>) {
        let dice = &mut dice;
        let name = v(dice.pick(&["shop", "waardhaven", "no", "a", "on", "x-1", "null", "e2e-platform"]));
        let domain = v(dice.pick(&["example.com", "waardhaven.com", "on.yes", "1.10.dev", "a.b-c.co.uk"]));
        let environments = dice.some_of(&["production", "staging", "development", "qa", "e", "yes"], 1, 3);
        let standby = dice.chance(55);
        let mut targets = targets(dice);
        if dice.chance(60) || standby {
            targets.rto = Some(v(dice.pick(&["30m", "4h", "90s"])));
            targets.rpo = Some(v(dice.pick(&["5m", "1s", "1d"])));
        }
        let demand = dice.some(50, |d| DemandSpec {
            users: *d.choose(&[10_000, 0, 1, u32::MAX]),
            peak_requests: v(d.pick(&["1000/s", "1/15m", "1000000000/ms"])),
            growth: v(d.pick(&["0%", "5%", "100%"])),
            source: text::line(d),
        });
        let platform = Self {
            name,
            domain,
            environments: environments.into_iter().copied().collect(),
            standby,
            mesh: dice.chance(50),
            steering: dice.some(60, |d| *d.choose(Steering::ALL)),
            pairs: dice.chance(30),
            nodes: dice
                .choose(&[
                    vec![Architecture::Arm64],
                    vec![Architecture::Amd64],
                    vec![Architecture::Amd64, Architecture::Arm64],
                ])
                .clone(),
            targets,
        };
        (platform, demand)
    }
}

fn gitops(dice: &mut Dice<'_>) -> Option<GitopsSpec> {
    dice.some(60, |d| GitopsSpec {
        repository: v(d.pick(&["https://git.example.com/a/b.git", "ssh://git@x.yes:2222/1.10/_no"])),
        revision: v(d.pick(&["main", "1.10", "yes", "a/b-c_d", "0x1F"])),
        path: d.some(60, |d| v(d.pick(&["dist/shop", "on", ".out/1e3", "no/null"]))),
    })
}

fn build(
    platform: Dice<'_>,
    data_dice: &mut Dice<'_>,
    workload_dice: &mut Dice<'_>,
    place_dice: &mut Dice<'_>,
    cluster_dice: &mut Dice<'_>,
    edge_dice: &mut Dice<'_>,
    gitops_dice: &mut Dice<'_>,
) -> Spec {
    let (platform, demand) = Platform::roll(platform);
    let ingress = edge::ingress(edge_dice, &platform);
    let mut data = data::roll(data_dice, &platform);
    let workloads = workload::roll(workload_dice, &platform, &ingress, &data);
    let mut places = place::roll(place_dice, &platform, &workloads, &data);
    let clusters = cluster::roll(cluster_dice, &platform, &places, &workloads, &data);
    places.addresses(place_dice, &clusters);
    data.follow(data_dice, &places);
    let edge = edge::edge(edge_dice, &platform, &workloads);
    let mesh = edge::mesh(edge_dice, &platform);
    Spec {
        waard: Format::V1,
        owner: edge_dice.some(50, |d| v(d.pick(&["platform@example.com", "a.b+c_d-e@x.yes"]))),
        demand,
        environments: places.environments,
        clusters,
        workloads: workloads.into_iter().map(|(name, planned)| (name, planned.spec)).collect(),
        edge,
        mesh,
        ingress,
        network_policy: crate::spec::NetworkPolicySpec { enforced: !edge_dice.chance(20) },
        pod_security: crate::spec::PodSecuritySpec { level: *edge_dice.choose(crate::spec::PodSecurityLevel::ALL) },
        observability: edge::observability(edge_dice),
        gitops: gitops(gitops_dice),
        cost: edge::cost(edge_dice, &data.spec),
        data: data.spec,
        platform: platform.name,
        domain: platform.domain,
        targets: platform.targets,
    }
}

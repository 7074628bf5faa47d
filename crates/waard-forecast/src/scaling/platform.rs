//! Every service of an environment: does it answer a rise of its load in time, and do its containers start in time?

use waard_model::Topology;
use waard_model::name::{RegionName, WorkloadName};
use waard_model::spec::WorkloadKind;
use waard_model::topology::{Environment, Region, Scale, Workload};

use crate::assumption::{Assumptions, Used, key};
use crate::estimate::Estimate;
use crate::quantity::Span;
use crate::start::Start;

use super::answer::{Answer, answer};
use super::load::Load;
use super::scenario::Scenario;
use super::study::{Plan, Progress};

/// When the load rises: by then every loop has looked a few times.
const RISE: Span = Span::secs(120);
/// How long is looked on after it.
const AFTER: Span = Span::secs(900);
/// The response that is allowed where the topology has no target: the founding document's.
const USUAL_TARGET: Span = Span::secs(120);

/// A service of a region.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// The region.
    pub region: RegionName,
    /// The workload.
    pub workload: WorkloadName,
    /// What was simulated.
    pub scenario: Scenario,
    /// How it answers a rise of its load; `None` if its number of pods doesn't follow processor time.
    pub answer: Option<Answer>,
    /// How its containers start.
    pub start: StartAnswer,
}

/// How the containers of a service start, from the first container to ready.
#[derive(Debug, Clone, PartialEq)]
pub struct StartAnswer {
    /// The most that is allowed, if the topology has a target.
    pub target: Option<Span>,
    /// The longest that the configuration lets pass until a container is ready or stopped; `None` if nothing ends it.
    pub bound: Option<Span>,
    /// On a node that has the image.
    pub warm: Estimate<Span>,
    /// On a node that has to pull it.
    pub cold: Estimate<Span>,
}

impl StartAnswer {
    fn of(start: &Start, target: Option<Span>, plan: Plan, used: &Used) -> Self {
        let runs = u32::try_from(plan.runs).unwrap_or(u32::MAX);
        let estimate = |cold| start.estimate(cold, runs, plan.seed, used);
        Self { target, bound: start.bound(), warm: estimate(false), cold: estimate(true) }
    }

    /// Whether 95 % of starts on a node with the image keep to the target, if there is one.
    pub fn met(&self) -> Option<bool> {
        self.target.map(|target| self.warm.high() <= target)
    }
}

/// The services of an environment, by region and name, but for those of regions without pods, and those of which nothing
/// is known where they run.
pub fn services(
    topology: &Topology,
    environment: &Environment,
    assumptions: &Assumptions,
    plan: Plan,
    progress: Progress<'_>,
) -> Vec<Service> {
    let places = environment.regions().values().filter(|region| !region.is_dark());
    let all = places.flat_map(|region| region.workloads().values().map(move |workload| (region, workload)));
    let services = all.filter(|(_, workload)| workload.kind() == WorkloadKind::Service);
    services
        .filter_map(|(region, workload)| service(topology, environment, region, workload, assumptions, plan, progress))
        .collect()
}

fn service(
    topology: &Topology,
    environment: &Environment,
    region: &Region,
    workload: &Workload,
    assumptions: &Assumptions,
    plan: Plan,
    progress: Progress<'_>,
) -> Option<Service> {
    let reader = assumptions.reader();
    let load = rise(workload, reader.number(key::DEMAND_RISE));
    let made = Scenario::of(topology, environment, region, workload.name(), (load, RISE + AFTER), assumptions);
    // What has no scenario has a misfit, which is reported elsewhere.
    let (scenario, mut used) = made.ok()?;
    used.and(&reader.used());
    let targets = &topology.spec().targets;
    let target = targets.autoscaling.map_or(USUAL_TARGET, Span::from);
    let answer = scenario.hpa.is_some().then(|| answer(&scenario, target, plan, &used, progress));
    let start = StartAnswer::of(&scenario.start, targets.container_start.map(Span::from), plan, &used);
    Some(Service { region: region.name().clone(), workload: workload.name().clone(), scenario, answer, start })
}

/// From what the fewest pods are busy with at their target to so many times as much.
fn rise(workload: &Workload, factor: f64) -> Load {
    let target = match workload.scale() {
        Scale::Auto { cpu: Some(cpu), .. } => f64::from(cpu.millionths()) / 1_000_000.0,
        Scale::Auto { .. } | Scale::Fixed(_) => 1.0,
    };
    let before = f64::from(workload.scale().min()) * target;
    Load::Step { before, after: before * factor, at: RISE }
}

//! How often a change can reach production: how long one takes through all regions, and how many fit in a day.
//!
//! Source of the formula: the audit of the founding document, section 3.1: waves × (start + registration) in each
//! region, one region after the other with a time to watch it, after continuous integration.

use waard_model::Topology;
use waard_model::name::{EnvironmentName, WorkloadName};
use waard_model::quantity::Rate;
use waard_model::topology::Workload;

use crate::assumption::{Assumptions, key};
use crate::estimate::Estimate;
use crate::quantity::{Count, Share, Span};
use crate::random::{Dice, Distribution};
use crate::recovery::waves;

/// How many times a rollout is drawn.
const RUNS: u64 = 2_000;

/// How often a workload's changes can reach an environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployments {
    /// The environment.
    pub environment: EnvironmentName,
    /// What is released.
    pub workload: WorkloadName,
    /// How many times pods are replaced until all are, at the fewest pods.
    pub waves: u32,
    /// From a merged change until the last region has it.
    pub lead: Estimate<Span>,
    /// How many fit in a day, one after the other, and aren't taken back.
    pub daily: Estimate<Count>,
    /// What the topology asks for.
    pub target: Option<Rate>,
}

impl Deployments {
    /// Whether as many fit as are asked for, 19 times of 20; `None` where nothing is asked.
    pub fn is_met(&self) -> Option<bool> {
        let target = self.target?;
        let days = Span::from(target.per()).as_secs() / 86_400.0;
        #[allow(clippy::cast_precision_loss, reason = "no rate of deployments comes near 2^53")]
        let asked = target.count() as f64 / days;
        Some(self.low() >= asked)
    }

    /// How many fit on a slow day.
    pub fn low(&self) -> f64 {
        match self.daily.spread {
            crate::Spread::Bounds { least, .. } => least.get(),
            _ => self.daily.expected().get(),
        }
    }
}

/// The deployments of everything that users reach, in environments of production size.
pub fn deployments(topology: &Topology, assumptions: &Assumptions, seed: u64) -> Vec<Deployments> {
    let mut found = Vec::new();
    for environment in topology.environments().values().filter(|environment| topology.is_full_size(environment)) {
        let serving: Vec<_> = environment.regions().values().filter(|region| !region.is_standby()).collect();
        let mut names: Vec<&WorkloadName> =
            serving.iter().flat_map(|region| region.exposed().map(|(workload, _)| workload.name())).collect();
        names.sort();
        names.dedup();
        for name in names {
            let of: Vec<&Workload> =
                serving.iter().filter_map(|region| region.workloads().get(name).map(|found| &**found)).collect();
            found.extend(one(topology, environment.name(), name, &of, assumptions, seed));
        }
    }
    found
}

fn one(
    topology: &Topology,
    environment: &EnvironmentName,
    name: &WorkloadName,
    regions: &[&Workload],
    assumptions: &Assumptions,
    seed: u64,
) -> Option<Deployments> {
    let reader = assumptions.reader();
    let each: Vec<Distribution> = [key::POD_START_OVERHEAD, key::APPLICATION_START, key::LOAD_BALANCER_REGISTRATION]
        .map(|key| reader.distribution(key))
        .to_vec();
    let (ci, bake) = (reader.distribution(key::DEPLOY_CI), reader.distribution(key::DEPLOY_BAKE));
    let window = reader.distribution(key::DEPLOY_WINDOW).median();
    let failing = reader.distribution(key::CHANGE_FAILURE_RATE);
    let dice = Dice::new(seed);
    let (mut leads, mut rolling) = (Vec::new(), Span::ZERO);
    for run in 0..RUNS {
        let dice = dice.at(run);
        let mut lead = Span::from_secs(dice.at(0).draw(&ci));
        for (workload, region) in regions.iter().zip(1..) {
            for wave in 0..u64::from(waves(workload)) {
                let dice = dice.at(region).at(wave);
                let takes = Span::from_secs(each.iter().zip(0..).map(|(one, at)| dice.at(at).draw(one)).sum());
                (lead, rolling) = (lead + takes, rolling + takes);
            }
            lead = lead + Span::from_secs(dice.at(region).at(1 << 32).draw(&bake));
        }
        leads.push(lead);
    }
    let whole: Span = leads.iter().copied().sum();
    let lead = Estimate::sampled(leads)?;
    let kept = |share: f64| 1.0 - share;
    let fits = |lead: Span, kept: f64| Count::new((window / lead.as_secs().max(1.0)).floor() * kept);
    let daily = Estimate::bounds(
        fits(lead.high(), kept(failing.quantile(0.95))),
        fits(lead.expected(), kept(failing.median())),
        fits(lead.expected(), kept(failing.quantile(0.05))),
    );
    let used = reader.used();
    let rolling = Share::of(rolling.as_secs(), whole.as_secs());
    let (what, share) =
        if rolling.get() > 0.5 { ("rolling out", rolling) } else { ("building and watching", rolling.rest()) };
    Some(Deployments {
        environment: environment.clone(),
        workload: name.clone(),
        waves: regions.iter().map(|workload| waves(workload)).max().unwrap_or(0),
        lead: lead.using(&used).dominated_by(what, share),
        daily: daily.using(&used),
        target: topology.spec().targets.deployments,
    })
}

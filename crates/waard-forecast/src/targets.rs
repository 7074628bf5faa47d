//! The targets of a topology, each with what the platform will do, whether that is enough, and what would have to change.

use std::num::NonZeroUsize;

use waard_catalog::Date;
use waard_model::Topology;
use waard_model::name::{EnvironmentName, RegionName, WorkloadName};
use waard_model::path::ModelPath;
use waard_model::topology::{Environment, Region, Workload};

use crate::assumption::{Assumptions, Used};
use crate::availability::{Availability, availability};
use crate::cost::{self, Bill, Saving};
use crate::deployment::{Deployments, deployments};
use crate::estimate::Estimate;
use crate::quantity::{Money, Quantity, Share, Span};
use crate::recovery::{Failure, Recovery, recoveries};
use crate::scaling::study::{Plan, study};
use crate::scaling::{Advice, Change, Load, Scenario, Study, advise};
use crate::start::Start;

/// How a forecast is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The day for which support periods are judged.
    pub as_of: Date,
    /// The seed of everything that is drawn.
    pub seed: u64,
    /// How many times each simulation of scaling is run.
    pub runs: usize,
    /// On so many threads; what comes out doesn't depend on it.
    pub threads: NonZeroUsize,
}

/// What a platform will do.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Every target that the topology has, in the order in which it says them.
    pub targets: Vec<Row>,
    /// How pods of what users reach start.
    pub starts: Vec<StartOf>,
    /// What happens when the load of a service doubles.
    pub responses: Vec<Response>,
    /// What failures do.
    pub recoveries: Vec<Recovery>,
    /// How much of a month everything that users reach answers.
    pub availability: Vec<Availability>,
    /// How often changes can reach production.
    pub deployments: Vec<Deployments>,
    /// What a month costs.
    pub bill: Bill,
    /// What each rule of the cost policy saves.
    pub savings: Vec<Saving>,
}

/// A target of a topology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Target {
    /// Share of a month in which it answers.
    Availability,
    /// From a rise in load to new pods that serve.
    Autoscaling,
    /// From the start of a pod's first container to ready.
    ContainerStart,
    /// What a monthly active user costs.
    CostPerUser,
    /// How often a change reaches production.
    Deployments,
    /// Longest outage when a region is lost.
    Rto,
    /// Most data, as time, that is lost with a region.
    Rpo,
}

impl Target {
    /// Its key in a topology.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Availability => "availability",
            Self::Autoscaling => "autoscaling",
            Self::ContainerStart => "container_start",
            Self::CostPerUser => "cost_per_user",
            Self::Deployments => "deployments",
            Self::Rto => "rto",
            Self::Rpo => "rpo",
        }
    }
}

/// Whether a target is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It is.
    Met,
    /// It isn't.
    Missed,
    /// Something is missing to say so; the row says what.
    Unknown,
}

impl Verdict {
    /// Its name in a report.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Unknown => "unknown",
        }
    }

    const fn of(met: bool) -> Self {
        if met { Self::Met } else { Self::Missed }
    }
}

/// A target with its forecast: of all that it is asked of, the one that is furthest from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The target.
    pub target: Target,
    /// What is asked, as the topology says it.
    pub asked: String,
    /// Of what the forecast is: "`api` in us-east-1".
    pub subject: String,
    /// What is expected, with its unit.
    pub expected: String,
    /// The same 19 times of 20, or at the most: what to plan with.
    pub high: String,
    /// The two in the unit of [`Row::unit`], to draw or compare them.
    pub numbers: Option<(f64, f64)>,
    /// The unit of [`Row::numbers`].
    pub unit: &'static str,
    /// Whether it is met. Times are held against what to plan with, money, availability and deployments against what is
    /// expected or, where fewer would fit, the least.
    pub verdict: Verdict,
    /// What makes up most of it.
    pub dominates: Option<String>,
    /// The smallest change that would meet it, or where to begin.
    pub change: Option<String>,
    /// The assumptions that it rests on.
    pub used: Used,
}

/// How a workload's pods start.
#[derive(Clone, Debug, PartialEq)]
pub struct StartOf {
    /// The environment.
    pub environment: EnvironmentName,
    /// The workload.
    pub workload: WorkloadName,
    /// The longest that its probes allow.
    pub bound: Option<Span>,
    /// With its image on the node.
    pub warm: Estimate<Span>,
    /// With the pull of its image.
    pub cold: Estimate<Span>,
    /// The share of pods whose container a startup probe stops at least once.
    pub stopped: Share,
}

/// What happens when the load of a service doubles.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The environment.
    pub environment: EnvironmentName,
    /// The region.
    pub region: RegionName,
    /// The service.
    pub workload: WorkloadName,
    /// Where it stands in the topology.
    pub path: ModelPath,
    /// What came of it.
    pub study: Study,
    /// The same without pods that hold room, if there are some.
    pub without_headroom: Option<Study>,
    /// The smallest change that meets the target, if it is missed.
    pub advice: Option<Advice>,
}

/// Forecasts everything that a topology asks for. `progress` is told from time to time how much of the work is done.
pub fn forecast(
    topology: &Topology,
    assumptions: &Assumptions,
    options: Options,
    progress: &(dyn Fn(f64) + Sync),
) -> Forecast {
    let services = services(topology);
    let responses = responses(topology, assumptions, options, &services, progress);
    let mut forecast = Forecast {
        targets: Vec::new(),
        starts: starts(&services, assumptions, options.seed),
        responses,
        recoveries: recoveries(topology, assumptions, options.seed),
        availability: Vec::new(),
        deployments: deployments(topology, assumptions, options.seed),
        bill: cost::bill(topology, assumptions, options.as_of),
        savings: cost::savings(topology, assumptions, options.as_of),
    };
    forecast.availability = availability(topology, &forecast.recoveries, assumptions, options.seed);
    forecast.targets = rows(topology, &forecast);
    forecast
}

/// Everything that users reach in the serving regions of environments of production size.
type Service<'t> = (&'t Environment, &'t Region, &'t Workload);

fn services(topology: &Topology) -> Vec<Service<'_>> {
    let mut found: Vec<Service<'_>> = Vec::new();
    for (environment, region) in topology.regions() {
        if !topology.is_full_size(environment) || region.is_standby() {
            continue;
        }
        for (workload, _) in region.exposed() {
            if !found.iter().any(|(_, there, known)| there.name() == region.name() && known.name() == workload.name()) {
                found.push((environment, region, workload));
            }
        }
    }
    found
}

fn starts(services: &[Service<'_>], assumptions: &Assumptions, seed: u64) -> Vec<StartOf> {
    const PODS: u32 = 2_000;
    let mut found: Vec<StartOf> = Vec::new();
    for (environment, _, workload) in services {
        if found.iter().any(|one| one.environment == *environment.name() && one.workload == *workload.name()) {
            continue;
        }
        let reader = assumptions.reader();
        let probes = workload.probes();
        let start = Start::assumed(
            workload.init_containers(),
            probes.startup.as_ref().map(Into::into),
            probes.readiness.as_ref().map(Into::into),
            &reader,
        );
        let used = reader.used();
        found.push(StartOf {
            environment: environment.name().clone(),
            workload: workload.name().clone(),
            bound: start.bound(),
            warm: start.estimate(false, PODS, seed, &used),
            cold: start.estimate(true, PODS, seed, &used),
            stopped: start.stopped(PODS, seed),
        });
    }
    found
}

/// How long after the start the load doubles: metrics have settled by then.
const SETTLED: Span = Span::secs(120);
/// How long a response is watched.
const HORIZON: Span = Span::secs(1_200);
/// Runs in which a change is tried: fewer, because many changes are.
const TRIED: usize = 60;

fn responses(
    topology: &Topology,
    assumptions: &Assumptions,
    options: Options,
    services: &[Service<'_>],
    progress: &(dyn Fn(f64) + Sync),
) -> Vec<Response> {
    let target = topology.spec().targets.autoscaling.map(Span::from);
    let mut found = Vec::new();
    for (number, (environment, region, workload)) in services.iter().enumerate() {
        progress(Share::of(as_number(number), as_number(services.len())).get());
        let first = Load::Constant(1.0);
        let Ok((probe, _)) =
            Scenario::of(topology, environment, region, workload.name(), (first, HORIZON), assumptions)
        else {
            continue;
        };
        let Some(share) = probe.target() else { continue };
        // As much as its fewest pods are there for, and then twice that.
        let before = f64::from(workload.scale().min()) * share;
        let load = Load::Step { before, after: 2.0 * before, at: SETTLED };
        let made = Scenario::of(topology, environment, region, workload.name(), (load, HORIZON), assumptions);
        let Ok((scenario, used)) = made else { continue };
        let plan = Plan { runs: options.runs, seed: options.seed, threads: options.threads };
        let with = study(&scenario, plan, &used, &|| {});
        let without_headroom = (scenario.headroom > 0).then(|| {
            let without = Scenario { headroom: 0, ..scenario.clone() };
            study(&without, plan, &used, &|| {})
        });
        let missed = target.filter(|target| with.first.high() > *target);
        let advice =
            missed.and_then(|target| advise(&scenario, target, Plan { runs: TRIED.min(options.runs), ..plan }));
        found.push(Response {
            environment: environment.name().clone(),
            region: region.name().clone(),
            workload: workload.name().clone(),
            path: workload.path(),
            study: with,
            without_headroom,
            advice,
        });
    }
    progress(1.0);
    found
}

#[allow(clippy::cast_precision_loss, reason = "there are far fewer services than a double counts")]
const fn as_number(count: usize) -> f64 {
    count as f64
}

fn rows(topology: &Topology, forecast: &Forecast) -> Vec<Row> {
    let targets = &topology.spec().targets;
    let mut rows = Vec::new();
    if let Some(asked) = targets.availability {
        rows.push(of_availability(asked.to_string(), &forecast.availability));
    }
    if let Some(asked) = targets.autoscaling {
        rows.push(of_autoscaling(asked.to_string(), Span::from(asked), &forecast.responses));
    }
    if let Some(asked) = targets.container_start {
        rows.push(of_start(asked.to_string(), Span::from(asked), &forecast.starts));
    }
    if let Some(asked) = targets.cost_per_user {
        rows.push(of_cost(topology, asked.to_string(), Money::from(asked.amount()), &forecast.bill));
    }
    if let Some(asked) = targets.deployments {
        rows.push(of_deployments(asked.to_string(), &forecast.deployments));
    }
    rows.extend(of_recovery(topology, &forecast.recoveries));
    rows
}

/// A row about a target of which nothing can be said.
fn unknown(target: Target, asked: String, why: &str) -> Row {
    Row {
        target,
        asked,
        subject: String::new(),
        expected: "-".to_owned(),
        high: "-".to_owned(),
        numbers: None,
        unit: "",
        verdict: Verdict::Unknown,
        dominates: None,
        change: Some(why.to_owned()),
        used: Used::default(),
    }
}

/// A row about an estimate of which less is better.
fn row<Q: Quantity + std::fmt::Display>(target: Target, asked: String, subject: String, of: &Estimate<Q>) -> Row {
    let mut used = Used::default();
    used.add(&of.used);
    Row {
        target,
        asked,
        subject,
        expected: of.expected().to_string(),
        high: of.high().to_string(),
        numbers: Some((of.expected().number(), of.high().number())),
        unit: Q::UNIT,
        verdict: Verdict::Unknown,
        dominates: of.dominant.as_ref().map(|dominant| format!("{} ({})", dominant.what, dominant.share)),
        change: None,
        used,
    }
}

fn of_availability(asked: String, all: &[Availability]) -> Row {
    let Some(worst) = all.iter().max_by_key(|one| one.away.expected()) else {
        return unknown(
            Target::Availability,
            asked,
            "no environment of production size has something that users reach",
        );
    };
    let verdict = worst.is_met().map_or(Verdict::Unknown, Verdict::of);
    let subject = format!("`{}` in {}", worst.workload, worst.environment);
    let first = worst.terms.first().filter(|_| verdict == Verdict::Missed);
    Row {
        expected: worst.expected().to_string(),
        high: worst.low().to_string(),
        numbers: Some((worst.expected().get(), worst.low().get())),
        unit: "share",
        verdict,
        change: first.map(|term| format!("begin with {}: {} a month", term.what, term.away.expected())),
        ..row(Target::Availability, asked, subject, &worst.away)
    }
}

fn of_autoscaling(asked: String, target: Span, all: &[Response]) -> Row {
    let Some(worst) = all.iter().max_by_key(|one| one.study.first.high()) else {
        return unknown(Target::Autoscaling, asked, "nothing that users reach scales by its processor time");
    };
    let met = worst.study.first.high() <= target;
    let change = worst.advice.as_ref().map(|advice| {
        let said: Vec<String> = advice.changes.iter().map(|change| said(*change)).collect();
        format!("{}: then {} 19 times of 20", said.join(", "), advice.p95)
    });
    Row {
        verdict: Verdict::of(met),
        change: if met { None } else { change.or_else(|| Some("no change that was tried meets it".to_owned())) },
        ..row(Target::Autoscaling, asked, format!("`{}` in {}", worst.workload, worst.region), &worst.study.first)
    }
}

/// A change in the words of the topology.
fn said(change: Change) -> String {
    match change {
        Change::NoWindow => "`scale.up` without `after`".to_owned(),
        Change::Probes(every) => format!("probes every {every}"),
        Change::Checks(every) => format!("`ingress.health.interval: {every}`"),
        Change::Headroom(pods) => format!("`headroom: {pods}`"),
        Change::Fewest(pods) => format!("`replicas` from {pods}"),
    }
}

fn of_start(asked: String, target: Span, all: &[StartOf]) -> Row {
    let Some(worst) = all.iter().max_by_key(|one| one.warm.high()) else {
        return unknown(
            Target::ContainerStart,
            asked,
            "no environment of production size has something that users reach",
        );
    };
    let met = worst.warm.high() <= target;
    let change = (!met)
        .then(|| "probes that ask more often, fewer init containers, or an application that starts faster".to_owned());
    Row {
        verdict: Verdict::of(met),
        change,
        ..row(Target::ContainerStart, asked, format!("`{}`, its image on the node", worst.workload), &worst.warm)
    }
}

fn of_cost(topology: &Topology, asked: String, target: Money, bill: &Bill) -> Row {
    let Some(demand) = &topology.spec().demand else {
        return unknown(Target::CostPerUser, asked, "the topology says no `demand.users`");
    };
    let environments = topology.environments().values().filter(|environment| topology.is_full_size(environment));
    let each = environments.filter_map(|environment| {
        let of = cost::per_user(bill, environment.name(), demand.users, Some(target))?;
        Some((environment.name(), of))
    });
    let Some((environment, worst)) = each.max_by_key(|(_, of)| of.cost.expected()) else {
        return unknown(Target::CostPerUser, asked, "no environment has production size, or there are no users");
    };
    let met = worst.cost.expected() <= target;
    let total = bill.total(Some(environment));
    let partial = if bill.is_partial() { ", without what has no price" } else { "" };
    let users = worst.break_even.map(|users| format!("{} users, from which on each costs no more", users.normalize()));
    Row {
        verdict: Verdict::of(met),
        dominates: total.dominant.as_ref().map(|dominant| format!("{} ({})", dominant.what, dominant.share)),
        change: if met {
            None
        } else {
            users.or_else(|| Some("what each user costs alone is more than that".to_owned()))
        },
        ..row(Target::CostPerUser, asked, format!("{environment}, {} users{partial}", demand.users), &worst.cost)
    }
}

fn of_deployments(asked: String, all: &[Deployments]) -> Row {
    let Some(worst) = all.iter().min_by(|a, b| a.low().total_cmp(&b.low())) else {
        return unknown(Target::Deployments, asked, "no environment of production size has something that users reach");
    };
    let met = worst.is_met().map_or(Verdict::Unknown, Verdict::of);
    let dominates = worst.lead.dominant.as_ref().map(|dominant| format!("{} ({})", dominant.what, dominant.share));
    Row {
        high: format!("{:.1} a day", worst.low()),
        expected: format!("{:.1} a day", worst.daily.expected().get()),
        numbers: Some((worst.daily.expected().get(), worst.low())),
        unit: "per day",
        verdict: met,
        dominates,
        change: (met == Verdict::Missed).then(|| "shorter times to watch a region, or fewer waves".to_owned()),
        ..row(Target::Deployments, asked, format!("`{}` in {}", worst.workload, worst.environment), &worst.daily)
    }
}

/// Rows about lost regions: the worst of those that are protected, and one that says which aren't.
fn of_recovery(topology: &Topology, all: &[Recovery]) -> Vec<Row> {
    let regions: Vec<&Recovery> = all
        .iter()
        .filter(|one| one.failure == Failure::Region)
        .filter(|one| topology.environments().get(&one.environment).is_some_and(|found| topology.is_full_size(found)))
        .collect();
    let protected: Vec<&&Recovery> = regions.iter().filter(|one| one.rto.is_some()).collect();
    let targets = &topology.spec().targets;
    let mut rows = Vec::new();
    if let Some(asked) =
        targets.rto.map(|asked| asked.to_string()).or_else(|| most(protected.iter().map(|one| one.rto)))
    {
        let worst =
            protected.iter().max_by_key(|one| one.outage.as_ref().map_or(Span::millis(u64::MAX), Estimate::high));
        rows.push(match worst {
            None => unknown(Target::Rto, asked, "no standby region protects anything"),
            Some(worst) => of_outage(asked, worst),
        });
    }
    let losses = || protected.iter().flat_map(|one| one.losses.iter().map(move |loss| (one, loss)));
    let asked = targets.rpo.map(|asked| asked.to_string());
    if let Some(asked) = asked.or_else(|| most(losses().map(|(_, loss)| loss.rpo))) {
        let at_stake = losses().filter(|(_, loss)| !loss.refills);
        let worst = at_stake.max_by_key(|(_, loss)| loss.lost.as_ref().map_or(Span::millis(u64::MAX), Estimate::high));
        rows.push(match worst {
            None => unknown(Target::Rpo, asked, "no protected region has a store"),
            Some((region, loss)) => of_loss(asked, region, loss),
        });
    }
    rows
}

/// The longest of what single regions allow, as people say it.
fn most(all: impl Iterator<Item = Option<Span>>) -> Option<String> {
    all.flatten().max().map(|span| span.to_string())
}

fn of_outage(asked: String, worst: &Recovery) -> Row {
    let subject = format!("{} lost", worst.region);
    let Some(outage) = &worst.outage else {
        let why = worst.blocked.join("; ");
        return Row { verdict: Verdict::Missed, subject, ..unknown(Target::Rto, asked, &why) };
    };
    let met = worst.is_in_time().map_or(Verdict::Unknown, Verdict::of);
    let change = (met == Verdict::Missed)
        .then(|| "a replica instead of backups, or a warm standby instead of a pilot light".to_owned());
    Row { verdict: met, change, ..row(Target::Rto, asked, subject, outage) }
}

fn of_loss(asked: String, one: &Recovery, loss: &crate::recovery::Loss) -> Row {
    let subject = format!("`{}` of {}, by {}", loss.store, one.region, loss.mechanism);
    let Some(behind) = &loss.lost else {
        let why = format!("`{}` isn't copied: say `standby: replica`", loss.store);
        return Row {
            verdict: Verdict::Missed,
            subject,
            expected: "all of it".to_owned(),
            high: "all of it".to_owned(),
            ..unknown(Target::Rpo, asked, &why)
        };
    };
    let met = loss.is_allowed().map_or(Verdict::Unknown, Verdict::of);
    let change = (met == Verdict::Missed).then(|| match loss.mechanism {
        "copied backups" => format!("`standby: replica` of `{}`, or a longer RPO", loss.store),
        _ => "a longer RPO: this is as fast as its copies are".to_owned(),
    });
    Row { verdict: met, change, ..row(Target::Rpo, asked, subject, behind) }
}

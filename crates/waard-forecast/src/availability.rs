//! How much of a month the platform answers, and what it costs most of the rest.
//!
//! Away is added up term by term: what AWS promises of each service on the way of a request, releases that have to be
//! taken back, and each failure of [`recovery`](crate::recovery) as often as it is assumed to happen, for the share of
//! users that it reaches. A promise is no measurement, so only a part of what it allows is assumed to be used.

use std::collections::BTreeSet;

use waard_catalog::catalog;
use waard_model::Topology;
use waard_model::name::{EnvironmentName, WorkloadName};
use waard_model::path::ModelPath;
use waard_model::topology::{Duty, Environment, Region, StoreKind, Workload};

use crate::assumption::{Assumptions, Key, Used, key};
use crate::estimate::Estimate;
use crate::quantity::{Share, Span};
use crate::random::{Dice, Distribution};
use crate::recovery::{Failure, Recovery};

/// Minutes of a month: 730 hours.
pub const MONTH: Span = Span::secs(730 * 3600);

/// How many times everything uncertain is drawn.
const RUNS: u64 = 2_000;

/// How much of a month something that users reach is away.
#[derive(Clone, Debug, PartialEq)]
pub struct Availability {
    /// The environment.
    pub environment: EnvironmentName,
    /// What users reach.
    pub workload: WorkloadName,
    /// Time away in a month, over all users.
    pub away: Estimate<Span>,
    /// What it is made of, the dearest first.
    pub terms: Vec<Term>,
    /// The time away that the target allows, if there is one.
    pub budget: Option<Span>,
    /// What fails together although it is counted apart, in words.
    pub correlated: Vec<String>,
}

impl Availability {
    /// The share of a month in which it answers: what is expected.
    pub fn expected(&self) -> Share {
        answers(self.away.expected())
    }

    /// The same 19 times of 20: no less than that.
    pub fn low(&self) -> Share {
        answers(self.away.high())
    }

    /// Whether the target is met, as it is to be expected; `None` without one.
    pub fn is_met(&self) -> Option<bool> {
        Some(self.away.expected() <= self.budget?)
    }
}

fn answers(away: Span) -> Share {
    Share::of(away.as_secs(), MONTH.as_secs()).rest()
}

/// A part of the time away.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What it is: "`cloudfront`, as far as its promise goes".
    pub what: String,
    /// The part of the topology that decides it, if one does.
    pub path: Option<ModelPath>,
    /// Time away in a month.
    pub away: Estimate<Span>,
}

/// The availability of everything that users reach, in environments of production size.
pub fn availability(
    topology: &Topology,
    recoveries: &[Recovery],
    assumptions: &Assumptions,
    seed: u64,
) -> Vec<Availability> {
    let mut found = Vec::new();
    for environment in topology.environments().values().filter(|environment| topology.is_full_size(environment)) {
        let serving = || environment.regions().values().filter(|region| !region.is_standby());
        let names: BTreeSet<&WorkloadName> =
            serving().flat_map(|region| region.exposed().map(|(workload, _)| workload.name())).collect();
        for name in names {
            let of: Vec<(&Region, &Workload)> =
                serving().filter_map(|region| Some((region, &**region.workloads().get(name)?))).collect();
            let sum = Sum { topology, environment, recoveries, assumptions, seed, parts: Vec::new() };
            found.push(sum.of(name, &of));
        }
    }
    found
}

/// A term before it is drawn: its rates multiply, and its time is one of the given ones.
struct Part {
    what: String,
    path: Option<ModelPath>,
    /// What it is multiplied with, all of them.
    factors: Vec<Distribution>,
    /// Time away for each time that it happens, or the whole of it.
    time: Distribution,
    share: f64,
}

struct Sum<'a> {
    topology: &'a Topology,
    environment: &'a Environment,
    recoveries: &'a [Recovery],
    assumptions: &'a Assumptions,
    seed: u64,
    parts: Vec<Part>,
}

impl Sum<'_> {
    fn of(mut self, name: &WorkloadName, regions: &[(&Region, &Workload)]) -> Availability {
        let reader = self.assumptions.reader();
        let rate = |key: Key| reader.distribution(key);
        if self.topology.has_front(self.environment) {
            for service in ["cloudfront", "waf", "route53"] {
                self.promise(service, Some(ModelPath::of(["edge"])), 1.0, rate(key::PROMISE_USED));
            }
        }
        if let Some(deployments) = self.topology.spec().targets.deployments {
            let monthly = MONTH.as_secs() / Span::from(deployments.per()).as_secs() * as_number(deployments.count());
            if let Some(bad) = self.recovery(Failure::BadDeploy, name.as_str(), None) {
                let factors = vec![Distribution::Fixed(monthly), rate(key::CHANGE_FAILURE_RATE)];
                self.happens("releases that are taken back", Some(bad.path.clone()), factors, bad, 1.0);
            }
        }
        for (region, workload) in regions {
            self.region(region, workload, &rate);
        }
        self.done(name, &reader.used())
    }

    fn region(&mut self, region: &Region, workload: &Workload, rate: &impl Fn(Key) -> Distribution) {
        let traffic = match region.duty() {
            Duty::Primary { traffic, .. } => Share::from(*traffic).get(),
            Duty::Standby { .. } => 0.0,
        };
        let name = region.name();
        for service in ["alb", "ec2-region"] {
            self.promise(service, Some(region.path()), traffic, rate(key::PROMISE_USED));
        }
        let year = Distribution::Fixed(1.0 / 12.0);
        for store in workload.uses().iter().filter_map(|used| region.stores().get(used)) {
            let service = match store.kind() {
                StoreKind::Database(spec) if spec.multi_az => "rds-multi-az",
                StoreKind::Database(_) => "rds-single-az",
                StoreKind::Cache(spec) if spec.replicas > 0 => "elasticache-multi-az",
                StoreKind::Cache(_) => "elasticache-single-az",
                // What is written to Kafka waits, and what reads a bucket is asked of a promise of its own.
                StoreKind::Kafka(_) => continue,
                StoreKind::Bucket(_) => "s3",
            };
            self.promise(service, Some(store.path()), traffic, rate(key::PROMISE_USED));
            if let Some(lost) = self.recovery(Failure::LostDatabase, store.name().as_str(), Some(region)) {
                let factors = vec![rate(key::FAILURE_DATABASE), year];
                self.happens(format!("failovers of `{}`", store.name()), Some(store.path()), factors, lost, traffic);
            }
        }
        for (failure, subject, key, what) in [
            (Failure::Pod, workload.name().as_str(), key::FAILURE_POD, "lost pods"),
            (Failure::Node, workload.name().as_str(), key::FAILURE_NODE, "lost nodes"),
            (Failure::Zone, name.as_str(), key::OUTAGE_ZONE, "lost zones"),
        ] {
            let Some(lost) = self.recovery(failure, subject, Some(region)) else { continue };
            // One of so many pods is lost as many times as often, for as much smaller a share of users.
            let each = match failure {
                Failure::Zone => lost.affected.get(),
                _ => 1.0,
            };
            let factors = vec![rate(key), year];
            self.happens(what, Some(lost.path.clone()), factors, lost, traffic * each);
        }
        if let Some(lost) = self.recovery(Failure::Region, name.as_str(), Some(region)) {
            let time = match &lost.outage {
                Some(outage) => spread(outage),
                None => rate(key::OUTAGE_REGION_LENGTH),
            };
            let (path, what) = (Some(lost.path.clone()), "lost regions".to_owned());
            let factors = vec![rate(key::OUTAGE_REGION), year];
            self.parts.push(Part { what, path, factors, time, share: traffic });
        }
    }

    /// What a promise allows, as far as it is used.
    fn promise(&mut self, service: &'static str, path: Option<ModelPath>, share: f64, used: Distribution) {
        use rust_decimal::prelude::ToPrimitive;
        let Some(promise) = catalog().promise(service) else { return };
        let allowed = 1.0 - promise.promised.to_f64().unwrap_or(100.0) / 100.0;
        let time = Distribution::Fixed(allowed * MONTH.as_secs());
        let what = format!("`{service}`, within its promise of {} %", promise.promised);
        self.parts.push(Part { what, path, factors: vec![used], time, share });
    }

    /// Something that happens now and then, and takes as long as its recovery.
    fn happens(
        &mut self,
        what: impl Into<String>,
        path: Option<ModelPath>,
        factors: Vec<Distribution>,
        recovery: &Recovery,
        share: f64,
    ) {
        if let Some(outage) = &recovery.outage {
            self.parts.push(Part { what: what.into(), path, factors, time: spread(outage), share });
        }
    }

    fn recovery<'r>(&self, failure: Failure, subject: &str, region: Option<&Region>) -> Option<&'r Recovery>
    where
        Self: 'r,
    {
        let recoveries: &'r [Recovery] = self.recoveries;
        recoveries.iter().find(|one| {
            one.failure == failure
                && one.subject == subject
                && one.environment == *self.environment.name()
                && region.is_none_or(|region| one.region == *region.name())
        })
    }

    fn done(self, workload: &WorkloadName, used: &Used) -> Availability {
        // Terms of the same name in several regions are one.
        let mut names: Vec<(String, Option<ModelPath>)> = Vec::new();
        for part in &self.parts {
            if !names.iter().any(|(name, _)| *name == part.what) {
                names.push((part.what.clone(), part.path.clone()));
            }
        }
        let dice = Dice::new(self.seed);
        let mut drawn: Vec<Vec<Span>> = vec![Vec::new(); names.len()];
        let mut totals = Vec::new();
        for run in 0..RUNS {
            let mut total = Span::ZERO;
            let mut each = vec![Span::ZERO; names.len()];
            for (part, place) in self.parts.iter().zip(0..) {
                // The same thing has the same luck in all regions: what is uncertain is how often it happens.
                let name = names.iter().position(|(name, _)| *name == part.what).unwrap_or_default();
                let luck = dice.at(run).at(name as u64);
                let factor: f64 = part.factors.iter().zip(0..).map(|(one, at)| luck.at(at).draw(one)).product();
                let away = Span::from_secs(factor * luck.at(place + 100).draw(&part.time) * part.share);
                total = total + away;
                if let Some(sum) = each.get_mut(name) {
                    *sum = *sum + away;
                }
            }
            totals.push(total);
            for (all, one) in drawn.iter_mut().zip(each) {
                all.push(one);
            }
        }
        let estimate = |runs: Vec<Span>| Estimate::sampled(runs).unwrap_or_else(|| Estimate::exact(Span::ZERO));
        let mut terms: Vec<Term> = names
            .into_iter()
            .zip(drawn)
            .map(|((what, path), runs)| Term { what, path, away: estimate(runs) })
            .filter(|term| term.away.high() > Span::ZERO)
            .collect();
        terms.sort_by_key(|term| std::cmp::Reverse(term.away.expected()));
        let mut away = estimate(totals).using(used);
        if let Some(term) = terms.first() {
            let share = Share::of(term.away.expected().as_secs(), away.expected().as_secs());
            away = away.dominated_by(term.what.clone(), share);
        }
        let budget = self.topology.spec().targets.availability.map(|target| {
            let share = Share::from(target).rest().get();
            Span::from_secs(share * MONTH.as_secs())
        });
        Availability {
            environment: self.environment.name().clone(),
            workload: workload.clone(),
            away,
            terms,
            budget,
            correlated: self.correlated(),
        }
    }

    /// What is counted as if it failed by itself, and doesn't.
    fn correlated(&self) -> Vec<String> {
        let mut found = vec!["a release that is bad is bad in every region".to_owned()];
        if self.topology.has_front(self.environment) {
            found.push(
                "CDN, firewall and DNS have one control plane, in us-east-1: with that region lost, they answer but can't be changed"
                    .to_owned(),
            );
        }
        for region in self.environment.regions().values() {
            if let Duty::Standby { protects, .. } = region.duty() {
                found.push(format!(
                    "{protects} and everybody else who stands by in {} ask for capacity there at once",
                    region.name()
                ));
            }
        }
        found
    }
}

/// A duration that was drawn, as something to draw again.
fn spread(outage: &Estimate<Span>) -> Distribution {
    let (p50, p95) = (outage.expected().as_secs(), outage.high().as_secs());
    if p50 > 0.0 && p95 > p50 { Distribution::LogNormal { p50, p95 } } else { Distribution::Fixed(p50) }
}

/// Counts of a topology are far within what a double holds.
#[allow(clippy::cast_precision_loss, reason = "no rate of deployments comes near 2^53")]
const fn as_number(count: u64) -> f64 {
    count as f64
}

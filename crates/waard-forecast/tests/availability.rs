//! Availability and deployments of whole topologies.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use proptest::prelude::*;
use waard_forecast::availability::{Availability, availability};
use waard_forecast::deployment::deployments;
use waard_forecast::recovery::recoveries;
use waard_forecast::{Assumptions, Span};
use waard_model::Topology;

use support::fixture;

fn of(topology: &Topology, assumptions: &Assumptions) -> Vec<Availability> {
    availability(topology, &recoveries(topology, assumptions, 1), assumptions, 1)
}

fn api(topology: &Topology, assumptions: &Assumptions) -> Availability {
    of(topology, assumptions).into_iter().find(|one| one.workload.as_str() == "api").unwrap()
}

fn set(values: &[(&str, &str)]) -> Assumptions {
    let mut assumptions = Assumptions::default();
    for (name, value) in values {
        assumptions.set(name, value).unwrap();
    }
    assumptions
}

#[test]
fn with_every_promise_used_up_the_chain_is_that_of_the_audit() {
    // Section 3.2 of the audit: CloudFront 99.9, WAF 99.95, ALB 99.99, EC2 99.99, RDS 99.95, Redis 99.99 are 100.7 minutes
    // a month as a product; added up they are 101.
    let nothing_else = set(&[
        ("promise.used", "100%"),
        ("change.failure-rate", "0%"),
        ("outage.region", "0"),
        ("outage.zone", "0"),
        ("failure.pod", "0"),
        ("failure.node", "0"),
        ("failure.database", "0"),
    ]);
    let away = api(&fixture("waardhaven"), &nothing_else).away.expected();
    assert!((away.as_secs() / 60.0 - 100.7).abs() < 0.5, "{away}");
    // A daily release of which one of twenty is taken back after a quarter of an hour takes 0.05 × 30.4 × 15 = 23 minutes
    // more there; here the way back takes what it takes.
    let changes = set(&[
        ("promise.used", "0%"),
        ("change.failure-rate", "5%"),
        ("deploy.detection", "300"),
        ("recovery.decision", "300"),
        ("outage.region", "0"),
        ("outage.zone", "0"),
        ("failure.pod", "0"),
        ("failure.node", "0"),
        ("failure.database", "0"),
    ]);
    let found = api(&fixture("waardhaven"), &changes);
    assert!((15.0..25.0).contains(&(found.away.expected().as_secs() / 60.0)), "{}", found.away.expected());
    assert_eq!(found.terms.first().unwrap().what, "releases that are taken back");
}

#[test]
fn the_shipped_platform_has_an_answer_for_everything_that_users_reach() {
    let all = of(&fixture("waardhaven"), &Assumptions::default());
    let names: Vec<&str> = all.iter().map(|one| one.workload.as_str()).collect();
    assert_eq!(names, ["api", "web"]);
    for one in &all {
        assert_eq!(one.budget, Some(Span::secs(2628)), "99.9 % of 730 hours leave 43.8 minutes");
        assert!(one.low().get() <= one.expected().get());
        assert!(one.terms.len() >= 3 && one.correlated.len() >= 2, "{one:?}");
        let sorted = one.terms.iter().map(|term| std::cmp::Reverse(term.away.expected()));
        assert!(sorted.is_sorted(), "{:?}", one.terms);
    }
}

#[test]
fn a_standby_never_lowers_availability() {
    let with = fixture("waardhaven");
    let mut spec = with.spec().clone();
    for environment in spec.environments.values_mut() {
        environment.regions.retain(|_, region| region.protects.is_none());
        for region in environment.regions.values_mut() {
            region.unprotected = None;
        }
    }
    // What only stood there.
    spec.clusters.retain(|name, _| name.as_str() != "standby");
    spec.workloads.retain(|name, _| name.as_str() != "standby-api");
    spec.data.buckets.retain(|name, _| name.as_str() == "data-lake");
    for kafka in spec.data.kafka.values_mut() {
        kafka.users.retain(|name, _| name.as_str() != "standby-api");
    }
    let without = Topology::new(spec).unwrap();
    let assumptions = Assumptions::default();
    assert!(api(&with, &assumptions).expected().get() >= api(&without, &assumptions).expected().get());
}

#[test]
fn several_releases_fit_in_a_day() {
    let all = deployments(&fixture("waardhaven"), &Assumptions::default(), 1);
    let api = all.iter().find(|one| one.workload.as_str() == "api").unwrap();
    // Five pods, two above and one missing at a time.
    assert_eq!(api.waves, 2);
    // Section 3.1 of the audit: with 15 minutes each for CI and for watching, three regions take 66 to 108 minutes, and
    // four to seven releases fit in eight hours.
    let lead = api.lead.expected().as_secs() / 60.0;
    assert!((60.0..108.0).contains(&lead), "{lead}");
    assert!((3.5..=7.0).contains(&api.daily.expected().get()), "{:?}", api.daily);
    assert_eq!(api.is_met(), Some(true));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn parts_of_time_away_are_no_more_than_all_of_it(topology in waard_model::strategy::topology()) {
        let assumptions = Assumptions::default();
        for one in of(&topology, &assumptions) {
            for term in &one.terms {
                prop_assert!(term.away.expected() <= one.away.high(), "{one:?}");
            }
            prop_assert!((0.0..=1.0).contains(&one.expected().get()));
        }
        for one in deployments(&topology, &assumptions, 1) {
            prop_assert!(one.waves >= 1 && one.low() <= one.daily.high().get());
        }
    }
}

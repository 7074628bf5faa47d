//! What failures do to whole topologies.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use proptest::prelude::*;
use waard_forecast::recovery::{Failure, Recovery, recoveries};
use waard_forecast::{Assumptions, Span};
use waard_model::Topology;
use waard_model::spec::StandbyCopy;

use support::fixture;

fn of(topology: &Topology) -> Vec<Recovery> {
    recoveries(topology, &Assumptions::default(), 1)
}

fn region<'r>(all: &'r [Recovery], name: &str) -> &'r Recovery {
    let is = |one: &&Recovery| {
        one.failure == Failure::Region && one.environment.as_str() == "production" && one.region.as_str() == name
    };
    all.iter().find(is).unwrap_or_else(|| panic!("nothing about {name}"))
}

#[test]
fn a_protected_region_is_back_in_time_and_loses_little() {
    let all = of(&fixture("waardhaven"));
    let lost = region(&all, "us-east-1");
    let outage = lost.outage.as_ref().unwrap();
    // The audit of the founding document: a replica in another region and EKS at its least size take 12 to 34 minutes.
    assert!(outage.expected() > Span::secs(12 * 60) && outage.high() < Span::secs(34 * 60), "{outage:?}");
    assert_eq!(lost.is_in_time(), Some(true), "{outage:?}");
    assert_eq!(outage.dominant.as_ref().unwrap().what, "promote the data");
    let database = lost.losses.iter().find(|loss| loss.store.as_str() == "database").unwrap();
    assert_eq!((database.mechanism, database.is_allowed()), ("replica", Some(true)));
    let cache = lost.losses.iter().find(|loss| loss.store.as_str() == "cache").unwrap();
    assert_eq!((cache.lost.is_none(), cache.is_allowed()), (true, None), "a cache fills again");
}

#[test]
fn a_region_that_nothing_protects_is_blocked_and_says_so() {
    let all = of(&fixture("waardhaven"));
    let lost = region(&all, "ap-southeast-1");
    assert!(
        lost.blocked.iter().any(|why| why.contains("no standby region protects ap-southeast-1")),
        "{:?}",
        lost.blocked
    );
    assert!(lost.losses.iter().any(|loss| loss.store.as_str() == "database" && loss.lost.is_none()));
    let alone = of(&fixture("minimal"));
    let only = alone.iter().find(|one| one.failure == Failure::Region).unwrap();
    assert_eq!((only.outage.clone(), only.blocked.len()), (None, 1));
}

#[test]
fn only_copied_backups_lose_more_and_take_longer() {
    let replica = fixture("waardhaven");
    let mut spec = replica.spec().clone();
    for database in spec.data.databases.values_mut() {
        database.standby = StandbyCopy::Backups;
        database.backups.copied = false;
    }
    let backups = Topology::new(spec).unwrap();
    let (with, without) = (of(&replica), of(&backups));
    let (fast, slow) = (region(&with, "us-east-1"), region(&without, "us-east-1"));
    assert!(slow.outage.as_ref().unwrap().expected() > fast.outage.as_ref().unwrap().high());
    assert_eq!(slow.is_in_time(), Some(false), "a restore of 20 to 60 minutes doesn't fit in 30");
    let database = slow.losses.iter().find(|loss| loss.store.as_str() == "database").unwrap();
    let lost = database.lost.as_ref().unwrap();
    // The audit: backups that are copied as they are made lose 5 to 25 minutes, which misses 5.
    assert!(lost.expected() >= Span::secs(300) && lost.high() <= Span::secs(1500), "{lost:?}");
    assert_eq!(database.is_allowed(), Some(false));
}

#[test]
fn a_database_in_two_zones_loses_nothing_with_its_instance() {
    let all = of(&fixture("waardhaven"));
    let lost = all.iter().find(|one| one.failure == Failure::LostDatabase && one.environment.as_str() == "production");
    let lost = lost.unwrap();
    assert_eq!(lost.losses.first().unwrap().lost.as_ref().unwrap().high(), Span::ZERO);
    assert!(lost.outage.as_ref().unwrap().high() <= Span::secs(120));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_longest_way_is_no_shorter_than_any_of_its_steps(topology in waard_model::strategy::topology(), seed: u64) {
        let all = recoveries(&topology, &Assumptions::default(), seed);
        for one in &all {
            if let Some(outage) = &one.outage {
                let longest = one.steps.iter().map(|step| step.takes.expected()).max().unwrap_or(Span::ZERO);
                prop_assert!(outage.expected() >= longest, "{one:?}");
                prop_assert!(outage.expected() <= outage.high());
            } else {
                prop_assert!(!one.blocked.is_empty(), "{one:?}");
            }
            for (place, step) in one.steps.iter().enumerate() {
                prop_assert!(step.after.iter().all(|before| *before < place));
            }
        }
        prop_assert_eq!(&all, &recoveries(&topology, &Assumptions::default(), seed));
    }
}

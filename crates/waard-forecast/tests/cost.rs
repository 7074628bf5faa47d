//! Bills of whole topologies.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use proptest::prelude::*;
use rust_decimal::Decimal;
use waard_catalog::Date;
use waard_forecast::cost::{Bill, Part, Rule, bill, per_user, savings};
use waard_forecast::{Assumptions, Money};
use waard_model::Topology;
use waard_model::quantity::{Bounds, Duration};

use support::fixture;

const DAY: Date = Date::constant(2026, 11, 25);

fn of(topology: &Topology) -> Bill {
    bill(topology, &Assumptions::default(), DAY)
}

/// A line of the bill of a region in production, at the expected scale.
fn line(bill: &Bill, region: &str, what: &str) -> Decimal {
    let found = bill.lines.iter().find(|line| {
        let place = &line.place;
        place.environment.as_str() == "production"
            && place.region.as_ref().is_some_and(|name| name.as_str() == region)
            && line.what == what
    });
    found.unwrap_or_else(|| panic!("no line `{what}` in {region}")).monthly.expected()
}

fn usd(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn the_shipped_platform_costs_what_its_parts_cost_by_the_price_list() {
    let bill = of(&fixture("waardhaven"));
    let lines = [
        // m7g.xlarge 0.1632 USD an hour; three nodes, and the Savings Plan takes no part of a system group.
        ("us-east-1", "node group `system`, on demand", "357.408"),
        // c5.2xlarge 0.34; five nodes of which 40 % of the two above the base, rounded down, are spot: all five on demand.
        // 27 % off the 60 % of three that always run: 5 × 0.34 × 730 − 3 × 0.34 × 730 × 0.27 × 0.6.
        ("us-east-1", "node group `api`, on demand", "1120.3748"),
        // 100 GiB of gp3 for each of five.
        ("us-east-1", "node group `api`, disks", "40"),
        ("us-east-1", "control plane, 1.36", "73"),
        // db.r6g.2xlarge 0.899, in two zones; a reserved instance for three years, half of it paid at once, saves 55 %.
        ("us-east-1", "database `database`", "590.643"),
        ("us-east-1", "storage of `database`", "115"),
        // Three shards of three nodes, cache.r6g.xlarge 0.411; one year without upfront payment saves 31.7 %.
        ("us-east-1", "cache `cache`", "1844.28141"),
        ("us-east-1", "NAT gateways", "98.55"),
        ("us-west-2", "replica of `database` in us-east-1", "590.643"),
    ];
    for (region, what, expected) in lines {
        let found = line(&bill, region, what);
        assert!((found - usd(expected)).abs() < usd("0.02"), "{what} in {region}: {found}, not {expected}");
    }
}

#[test]
fn what_has_no_price_is_a_gap_and_the_bill_is_partial() {
    let bill = of(&fixture("waardhaven"));
    assert!(bill.is_partial());
    let logs = bill.gaps.iter().filter(|gap| gap.what.contains("`logs ingestion` in `eu-west-1`")).count();
    assert_eq!(logs, 1, "{:?}", bill.gaps);
    let line = bill.lines.iter().find(|line| {
        line.what == "logs" && line.place.region.as_ref().is_some_and(|region| region.as_str() == "eu-west-1")
    });
    assert_eq!(line, None, "what has no price counts as nothing");
}

#[test]
fn users_pay_for_the_platform_and_for_what_they_use() {
    let topology = fixture("waardhaven");
    let bill = of(&topology);
    let production = topology.environments().keys().find(|name| name.as_str() == "production").unwrap();
    let target = Some(Money::usd(usd("5")));
    let few = per_user(&bill, production, 1_000, target).unwrap();
    let many = per_user(&bill, production, 10_000, target).unwrap();
    assert!(few.cost.expected() > many.cost.expected());
    let total = bill.total(Some(production)).expected().amount();
    assert_eq!(many.cost.expected().amount(), total / Decimal::from(10_000));
    assert!(many.break_even.unwrap() < Decimal::from(10_000));
    assert!(per_user(&bill, production, 0, target).is_none());
    let nothing = per_user(&bill, production, 10_000, Some(Money::usd(usd("0.01")))).unwrap();
    assert_eq!(nothing.break_even, None, "each user costs more than that by the requests alone");
}

#[test]
fn each_rule_of_the_cost_policy_saves_something() {
    let saved = savings(&fixture("waardhaven"), &Assumptions::default(), DAY);
    let rules: Vec<&Rule> = saved.iter().map(|saving| &saving.rule).collect();
    assert_eq!(rules.len(), 6, "{rules:?}");
    for saving in &saved {
        assert!(saving.is_whole && saving.monthly.expected() > Decimal::ZERO, "{saving:?}");
        assert!(saving.monthly.least() >= Decimal::ZERO, "{saving:?}");
    }
}

#[test]
fn a_control_plane_past_its_standard_support_costs_six_times_as_much() {
    let topology = fixture("waardhaven");
    let later = bill(&topology, &Assumptions::default(), Date::constant(2027, 12, 1));
    assert_eq!(line(&later, "us-east-1", "control plane, 1.36 in extended support"), usd("438"));
}

/// At all scales at least as much, where neither bill has a gap that the other hasn't.
fn is_no_cheaper(dear: &Bill, cheap: &Bill) -> bool {
    let (dear_sum, cheap_sum) = (dear.sum(|_| true), cheap.sum(|_| true));
    dear.gaps != cheap.gaps
        || (dear_sum.least() >= cheap_sum.least()
            && dear_sum.expected() >= cheap_sum.expected()
            && dear_sum.most() >= cheap_sum.most())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn scales_never_fall_and_a_total_is_the_sum_of_its_parts(topology in waard_model::strategy::topology()) {
        let bill = of(&topology);
        for line in &bill.lines {
            prop_assert!(line.monthly.least() <= line.monthly.expected(), "{line:?}");
            prop_assert!(line.monthly.expected() <= line.monthly.most(), "{line:?}");
            prop_assert!(line.monthly.least() >= Decimal::ZERO, "{line:?}");
            prop_assert!(!line.prices.is_empty(), "{line:?}");
        }
        let parts: Decimal = Part::ALL.into_iter().map(|part| bill.sum(|line| line.part == part).expected()).sum();
        prop_assert_eq!(parts, bill.total(None).expected().amount());
        prop_assert_eq!(bill, of(&topology));
    }

    #[test]
    fn larger_bounds_and_longer_retention_never_cost_less(topology in waard_model::strategy::topology(), more in 1_u32..5) {
        let cheap = of(&topology);
        let mut spec = topology.spec().clone();
        for profile in spec.clusters.values_mut() {
            for group in profile.node_groups.values_mut() {
                group.size = Bounds::new(group.size.min(), group.size.max() + more).unwrap();
            }
        }
        for database in spec.data.databases.values_mut() {
            database.backups.retention = Duration::days(35);
        }
        for bucket in spec.data.buckets.values_mut() {
            bucket.expire_after = None;
        }
        // A larger topology can break another rule, such as the number of addresses.
        if let Ok(larger) = Topology::new(spec) {
            let dear = of(&larger);
            prop_assert!(is_no_cheaper(&dear, &cheap));
        }
    }
}

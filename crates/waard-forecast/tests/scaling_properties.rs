//! What must hold of any scenario: with the same luck, what only makes things slower never makes them faster.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking, in its helpers too")]

mod support;

use proptest::prelude::*;
use support::{founding, probe, secs, up};
use waard_forecast::hpa::{Behaviour, PolicyKind, Rules};
use waard_forecast::scaling::{Expander, Load, Pool, Provisioner, Scenario};
use waard_forecast::{Distribution, Span};

/// Services with one group of nodes, that are or aren't full, and any way to grow.
fn scenario() -> impl Strategy<Value = Scenario> {
    let load = (1.0..20.0_f64, 1.2..8.0_f64);
    let nodes = (2_u32..12, 1_u32..4, 0_u32..3);
    let growth = (0_u64..90, prop::bool::ANY, 1_i32..120);
    let loops = (5_u64..30, 5_u64..30, 5_u64..20, prop::bool::ANY);
    let start = (0.0..20.0_f64, 1_u64..10, 0.0..40.0_f64, 20.0..120.0_f64);
    (load, nodes, growth, loops, start).prop_map(|(load, nodes, growth, loops, start)| {
        let (before, factor) = load;
        let (room, spare, headroom) = nodes;
        let (window, percent, value) = growth;
        let (sync, resolution, scan, karpenter) = loops;
        let (application, every, pull, launch) = start;
        let mut scenario = founding();
        scenario.load = Load::Step { before, after: before * factor, at: secs(120) };
        let kind = if percent { PolicyKind::Percent } else { PolicyKind::Pods };
        let spec = scenario.hpa.as_mut().unwrap();
        spec.max = 60;
        spec.behaviour = Some(Behaviour { up: up(window, kind, value), down: Rules::down() });
        (scenario.sync, scenario.resolution) = (secs(sync), secs(resolution));
        scenario.replicas = scenario.needed(before);
        scenario.headroom = headroom;
        let start = (scenario.replicas + headroom).div_ceil(room) + spare - 1;
        scenario.pools = vec![Pool { name: "api".to_owned(), room, min: 1, start, max: 60, spot: false }];
        scenario.start.application = Distribution::Uniform(application, application + 5.0);
        (scenario.start.startup, scenario.start.readiness) = (Some(probe(0, every, 60)), Some(probe(0, every, 3)));
        scenario.start.image = Distribution::Fixed(pull * 34.0);
        let launch = Distribution::Uniform(launch, launch * 1.5);
        scenario.provisioner = if karpenter {
            Provisioner::Karpenter { idle: secs(1), max: secs(10), launch, poll: secs(10), unneeded: secs(600) }
        } else {
            let expander = Expander::LeastWaste;
            Provisioner::ClusterAutoscaler {
                scan: secs(scan),
                expander,
                launch,
                after_add: secs(600),
                unneeded: secs(600),
                below: 0.5,
            }
        };
        scenario.preemption = Distribution::Fixed(0.0);
        scenario
    })
}

/// The first response, or the longest there is.
fn first(scenario: &Scenario, seed: u64) -> Span {
    scenario.run(seed).first.unwrap_or(Span::millis(u64::MAX))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Room that is held, on nodes that are there for it, never makes the first response slower.
    #[test]
    fn more_headroom_is_never_slower(scenario in scenario(), more in 1_u32..12, seed in 0_u64..1000) {
        let mut held = Scenario { headroom: scenario.headroom + more, ..scenario.clone() };
        held.pools[0].start += more.div_ceil(held.pools[0].room);
        prop_assert!(first(&held, seed) <= first(&scenario, seed));
    }

    /// Nor do more nodes that are there from the start.
    #[test]
    fn more_room_is_never_slower(scenario in scenario(), more in 1_u32..5, seed in 0_u64..1000) {
        let mut roomy = scenario.clone();
        roomy.pools[0].start += more;
        prop_assert!(first(&roomy, seed) <= first(&scenario, seed));
    }

    /// More pods that are always there leave no more work undone, whatever the load.
    #[test]
    fn more_pods_leave_no_more_undone(scenario in scenario(), more in 1_u32..20, seed in 0_u64..1000) {
        let few = Scenario { hpa: None, ..scenario };
        let mut many = Scenario { replicas: few.replicas + more, ..few.clone() };
        many.pools[0].start += more.div_ceil(many.pools[0].room);
        prop_assert!(many.run(seed).overflow <= few.run(seed).overflow);
    }

    /// Nodes, images, applications and windows that take longer never make it faster.
    #[test]
    fn what_takes_longer_is_never_faster(scenario in scenario(), longer in 1.0..60.0_f64, which in 0..5, seed in 0_u64..1000) {
        let mut slow = scenario.clone();
        match which {
            0 => {
                if let Provisioner::ClusterAutoscaler { launch, .. } | Provisioner::Karpenter { launch, .. } = &mut slow.provisioner
                    && let Distribution::Uniform(least, most) = launch
                {
                    (*least, *most) = (*least + longer, *most + longer);
                }
            }
            1 => slow.start.image = Distribution::Fixed(slow.start.image.median() + longer * 34.0),
            2 => slow.start.overhead = Distribution::Fixed(3.0 + longer),
            3 => slow.start.init.push(Distribution::Fixed(longer)),
            _ => slow.preemption = Distribution::Fixed(longer),
        }
        prop_assert!(first(&slow, seed) >= first(&scenario, seed), "{which}");
    }

    /// Pods stay within their bounds, nodes within theirs, shares within 0 and 1; nothing takes longer than there is time.
    #[test]
    fn everything_stays_within_its_bounds(scenario in scenario(), seed in 0_u64..1000) {
        let outcome = scenario.trace(seed);
        let left = scenario.horizon.minus(secs(120));
        prop_assert!(outcome.most_pods <= 60 && outcome.most_nodes <= 60);
        prop_assert!((0.0..=1.0).contains(&outcome.overflow.get()));
        for span in [outcome.first, outcome.enough, outcome.settled].into_iter().flatten() {
            prop_assert!(span <= left);
        }
        prop_assert!(outcome.enough.is_none() || outcome.first.is_none() || outcome.first <= outcome.enough);
        for point in &outcome.points {
            prop_assert!((3..=60).contains(&point.wanted));
            prop_assert!(point.serving <= point.nodes * scenario.pools[0].room);
        }
        prop_assert!(outcome.node_hours > 0.0);
    }

    /// The same seed is the same run.
    #[test]
    fn a_seed_is_a_run(scenario in scenario(), seed in 0_u64..1000) {
        prop_assert_eq!(scenario.run(seed), scenario.run(seed));
    }
}

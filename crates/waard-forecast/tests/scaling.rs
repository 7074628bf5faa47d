//! The simulation of scaling: against the worked estimates of the founding document's audit, against what must follow
//! from a scenario by hand, and against itself.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use support::{fixed, founding, full, probe, secs, up};
use waard_forecast::assumption::Used;
use waard_forecast::hpa::{Behaviour, PolicyKind, Rules};
use waard_forecast::scaling::study::{Plan, study};
use waard_forecast::scaling::{Change, Excess, Expander, Load, Outcome, Pool, Provisioner, Scenario, advise, answer};
use waard_forecast::start::Start;
use waard_forecast::{Distribution, Share, Span};

fn first(scenario: &Scenario, runs: usize) -> (f64, f64, f64) {
    let study = study(scenario, Plan::of(runs, 1), &Used::default(), &|| {});
    (study.first.expected().as_secs(), study.first.high().as_secs(), study.within(secs(120)).get())
}

#[test]
fn the_audits_response_times_come_out() {
    // Case, p50, p95, share under 120 s, and how far p50 and p95 may lie off, as a share.
    let cold = |scenario: Scenario| Scenario { warm: false, ..scenario };
    let cases = [
        ("as written, room and image", founding(), 120.0, 134.0, 0.51, 0.03),
        ("as written, room, no image", cold(founding()), 133.0, 148.0, 0.07, 0.04),
        ("as written, new node", full(founding()), 230.0, 258.0, 0.0, 0.03),
        ("fixed, room and image", fixed(), 42.0, 55.0, 1.0, 0.04),
        ("fixed, new node", full(fixed()), 152.0, 180.0, 0.02, 0.04),
        ("fixed, room that is held, no image", cold(Scenario { headroom: 5, ..full(fixed()) }), 56.0, 70.0, 1.0, 0.09),
    ];
    let mut wrong = Vec::new();
    for (name, scenario, p50, p95, share, off) in cases {
        let found = first(&scenario, 1000);
        println!("{name}: {found:?}, audit {p50} {p95} {share}");
        let near = |found: f64, expected: f64| (found / expected - 1.0).abs() <= off;
        if !near(found.0, p50) || !near(found.1, p95) || (found.2 - share).abs() > 0.1 {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Nothing is lucky but when each loop looks first, and every loop looks each second.
fn exact() -> Scenario {
    let mut scenario = fixed();
    (scenario.sync, scenario.resolution) = (secs(1), secs(1));
    scenario.start = Start {
        overhead: Distribution::Fixed(2.0),
        image: Distribution::Fixed(680.0),
        rate: Distribution::Fixed(34.0),
        init: vec![Distribution::Fixed(5.0)],
        application: Distribution::Fixed(10.0),
        startup: Some(probe(0, 1, 60)),
        readiness: Some(probe(0, 1, 3)),
        ..scenario.start
    };
    scenario.balancer = None;
    scenario.preemption = Distribution::Fixed(1.5);
    scenario.provisioner = autoscaler(1, 60.0, Expander::LeastWaste);
    scenario
}

fn autoscaler(scan: u64, launch: f64, expander: Expander) -> Provisioner {
    Provisioner::ClusterAutoscaler {
        scan: secs(scan),
        expander,
        launch: Distribution::Fixed(launch),
        after_add: secs(600),
        unneeded: secs(600),
        below: 0.5,
    }
}

#[track_caller]
fn between(found: Option<Span>, least: f64, most: f64) {
    let found = found.unwrap().as_secs();
    assert!((least..=most).contains(&found), "{found} is not within {least} and {most}");
}

#[test]
fn every_step_takes_what_it_takes() {
    for seed in 0..50 {
        // Up to 2 s until it is seen in a sample and the sample by the autoscaler; 2 + 5 + 10; up to 1 s for the probe.
        between(exact().run(seed).first, 17.0, 20.0);
        // The node has no image: 680 MB at 34 MB/s.
        between(Scenario { warm: false, ..exact() }.run(seed).first, 37.0, 40.0);
        // No room: up to 1 s until Cluster Autoscaler looks, 60 s for the node, which has no image.
        between(full(exact()).run(seed).first, 97.0, 101.0);
        // For a pod that holds room a node came: it has room beside it, and no image.
        between(Scenario { headroom: 1, ..full(exact()) }.run(seed).first, 37.0, 40.0);
        // Held room that takes the last place of a node with the image gives way in 1.5 s.
        let mut held = Scenario { headroom: 5, ..full(exact()) };
        held.pools[0].start = 2;
        between(held.run(seed).first, 18.5, 21.5);
        // Karpenter: a batch ends after 1 s without new pods.
        let karpenter = Provisioner::Karpenter {
            idle: secs(1),
            max: secs(10),
            launch: Distribution::Fixed(50.0),
            poll: secs(10),
            unneeded: secs(600),
        };
        between(Scenario { provisioner: karpenter, ..full(exact()) }.run(seed).first, 88.0, 91.0);
        // Three checks: two periods and the rest of one more, after 3 s of registration.
        let mut checked = exact();
        checked.balancer = founding().balancer.map(|balancer| waard_forecast::scaling::Balancer {
            registration: Distribution::Fixed(3.0),
            checks: 3,
            ..balancer
        });
        between(checked.run(seed).first, 17.0 + 23.0, 20.0 + 33.0);
    }
}

#[test]
fn the_stages_of_a_response_add_up_to_it() {
    for scenario in [founding(), full(founding()), Scenario { headroom: 2, ..full(fixed()) }] {
        for seed in 0..20 {
            let outcome = scenario.run(seed);
            assert_eq!(outcome.stages.into_iter().sum::<Span>(), outcome.first.unwrap());
        }
    }
    let study = |scenario: &Scenario| study(scenario, Plan::of(100, 1), &Used::default(), &|| {});
    assert!(study(&founding()).first.dominant.unwrap().what.starts_with("detection"));
    assert!(study(&full(fixed())).first.dominant.unwrap().what.starts_with("room"));
    assert!(
        study(&fixed()).first.dominant.unwrap().what.starts_with("start")
            || study(&fixed()).first.dominant.unwrap().what.starts_with("detection")
    );
}

#[test]
fn the_controller_forgets_a_low_recommendation_after_four_looks() {
    let with = |window: u64| {
        let mut scenario = founding();
        let behaviour = Behaviour { up: up(window, PolicyKind::Pods, 1), down: Rules::down() };
        scenario.hpa.as_mut().unwrap().behaviour = Some(behaviour);
        first(&scenario, 400).0
    };
    // A window of 60 s costs 45 s: the last look before the rise was up to 15 s before the first after it.
    assert!((with(60) - with(0) - 45.0).abs() < 1.0, "{} {}", with(60), with(0));
    assert!((with(75) - with(0) - 60.0).abs() < 1.0);
}

#[test]
fn a_ramp_to_ten_times_as_many_is_damped_by_pods_that_are_not_ready_yet() {
    let mut scenario = fixed();
    scenario.pools[0].start = 4;
    let spec = scenario.hpa.as_mut().unwrap();
    spec.max = 50;
    spec.behaviour = Some(Behaviour { up: up(0, PolicyKind::Percent, 100), down: Rules::down() });
    let steps = |scenario: &Scenario| {
        let mut steps: Vec<u32> = scenario.trace(3).points.iter().map(|point| point.wanted).collect();
        steps.dedup();
        steps
    };
    // The audit doubles at every look: 10, 20, 40, 50. The controller takes a pod that isn't ready for one that uses
    // nothing: five at four times their request, of 20, are 100 % on average, and 100/70 x 20 is 29.
    assert_eq!(steps(&scenario), [5, 10, 20, 29, 36, 50]);
    // Pods that are ready at once and may use much more than they request: as the audit has it.
    scenario.start = Start {
        overhead: Distribution::Fixed(0.1),
        init: Vec::new(),
        application: Distribution::Fixed(0.0),
        startup: None,
        readiness: None,
        ..scenario.start
    };
    (scenario.balancer, scenario.resolution, scenario.ceiling) = (None, secs(3), 40.0);
    assert_eq!(steps(&scenario), [5, 10, 20, 40, 50]);
}

#[test]
fn nodes_that_may_not_come_are_missed() {
    let mut scenario = full(fixed());
    scenario.pools[0].max = 1;
    let outcome = scenario.run(1);
    assert_eq!((outcome.first, outcome.enough, outcome.most_nodes), (None, None, 1));
    assert_eq!(outcome.most_pods, 6, "the pod is wanted, and has no place");
    let study = study(&scenario, Plan::of(20, 1), &Used::default(), &|| {});
    assert_eq!(study.reached, (Share::NONE, Share::NONE));
    assert_eq!(study.first.expected(), secs(360), "what is left of the horizon, and never less");
    assert_eq!(study.within(secs(120)), Share::NONE);
}

#[test]
fn what_no_pod_has_time_for_is_counted() {
    // Five pods at most twice their request, and load for twenty: half is too much, from 120 s to 480 s.
    let mut scenario = Scenario { hpa: None, ceiling: 2.0, ..fixed() };
    scenario.load = Load::Step { before: 10.0, after: 20.0, at: secs(120) };
    let outcome = scenario.run(1);
    let came = 10.0 * 120.0 + 20.0 * 360.0;
    assert!((outcome.overflow.get() - 10.0 * 360.0 / came).abs() < 1e-6, "{:?}", outcome.overflow);
    assert_eq!(outcome.delay, Span::ZERO, "what is turned away doesn't wait");
    assert!((outcome.pod_hours - 5.0 * 480.0 / 3600.0).abs() < 1e-9);
    // Queued, the last of it waits until five pods have done all that was left over: 3600 pod-seconds at ten a second.
    scenario.excess = Excess::Queued;
    assert!((scenario.run(1).delay.as_secs() - 360.0).abs() < 0.01);
    // A short spike's queue is worked off, and the pods are busy until then.
    scenario.load = Load::Spike { base: 8.0, peak: 20.0, at: secs(120), lasts: secs(60) };
    assert!((scenario.run(1).delay.as_secs() - 60.0).abs() < 0.01);
}

#[test]
fn nodes_go_when_they_have_not_been_needed_for_long_enough() {
    let mut scenario = exact();
    scenario.load = Load::Spike { base: 3.0, peak: 40.0, at: secs(120), lasts: secs(300) };
    scenario.horizon = secs(7200);
    scenario.pools = vec![Pool { name: "api".to_owned(), room: 5, min: 1, start: 1, max: 20, spot: false }];
    let spec = scenario.hpa.as_mut().unwrap();
    spec.max = 50;
    spec.behaviour = Some(Behaviour::default());
    let outcome = scenario.trace(1);
    assert_eq!(outcome.most_nodes, 10, "50 pods, five to a node");
    let last = outcome.points.last().unwrap();
    assert_eq!((last.wanted, last.serving), (5, 5));
    assert!(last.nodes <= 2, "{last:?}");
    // No node goes within ten minutes of the last that came.
    let grown = outcome.points.iter().position(|point| point.nodes == 10).unwrap();
    let shrunk = outcome.points.iter().skip(grown).position(|point| point.nodes < 10).unwrap();
    assert!(outcome.points[grown + shrunk].at.minus(outcome.points[grown].at) >= secs(600));
    // Nor one with pods that would find no place.
    assert!(outcome.points.iter().all(|point| point.nodes * 5 >= point.serving));
}

#[test]
fn an_expander_chooses_as_it_says() {
    let pool = |name: &str, room, spot| Pool { name: name.to_owned(), room, min: 0, start: 0, max: 5, spot };
    let grown = |expander| {
        let mut scenario = full(exact());
        scenario.hpa.as_mut().unwrap().max = 8;
        scenario.hpa.as_mut().unwrap().behaviour =
            Some(Behaviour { up: up(0, PolicyKind::Pods, 3), down: Rules::down() });
        scenario.pools.push(pool("small", 2, false));
        scenario.pools.push(pool("spot", 16, true));
        scenario.pools.push(pool("fitting", 3, false));
        // Full groups aren't asked.
        scenario.pools[0].max = 1;
        scenario.provisioner = autoscaler(1, 60.0, expander);
        let outcome: Outcome = scenario.run(1);
        (outcome.most_nodes, outcome.enough.is_some())
    };
    // Three pods at once: one node of three leaves nothing over.
    assert_eq!(grown(Expander::LeastWaste), (2, true));
    // The first of those that place all: two small ones.
    assert_eq!(grown(Expander::MostPods), (3, true));
    // Spot, though most of it stays empty.
    assert_eq!(grown(Expander::Priority), (2, true));
    assert!(grown(Expander::Random).1);
}

#[test]
fn the_same_seed_has_the_same_outcome_on_any_number_of_threads() {
    let scenario = full(founding());
    assert_eq!(scenario.run(7), scenario.run(7));
    assert_ne!(scenario.run(7), scenario.run(8));
    let told = std::sync::atomic::AtomicUsize::new(0);
    let count = || {
        told.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let one = study(&scenario, Plan::of(50, 3), &Used::default(), &count);
    let plan = Plan { threads: std::num::NonZeroUsize::new(4).unwrap(), ..Plan::of(50, 3) };
    assert_eq!(one, study(&scenario, plan, &Used::default(), &|| {}));
    assert_eq!(told.into_inner(), 50, "progress is told of every run");
}

#[test]
fn the_smallest_change_meets_the_target_and_less_does_not() {
    let plan = Plan::of(100, 1);
    // Nothing to change.
    assert_eq!(advise(&fixed(), secs(120), plan).unwrap().changes, []);
    // Room for the one pod that comes is enough.
    let held = advise(&full(fixed()), secs(120), plan).unwrap();
    assert_eq!((held.changes.as_slice(), held.pods), ([Change::Headroom(1)].as_slice(), 1));
    // As written and full: one change is not enough for 90 s.
    let advice = advise(&full(founding()), secs(90), plan).unwrap();
    assert!(advice.p95 <= secs(90) && advice.changes.len() == 2, "{advice:?}");
    for left_out in &advice.changes {
        let others = advice.changes.iter().filter(|change| *change != left_out);
        let scenario = others.fold(full(founding()), |scenario, change| change.apply(&scenario).unwrap());
        assert!(study(&scenario, plan, &Used::default(), &|| {}).first.high() > secs(90), "{left_out:?} isn't needed");
    }
    // What is there already is no change, and nothing is made slower.
    assert_eq!(Change::Probes(secs(2)).apply(&fixed()), None);
    assert_eq!(Change::Probes(secs(5)).apply(&fixed()), None);
    assert_eq!(Change::Checks(secs(5)).apply(&fixed()), None);
    assert_eq!(Change::NoWindow.apply(&fixed()), None);
    let probes = Change::Probes(secs(2)).apply(&founding()).unwrap().start;
    assert_eq!(
        (probes.startup, probes.bound()),
        (Some(probe(0, 2, 30)), Some(secs(60))),
        "no less patient than before"
    );
    // Nobody answers in a second.
    assert_eq!(advise(&full(founding()), secs(1), plan), None);
}

#[test]
fn an_answer_says_what_headroom_does() {
    let mut held = Scenario { headroom: 5, ..full(fixed()) };
    held.pools[0].start = 2;
    let found = answer(&held, secs(120), Plan::of(100, 1), &Used::default(), &|| {});
    assert!(found.met() && found.share() == Share::ALL && found.advice.as_ref().unwrap().changes.is_empty());
    // Without it there would be one node, and it would be full.
    let without = found.without_headroom.unwrap();
    assert_eq!(
        without.first,
        answer(&full(fixed()), secs(120), Plan::of(100, 1), &Used::default(), &|| {}).study.first
    );
    assert!(without.first.expected() > found.study.first.expected() + secs(90));
    let full = answer(&full(fixed()), secs(120), Plan::of(100, 1), &Used::default(), &|| {});
    assert!(!full.met() && full.without_headroom.is_none());
    assert_eq!(full.advice.unwrap().changes, [Change::Headroom(1)]);
}

#[test]
fn a_day_follows_its_load() {
    let mut day = fixed();
    day.load = Load::Daily { low: 3.0, high: 30.0, peak: secs(50_400) };
    day.horizon = secs(86_400);
    day.replicas = day.needed(day.load.at(0.0));
    day.hpa.as_mut().unwrap().max = 60;
    day.hpa.as_mut().unwrap().behaviour = Some(Behaviour::default());
    let outcome = day.trace(1);
    assert_eq!(outcome.first, None, "nothing changes once and for all");
    // 30 pods' worth at 70 % are 43, and a tolerance of a tenth lets it be 39.
    assert!((39..=44).contains(&outcome.most_pods), "{}", outcome.most_pods);
    assert!(outcome.overflow.get() < 0.001);
    // The mean load is 16.5, at 70 % 23.6 pods; fewer at the tolerance, more as it shrinks late.
    assert!((21.0 * 24.0..27.0 * 24.0).contains(&outcome.pod_hours), "{}", outcome.pod_hours);
    for point in &outcome.points {
        let use_ = point.load / f64::from(point.serving);
        assert!(use_ < 0.85, "{point:?}");
    }
}

#[test]
fn container_start_is_near_the_audits() {
    // The audit asks readiness up to a period after startup; a kubelet asks at once. So the numbers lie 1 to 3 s below.
    let p = |scenario: &Scenario, cold: bool| {
        let estimate = scenario.start.estimate(cold, 4000, 1, &Used::default());
        (estimate.expected().as_secs(), estimate.high().as_secs())
    };
    let (p50, p95) = p(&founding(), false);
    assert!((20.5..=24.0).contains(&p50) && (29.0..=32.0).contains(&p95), "24 and 32: {p50} {p95}");
    let (p50, p95) = p(&fixed(), false);
    assert!((13.0..=15.0).contains(&p50) && (19.5..=21.0).contains(&p95), "15 and 21: {p50} {p95}");
    assert!(p(&founding(), true).0 > 37.0, "10 to 25 s more without the image");
    assert_eq!(founding().start.bound(), Some(secs(60)), "the worst that the configuration allows");
}

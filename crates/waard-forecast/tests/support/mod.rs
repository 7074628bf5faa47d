//! Scenarios that several tests share.
#![allow(dead_code, unreachable_pub, reason = "each test uses some of them")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking, in its helpers too")]

use waard_forecast::hpa::{Behaviour, Metric, Policy, PolicyKind, Resource, Rules, Settings, Source, Spec, Target};
use waard_forecast::scaling::{Balancer, Excess, Expander, Load, Pool, Provisioner, Scenario};
use waard_forecast::start::{Probe, Start};
use waard_forecast::{Assumptions, Distribution, Span};

/// A shipped topology, by the name of its folder.
#[expect(clippy::disallowed_methods, reason = "tests read fixtures")]
pub fn fixture(name: &str) -> waard_model::Topology {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name).join("waard.yaml");
    waard_model::source::read(&std::fs::read(path).unwrap()).unwrap().0
}

pub fn secs(seconds: u64) -> Span {
    Span::secs(seconds)
}

pub fn probe(after: u64, every: u64, failures: u32) -> Probe {
    Probe { after: secs(after), every: secs(every), failures }
}

pub fn up(window: u64, kind: PolicyKind, value: i32) -> Rules {
    Rules { window: Some(secs(window)), policies: vec![Policy { kind, value, period: secs(15) }], ..Rules::up() }
}

/// The founding document's API on nodes with room: five pods at 60 % of what they request when the load jumps.
///
/// The audit counts one pod that is asked for as soon as anything is seen. So the step is so high that the smallest part
/// of it in a sample is enough, and one pod is added: of several that wait for the same node the quickest would count.
/// It counts the window of 60 s in full; the controller looks every 15 s and forgets the last low recommendation after
/// four looks, the first of which was before the rise: 45 s. A window of 75 s is what the audit counts.
pub fn founding() -> Scenario {
    Scenario {
        load: Load::Step { before: 3.0, after: 500.0, at: secs(120) },
        horizon: secs(480),
        replicas: 5,
        request: 500,
        ceiling: 4.0,
        excess: Excess::Dropped,
        hpa: Some(Spec {
            min: 3,
            max: 6,
            metrics: vec![Metric { source: Source::Resource(Resource::Cpu), target: Target::Utilization(70) }],
            behaviour: Some(Behaviour { up: up(75, PolicyKind::Pods, 1), down: Rules::down() }),
        }),
        settings: Settings::of("1.36".parse().unwrap(), &Assumptions::of_catalog().reader()),
        sync: secs(15),
        resolution: secs(15),
        start: Start {
            overhead: Distribution::Uniform(1.0, 3.0),
            image: Distribution::Uniform(340.0, 850.0),
            rate: Distribution::Fixed(34.0),
            init: vec![Distribution::Uniform(4.0, 10.0)],
            application: Distribution::Uniform(5.0, 20.0),
            startup: Some(probe(10, 5, 10)),
            readiness: Some(probe(10, 5, 3)),
            backoff: secs(10),
        },
        grace: secs(30),
        balancer: Some(Balancer { registration: Distribution::Uniform(2.0, 5.0), checks: 2, interval: secs(10) }),
        pools: vec![Pool { name: "api".to_owned(), room: 14, min: 3, start: 3, max: 20, spot: false }],
        headroom: 0,
        preemption: Distribution::Uniform(1.0, 2.0),
        warm: true,
        provisioner: Provisioner::ClusterAutoscaler {
            scan: secs(10),
            expander: Expander::LeastWaste,
            launch: Distribution::Uniform(60.0, 110.0),
            after_add: secs(600),
            unneeded: secs(600),
            below: 0.5,
        },
    }
}

/// The same without room on any node.
pub fn full(scenario: Scenario) -> Scenario {
    Scenario { pools: vec![Pool { room: 5, min: 1, start: 1, ..scenario.pools[0].clone() }], ..scenario }
}

/// What the audit calls fixed: no window, no migration in every pod, probes every 2 s, health checks every 5 s.
pub fn fixed() -> Scenario {
    let mut scenario = founding();
    scenario.hpa.as_mut().unwrap().behaviour = Some(Behaviour { up: up(0, PolicyKind::Pods, 1), down: Rules::down() });
    scenario.start.init.clear();
    (scenario.start.startup, scenario.start.readiness) = (Some(probe(0, 2, 30)), Some(probe(0, 2, 3)));
    scenario.balancer.as_mut().unwrap().interval = secs(5);
    scenario
}

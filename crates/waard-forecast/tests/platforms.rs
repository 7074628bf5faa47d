//! Scenarios of shipped and of random topologies.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use proptest::prelude::*;
use waard_forecast::assumption::Used;
use waard_forecast::hpa::{Policy, PolicyKind, Target};
use waard_forecast::scaling::study::Plan;
use waard_forecast::scaling::{Load, Provisioner, Scenario, SiteError, services};
use waard_forecast::{Assumptions, Span};
use waard_model::{Topology, source, strategy};

#[expect(clippy::disallowed_methods, reason = "tests read fixtures")]
fn topology(path: &str) -> Topology {
    let text = std::fs::read_to_string(format!("{}/../../fixtures/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    source::read(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}")).0
}

fn scenario(topology: &Topology, region: &str, workload: &str, load: Load) -> Result<(Scenario, Used), SiteError> {
    let production = &topology.environments()[&"production".parse().unwrap()];
    let region = &production.regions()[&region.parse().unwrap()];
    let horizon = Span::secs(900);
    Scenario::of(topology, production, region, &workload.parse().unwrap(), (load, horizon), &Assumptions::of_catalog())
}

fn step(before: f64, after: f64) -> Load {
    Load::Step { before, after, at: Span::secs(120) }
}

#[test]
fn a_scenario_has_the_numbers_of_the_emitted_objects() {
    let platform = topology("waardhaven/waard.yaml");
    let (api, used) = scenario(&platform, "us-east-1", "api", step(3.0, 6.0)).unwrap();
    let spec = api.hpa.as_ref().unwrap();
    assert_eq!((spec.min, spec.max, spec.metrics[0].target), (5, 50, Target::Utilization(70)));
    let behaviour = spec.behaviour.as_ref().unwrap();
    assert_eq!((behaviour.up.window, behaviour.down.window), (Some(Span::ZERO), Some(Span::secs(300))));
    let policy = |value, period| vec![Policy { kind: PolicyKind::Percent, value, period: Span::secs(period) }];
    assert_eq!((&behaviour.up.policies, &behaviour.down.policies), (&policy(100, 15), &policy(10, 60)));
    assert_eq!((api.request, api.replicas, api.headroom), (500, 5, 5));
    assert!(api.start.init.is_empty(), "the migration is a job of its own");
    assert_eq!(api.start.bound(), Some(Span::secs(30)), "as long as the target allows");
    assert_eq!(
        api.pools.iter().map(|pool| (pool.name.as_str(), pool.spot)).collect::<Vec<_>>(),
        [("api", false), ("api-spot", true)]
    );
    assert!(api.pools.iter().map(|pool| pool.room * pool.start).sum::<u32>() >= 10);
    assert!(matches!(api.provisioner, Provisioner::ClusterAutoscaler { scan, .. } if scan == Span::secs(10)));
    assert_eq!(api.balancer, None, "requests come through the mesh's gateway");
    assert!(used.names().any(|name| name == "node-group.launch"));
    assert!(!used.names().any(|name| name == "karpenter.launch"), "only what was read is named");
}

#[test]
fn the_shipped_platform_answers_a_rise_and_starts_in_time() {
    let platform = topology("waardhaven/waard.yaml");
    let production = &platform.environments()[&"production".parse().unwrap()];
    let found = services(&platform, production, &Assumptions::of_catalog(), Plan::of(300, 1), &|| {});
    let named: Vec<String> = found.iter().map(|service| format!("{} {}", service.region, service.workload)).collect();
    assert!(
        named.contains(&"us-east-1 api".to_owned()) && named.contains(&"us-west-2 standby-api".to_owned()),
        "{named:?}"
    );
    assert!(!named.iter().any(|name| name.ends_with("ml-training")), "a job has no load of requests");
    for service in &found {
        let name = format!("{} {}", service.region, service.workload);
        let answer = service.answer.as_ref().unwrap();
        println!(
            "{name}: {:?}, {:?}, {:?}",
            answer.study.first.spread, service.start.warm.spread, service.start.cold.spread
        );
        assert_eq!(answer.target, Span::secs(120));
        assert!(answer.met() && answer.advice.as_ref().unwrap().changes.is_empty(), "{name}: {:?}", answer.study.first);
        assert_eq!(answer.without_headroom.is_some(), service.scenario.headroom > 0, "{name}");
        assert!(
            answer.study.first.used.contains("demand.rise") && answer.study.first.used.contains("node-group.launch")
        );
        assert_eq!((service.start.target, service.start.bound), (Some(Span::secs(30)), Some(Span::secs(30))), "{name}");
        assert_eq!(service.start.met(), Some(true), "{name}");
        assert!(service.start.cold.high() > service.start.warm.high());
    }
}

#[test]
fn what_has_no_scenario_says_why() {
    let platform = topology("waardhaven/waard.yaml");
    let why = |region, workload| scenario(&platform, region, workload, step(1.0, 2.0)).unwrap_err().to_string();
    assert_eq!(why("eu-west-1", "ml-training"), "eu-west-1 doesn't run ml-training");
    assert_eq!(why("us-east-1", "ml-training"), "ml-training is not a service");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every service of any topology has a scenario that runs within its bounds, or says why not.
    #[test]
    fn any_service_can_be_simulated(topology in strategy::shown(), seed in 0_u64..100) {
        let topology = topology.0;
        for (environment, region) in topology.regions() {
            for workload in region.workloads().values() {
                let most = f64::from(workload.scale().max());
                let load = (step(most * 0.3, most * 0.9), Span::secs(300));
                let made = Scenario::of(&topology, environment, region, workload.name(), load, &Assumptions::of_catalog());
                let Ok((scenario, _)) = made else {
                    continue;
                };
                let outcome = scenario.run(seed);
                prop_assert!(outcome.most_pods <= workload.scale().max().max(scenario.replicas));
                let nodes: u32 = scenario.pools.iter().map(|pool| pool.max.max(pool.start)).sum();
                prop_assert!(outcome.most_nodes <= nodes);
                prop_assert!((0.0..=1.0).contains(&outcome.overflow.get()));
            }
        }
    }
}

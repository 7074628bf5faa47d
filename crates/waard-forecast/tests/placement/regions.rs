//! Regions of topologies: the shipped ones have room, and what is lost is told.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::ProptestConfig;
use proptest::{prop_assert, prop_assert_eq, proptest};
use waard_forecast::placement::region::{kinds, of_region, site};
use waard_forecast::placement::{Forecast, Kind, Level, Loss};
use waard_model::Topology;
use waard_model::source::read;
use waard_model::spec::AutoscalerKind;

fn topology(name: &str) -> Topology {
    let path = format!("{}/../../fixtures/{name}/waard.yaml", env!("CARGO_MANIFEST_DIR"));
    read(&std::fs::read(path).unwrap()).unwrap_or_else(|problems| panic!("{problems:#?}")).0
}

fn of(topology: &Topology, environment: &str, region: &str, expected: &[(&str, u32)]) -> Forecast {
    let environment = &topology.environments()[&environment.parse().unwrap()];
    let expected = expected.iter().map(|(name, count)| (name.parse().unwrap(), *count)).collect();
    of_region(topology, environment, &environment.regions()[&region.parse().unwrap()], &expected)
}

#[test]
fn shipped_topologies_have_a_node_for_every_pod() {
    for name in ["minimal", "waardhaven"] {
        let topology = topology(name);
        for (environment, region) in topology.regions() {
            let forecast = of_region(&topology, environment, region, &BTreeMap::new());
            for (level, stage) in &forecast.at {
                let homeless: Vec<String> = stage.homeless.iter().map(ToString::to_string).collect();
                assert!(
                    homeless.is_empty(),
                    "{name} {} {} {level:?}: {homeless:#?}",
                    environment.name(),
                    region.name()
                );
            }
            assert_eq!(forecast.unlimited, None);
        }
    }
}

#[test]
fn pods_land_on_the_groups_that_are_for_them() {
    let topology = topology("waardhaven");
    let forecast = of(&topology, "production", "us-east-1", &[]);
    let most = &forecast.at[&Level::Most];
    let groups = |of: &str| most.landed[of].keys().map(String::as_str).collect::<BTreeSet<&str>>();
    assert_eq!(groups("api"), ["api", "api-spot"].into());
    assert_eq!(groups("ml-training"), ["ml-training"].into());
    assert_eq!(groups("kafka-broker-a"), ["kafka-a"].into());
    assert_eq!(groups("istiod"), ["system"].into());
    // Nothing that is installed stands on nodes that are for somebody.
    let system = &most.groups["system"];
    assert!(system.pods > 30 && system.nodes <= system.max, "{system:?}");
}

#[test]
fn what_is_expected_is_between_the_least_and_the_most() {
    let topology = topology("waardhaven");
    let low = of(&topology, "production", "us-east-1", &[]);
    let high = of(&topology, "production", "us-east-1", &[("api", 12), ("web", 1_000_000)]);
    let count = |forecast: &Forecast, level, of: &str| forecast.at[&level].landed[of].values().sum::<u32>();
    assert_eq!(count(&low, Level::Expected, "api"), count(&low, Level::Least, "api"));
    assert_eq!(count(&high, Level::Expected, "api"), 12);
    assert_eq!(count(&high, Level::Expected, "web"), count(&high, Level::Most, "web"));
    let nodes = |forecast: &Forecast, level| forecast.at[&level].nodes();
    assert!(nodes(&low, Level::Expected) < nodes(&high, Level::Expected));
    assert!(nodes(&high, Level::Expected) <= nodes(&high, Level::Most));
}

/// Services go to other zones; volumes, and Kafka's pods, which insist on their zone, can't.
#[test]
fn a_lost_zone_takes_what_has_a_volume_there() {
    let topology = topology("waardhaven");
    let forecast = of(&topology, "production", "us-east-1", &[]);
    let stage = &forecast.after[&Loss::Zone("us-east-1a".to_owned())];
    for homeless in &stage.homeless {
        let stays = ["kafka-broker-a", "kafka-controller-a", "prometheus-kube-prometheus-stack-prometheus"];
        assert!(stays.contains(&homeless.of.as_str()), "{homeless}");
        assert_eq!(homeless.without, 1, "{homeless}");
        assert_eq!(homeless.example, Some([(homeless.of.clone(), 1)].into()));
    }
    assert!(stage.homeless.len() >= 2);
    assert!(stage.groups["api"].nodes > 0);
}

#[test]
fn a_platform_on_spot_alone_is_gone_with_it() {
    let topology = topology("waardhaven");
    let spot = |environment| of(&topology, environment, "us-east-1", &[]).after[&Loss::Spot].clone();
    assert!(spot("production").is_settled());
    let told: Vec<String> = spot("development").homeless.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|told| told.contains("apps-spot: it has 0 nodes, as many as it may have")), "{told:#?}");
}

#[test]
fn groups_are_as_large_as_the_topology_has_them() {
    for name in ["minimal", "waardhaven"] {
        let topology = topology(name);
        for (environment, region) in topology.regions() {
            let site = site(&topology, environment, region);
            let most: u32 = site.groups.iter().map(|group| group.max).sum();
            let zones = region.zones().len();
            let all = region.cluster().node_groups().values();
            let expected: u32 = all.map(|group| group.scaling().max() * group.copies(zones)).sum();
            assert_eq!(most, expected, "{name} {}", region.name());
            let names: BTreeSet<&String> = site.groups.iter().map(|group| &group.name).collect();
            assert_eq!(names.len(), site.groups.len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn random_regions_add_up(topology in waard_model::strategy::topology()) {
        for (environment, region) in topology.regions().take(2) {
            let kinds = kinds(&topology, environment, region, &BTreeMap::new());
            let names: BTreeSet<&String> = kinds.iter().map(|kind| &kind.of).collect();
            prop_assert_eq!(names.len(), kinds.len());
            let forecast = of_region(&topology, environment, region, &BTreeMap::new());
            for (level, stage) in &forecast.at {
                let landed: u32 = stage.landed.values().flat_map(BTreeMap::values).sum();
                let without: u32 = stage.homeless.iter().map(|homeless| homeless.without).sum();
                prop_assert_eq!(landed + without, kinds.iter().map(|kind| kind.count(*level)).sum::<u32>());
            }
            // The model lets no topology through whose pods have no room on the most nodes of their groups. So whoever
            // has no node waits for a spread, or for luck, or insists on a node and zone of its own; and with Karpenter
            // managed groups have fewer nodes than their most.
            let karpenter = region.cluster().settings().autoscaler.kind == AutoscalerKind::Karpenter;
            for homeless in forecast.at.values().flat_map(|stage| &stage.homeless).filter(|_| !karpenter) {
                let insists = |kind: &Kind| {
                    kind.of == homeless.of
                        && (kind.pod.spread.iter().any(|spread| spread.hard) || !kind.pod.apart.is_empty())
                };
                prop_assert!(homeless.example.is_none() || kinds.iter().any(insists), "{homeless}");
            }
        }
    }
}

//! The values of every chart against the charts themselves, for shipped and random topologies.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use serde_yaml::Value;
use waard_model::{Topology, source, strategy};

use super::*;

/// Paths of values that each chart has, read in its `values.yaml`. `open` means that the chart takes what is below as it is.
const FACTS: &str = include_str!("../../facts/chart_values.csv");

/// The version that was read, and the paths, each with whether it is open.
type Facts = BTreeMap<&'static str, (&'static str, BTreeMap<&'static str, bool>)>;

fn facts() -> Facts {
    let mut found = Facts::new();
    for line in FACTS.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [chart, version, path, kind, _, _] = cells[..] else { panic!("{line}") };
        let (read, paths) = found.entry(chart).or_insert((version, BTreeMap::new()));
        assert_eq!(*read, version, "{line}");
        assert!(matches!(kind, "open" | "value"), "{line}");
        assert!(paths.insert(path, kind == "open").is_none(), "{line} stands twice");
    }
    found
}

/// The paths of a chart's facts that values need, and those that are none of the chart.
fn walk(value: &Value, path: &str, known: &BTreeMap<&str, bool>, used: &mut BTreeSet<String>, wrong: &mut Vec<String>) {
    match (known.get(path), value) {
        (Some(true), _) | (Some(false), Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            used.insert(path.to_owned());
        }
        (None, Value::Mapping(map)) => {
            for (key, value) in map {
                let key = key.as_str().unwrap();
                let below = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                walk(value, &below, known, used, wrong);
            }
        }
        _ => wrong.push(path.to_owned()),
    }
}

fn platform(name: &str) -> Topology {
    let path = format!("{}/../../fixtures/{name}/waard.yaml", env!("CARGO_MANIFEST_DIR"));
    #[expect(clippy::disallowed_methods, reason = "tests read fixtures")]
    source::read(&std::fs::read(path).unwrap()).unwrap().0
}

/// Every controller of every cluster, with the paths that its values use.
fn used(topology: &Topology) -> BTreeSet<(String, String)> {
    let facts = facts();
    let mut found = BTreeSet::new();
    for (environment, region) in topology.regions() {
        for controller in controllers(Site { topology, environment, region }) {
            let (_, known) = &facts[controller.chart.as_str()];
            let values: Value = serde_yaml::from_str(&controller.values).unwrap();
            let (mut paths, mut wrong) = (BTreeSet::new(), Vec::new());
            walk(&values, "", known, &mut paths, &mut wrong);
            assert_eq!(wrong, Vec::<String>::new(), "{} has no such values", controller.chart);
            found.extend(paths.into_iter().map(|path| (controller.chart.clone(), path)));
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Every value is one of its chart.
    #[test]
    fn charts_have_the_values_that_are_set(topology in strategy::shown()) {
        used(&topology);
    }

    /// What the catalog says is installed by a chart has one here, in its namespace, and nothing else has.
    #[test]
    fn every_chart_of_the_catalog_has_values(topology in strategy::shown()) {
        for (environment, region) in topology.regions() {
            let site = Site { topology: &topology, environment, region };
            let charts: BTreeSet<(String, String)> = of(site).iter().filter_map(|installed| match installed.by {
                By::Chart { chart, .. } => Some((chart.to_owned(), installed.namespace.clone())),
                _ => None,
            }).collect();
            let made = controllers(site);
            prop_assert_eq!(made.len(), charts.len());
            for pair in made.windows(2) {
                prop_assert!(pair[0].wave <= pair[1].wave && pair[0].name != pair[1].name);
            }
            for controller in made {
                prop_assert!(charts.contains(&(controller.chart.clone(), controller.namespace.clone())));
            }
        }
    }

    /// Pods request what the catalog counts: every container of a chart whose value the table names has its numbers there.
    #[test]
    fn requests_are_those_of_the_catalog(topology in strategy::shown()) {
        for (environment, region) in topology.regions() {
            let site = Site { topology: &topology, environment, region };
            for installed in of(site) {
                let By::Chart { chart, component, .. } = installed.by else { continue };
                let controller = controllers(site).into_iter().find(|controller| controller.chart == chart).unwrap();
                let values: Value = serde_yaml::from_str(&controller.values).unwrap();
                for pods in &installed.pods {
                    let containers: Vec<_> = waard_catalog::catalog().containers(&component.id, pods.workload).collect();
                    let mut cpu = 0;
                    for path in containers.iter().filter_map(|container| container.values.as_ref()) {
                        let found = path.split('.').fold(&values, |value, key| &value[key]);
                        let text = found["requests"]["cpu"].as_str().unwrap();
                        cpu += text.strip_suffix('m').unwrap().parse::<u32>().unwrap();
                        prop_assert_eq!(&found["requests"]["memory"], &found["limits"]["memory"], "{}", path);
                    }
                    if containers.iter().all(|container| container.values.is_some()) {
                        prop_assert_eq!(cpu, pods.cpu_millis, "{}", pods.workload);
                    }
                }
            }
        }
    }
}

/// The paths that the shipped platforms, variants of them and some random ones use.
fn used_by_all() -> BTreeSet<(String, String)> {
    let (minimal, full) = (platform("minimal"), platform("waardhaven"));
    let mut all = used(&minimal);
    all.extend(used(&full));
    let mut spec = minimal.spec().clone();
    for cluster in spec.clusters.values_mut() {
        cluster.addons.retain(|addon| *addon != waard_model::spec::Addon::MetricsServer);
    }
    all.extend(used(&Topology::new(spec).unwrap()));
    let mut spec = full.spec().clone();
    if let Some(mesh) = &mut spec.mesh {
        mesh.gateway.replicas = "2..2".parse().unwrap();
    }
    all.extend(used(&Topology::new(spec).unwrap()));
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..200 {
        all.extend(used(&strategy::topology().new_tree(&mut runner).unwrap().current()));
    }
    all
}

#[test]
fn every_fact_is_used() {
    let all = used_by_all();
    for (chart, (version, paths)) in facts() {
        for path in paths.keys() {
            assert!(all.contains(&(chart.to_owned(), (*path).to_owned())), "{chart} {version}: {path} is not used");
        }
    }
}

/// Charts promise to keep their values within a major version, and below 1.0 within a minor one.
#[test]
fn the_facts_are_of_the_charts_that_are_installed() {
    let line = |version: &str| {
        let mut parts = version.split('.');
        let major = parts.next().unwrap().to_owned();
        if major == "0" { format!("0.{}", parts.next().unwrap()) } else { major }
    };
    let facts = facts();
    for component in waard_catalog::catalog().components() {
        let newest = component.releases.last().unwrap().chart_version.as_ref();
        for (chart, newest) in component.charts.iter().zip(newest) {
            if let Some((read, _)) = facts.get(chart.as_str()) {
                assert_eq!(line(read), line(newest), "{chart}");
            }
        }
    }
}

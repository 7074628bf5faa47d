//! What holds of every topology that is printed and read: nothing is lost, and no order of keys matters.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where something is wrong"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_yaml::Value;
use waard_model::path::ModelPath;
use waard_model::spec::{AutoscalerKind, Provisioner, Role, Spec, StandbyMode, WorkloadKind};
use waard_model::{Topology, source, strategy};

fn config() -> ProptestConfig {
    ProptestConfig { cases: 512, failure_persistence: None, max_shrink_iters: 2000, ..ProptestConfig::default() }
}

/// What a refused file is refused for.
fn said(problems: &[source::Problem]) -> String {
    let each: Vec<String> = problems.iter().map(|p| format!("{}: {} at {:?}", p.path, p.message, p.span)).collect();
    each.join("\n")
}

fn read(text: &str) -> Result<Topology, TestCaseError> {
    match source::read(text.as_bytes()) {
        Ok((topology, _)) => Ok(topology),
        Err(problems) => Err(TestCaseError::fail(format!("{}\n{text}", said(&problems)))),
    }
}

/// Writes a document of another YAML reader with the keys of every mapping in an order that `seed` decides.
struct Shuffled {
    out: String,
    seed: u64,
    block: bool,
}

impl Shuffled {
    fn next(&mut self) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.seed >> 33
    }

    fn scalar(&mut self, value: &Value) {
        match value {
            // Every JSON string is a double-quoted YAML string.
            Value::String(text) => {
                // Two characters that JSON may hold and YAML may not.
                let json = serde_json::to_string(text).unwrap();
                self.out.push_str(&json.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff"));
            }
            Value::Number(number) => write!(self.out, "{number}").unwrap(),
            Value::Bool(bool) => write!(self.out, "{bool}").unwrap(),
            other => panic!("{other:?} in a topology"),
        }
    }

    fn entries<'v>(&mut self, mapping: &'v serde_yaml::Mapping) -> Vec<(&'v Value, &'v Value)> {
        let mut entries: Vec<_> = mapping.iter().collect();
        for last in (1..entries.len()).rev() {
            let other = usize::try_from(self.next()).unwrap() % (last + 1);
            entries.swap(last, other);
        }
        entries
    }

    fn write(&mut self, value: &Value, depth: usize) {
        let indent = "  ".repeat(depth);
        match value {
            Value::Mapping(mapping) if self.block && !mapping.is_empty() => {
                for (key, value) in self.entries(mapping) {
                    write!(self.out, "\n{indent}").unwrap();
                    self.scalar(key);
                    self.out.push_str(": ");
                    self.write(value, depth + 1);
                }
            }
            Value::Sequence(items) if self.block && !items.is_empty() => {
                for item in items {
                    write!(self.out, "\n{indent}- ").unwrap();
                    // What follows a dash stands on lines of its own, deeper.
                    self.write(item, depth + 1);
                }
            }
            Value::Mapping(mapping) => {
                self.out.push('{');
                for (key, value) in self.entries(mapping) {
                    self.scalar(key);
                    self.out.push_str(": ");
                    self.write(value, depth);
                    self.out.push_str(",\n ");
                }
                self.out.push('}');
            }
            Value::Sequence(items) => {
                self.out.push('[');
                for item in items {
                    self.write(item, depth);
                    self.out.push_str(", ");
                }
                self.out.push(']');
            }
            scalar => self.scalar(scalar),
        }
    }
}

static SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(&source::schema()).unwrap());

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_random_spec_is_a_topology(spec in strategy::spec()) {
        if let Err(found) = Topology::new(spec.clone()) {
            let found: Vec<String> = found.iter().map(|v| format!("{}: {v}", v.path())).collect();
            let found = found.join("\n");
            prop_assert!(false, "{found}\n{}", spec.to_yaml());
        }
    }

    #[test]
    fn a_topology_is_a_function_of_its_spec(topology in strategy::shown()) {
        prop_assert!(Topology::new(topology.spec().clone()) == Ok(topology.0), "the same spec made another topology");
    }

    #[test]
    fn what_was_printed_reads_back_and_prints_the_same(topology in strategy::shown()) {
        let printed = topology.spec().to_yaml();
        let again = read(&printed)?;
        prop_assert_eq!(topology.spec(), again.spec());
        prop_assert!(*topology == again, "equal specs, different topologies");
        prop_assert_eq!(printed, again.spec().to_yaml());
    }

    #[test]
    fn no_order_of_keys_matters(topology in strategy::shown(), seed: u64, block: bool) {
        let printed = topology.spec().to_yaml();
        let value: Value = serde_yaml::from_str(&printed).unwrap();
        let mut shuffled = Shuffled { out: String::new(), seed, block };
        shuffled.write(&value, 0);
        let again = read(&shuffled.out)?;
        prop_assert_eq!(topology.spec(), again.spec());
        prop_assert!(*topology == again, "equal specs, different topologies");
        prop_assert_eq!(printed, again.spec().to_yaml());
    }

    #[test]
    fn the_schema_takes_every_topology(topology in strategy::shown()) {
        let value: serde_json::Value = serde_yaml::from_str(&topology.spec().to_yaml()).unwrap();
        let errors: Vec<String> = SCHEMA.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        prop_assert!(errors.is_empty(), "{}", errors.join("\n"));
    }

    #[test]
    fn every_part_of_a_topology_has_a_path_into_its_file(topology in strategy::shown()) {
        let printed = topology.spec().to_yaml();
        let (_, map) = source::read(printed.as_bytes()).unwrap();
        let mut paths = vec![];
        for (environment, region) in topology.regions() {
            paths.extend([environment.path(), region.path(), region.cluster().path()]);
            paths.extend(region.workloads().values().map(|workload| workload.path()));
            paths.extend(region.stores().values().map(|store| store.path()));
        }
        for path in paths {
            // The span is that of the key, which is the last step of the path.
            let span = map.span(&path);
            let shown = printed.get(span.clone()).unwrap_or_else(|| panic!("{path} at {span:?} is no part of the text"));
            let last = path.to_string();
            let name = shown.trim_matches('"');
            prop_assert!(!name.is_empty() && last.ends_with(name), "{path} stands at {shown:?}");
        }
    }

    #[test]
    fn paths_are_shown_in_ways_that_differ(paths in proptest::collection::vec(path(), 2..40)) {
        let paths: BTreeSet<ModelPath> = paths.into_iter().collect();
        let shown: BTreeSet<String> = paths.iter().map(ToString::to_string).collect();
        prop_assert_eq!(paths.len(), shown.len(), "{:?}", paths);
    }

    #[test]
    fn a_path_contains_those_below_it_and_no_others(path in path(), below in path(), key in key()) {
        prop_assert!(ModelPath::ROOT.contains(&path));
        prop_assert!(path.contains(&path) && path.contains(&path.key(&key)) && path.contains(&path.index(3)));
        prop_assert!(!path.key(&key).contains(&path));
        prop_assert_eq!(path.key(&key).parent(), Some(path.clone()));
        let deeper = below.segments().len() >= path.segments().len() && below.segments()[..path.segments().len()] == *path.segments();
        prop_assert_eq!(path.contains(&below), deeper);
    }
}

/// Keys that come as near to each other, once shown, as they can.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "a",
            "b",
            "a.b",
            "0",
            "[0]",
            "",
            "\"",
            "a\"]",
            "[\"a\"]",
            "\\",
            "a]",
            "(the whole file)",
            "\n",
            "\\n",
            "é",
            "e\u{301}",
            ".",
            "a[0]",
            " "
        ])
        .prop_map(str::to_owned),
        proptest::collection::vec(
            proptest::sample::select(vec!['a', '.', '[', ']', '"', '\\', '0', 'n', '\n', '\u{301}']),
            0..4
        )
        .prop_map(String::from_iter),
    ]
}

fn path() -> impl Strategy<Value = ModelPath> {
    proptest::collection::vec(prop_oneof![key().prop_map(Ok), (0_usize..3).prop_map(Err)], 0..4).prop_map(|steps| {
        steps.into_iter().fold(ModelPath::ROOT, |path, step| match step {
            Ok(key) => path.key(&key),
            Err(index) => path.index(index),
        })
    })
}

/// A feature of topologies, and how to tell that a spec has it.
type Feature = (&'static str, fn(&Spec) -> bool);

const FEATURES: &[Feature] = &[
    ("three environments", |s| s.environments.len() == 3),
    ("one environment", |s| s.environments.len() == 1),
    ("six regions", |s| s.environments.values().any(|e| e.regions.len() == 6)),
    ("one region", |s| s.environments.values().all(|e| e.regions.len() == 1)),
    ("a warm standby", |s| regions(s).any(|r| r.mode == Some(StandbyMode::Warm))),
    ("a pilot light", |s| regions(s).any(|r| r.mode == Some(StandbyMode::PilotLight))),
    ("an unprotected primary", |s| regions(s).any(|r| r.unprotected.is_some())),
    ("a resident standby", |s| regions(s).any(|r| r.role == Role::Standby && r.residency.is_some())),
    ("an existing network", |s| regions(s).any(|r| r.network.is_some())),
    ("a small network", |s| regions(s).any(|r| r.cidr.prefix() >= 21)),
    ("two zones", |s| regions(s).any(|r| r.zones.len() == 2)),
    ("several profiles", |s| s.clusters.len() > 1),
    ("eksctl", |s| s.environments.values().any(|e| e.provisioner == Provisioner::Eksctl)),
    ("Karpenter", |s| s.clusters.values().any(|c| c.autoscaler.kind == AutoscalerKind::Karpenter)),
    ("hours", |s| s.environments.values().any(|e| e.hours.is_some())),
    ("a dedicated node group", |s| groups(s).any(|g| !g.only_for.is_empty())),
    ("a shared dedicated node group", |s| groups(s).any(|g| g.only_for.len() > 1)),
    ("a taint beside", |s| groups(s).any(|g| !g.taints.is_empty())),
    ("Arm", |s| groups(s).any(|g| g.instances.iter().any(|i| i.as_str().starts_with("m7g")))),
    ("a GPU", |s| s.workloads.values().any(|w| w.resources.as_ref().is_some_and(|r| r.gpu > 0))),
    ("Kafka", |s| !s.data.kafka.is_empty()),
    ("a Kafka user", |s| s.data.kafka.values().any(|k| !k.users.is_empty())),
    ("no store", |s| {
        s.data.databases.is_empty() && s.data.caches.is_empty() && s.data.kafka.is_empty() && s.data.buckets.is_empty()
    }),
    ("a writer", |s| s.data.databases.values().any(|d| d.writer.is_some())),
    ("a resident bucket", |s| s.data.buckets.values().any(|b| b.residency.is_some())),
    ("tiers", |s| s.data.buckets.values().any(|b| b.tiers.len() > 2)),
    ("a mesh", |s| s.mesh.is_some()),
    ("no mesh", |s| s.mesh.is_none()),
    ("an edge", |s| s.edge.as_ref().is_some_and(|e| !e.behaviours.is_empty())),
    ("no edge", |s| s.edge.is_none()),
    ("a schedule", |s| s.workloads.values().any(|w| w.schedule.is_some())),
    ("a job", |s| s.workloads.values().any(|w| w.kind == Some(WorkloadKind::Job))),
    ("likeness", |s| s.workloads.values().any(|w| w.like.is_some())),
    ("a call", |s| s.workloads.values().any(|w| !w.calls.is_empty())),
    ("a route", |s| s.workloads.values().any(|w| !w.exposed.is_empty())),
    ("a migration", |s| s.workloads.values().any(|w| w.migration.is_some())),
    ("a sidecar", |s| s.workloads.values().any(|w| !w.containers.is_empty())),
    ("a volume", |s| s.workloads.values().any(|w| !w.volumes.is_empty())),
    ("a secret file", |s| s.workloads.values().any(|w| !w.secret_files.is_empty())),
    ("a share that stays", |s| {
        s.workloads.values().any(|w| w.disruption.as_ref().is_some_and(|d| d.available.is_some()))
    }),
    ("a size of its own", |s| s.environments.values().any(|e| !e.workloads.is_empty() && !e.data.is_empty())),
    ("a target of the start", |s| s.targets.container_start.is_some()),
    ("no target", |s| s.targets == waard_model::spec::TargetsSpec::default()),
    ("a commitment", |s| !s.cost.commitments.is_empty()),
];

fn regions(spec: &Spec) -> impl Iterator<Item = &waard_model::spec::RegionSpec> {
    spec.environments.values().flat_map(|environment| environment.regions.values())
}

fn groups(spec: &Spec) -> impl Iterator<Item = &waard_model::spec::NodeGroupSpec> {
    spec.clusters.values().flat_map(|cluster| cluster.node_groups.values())
}

/// Properties say little about what is never made: each feature is in at least one of 200 specs of a fixed seed.
#[test]
fn random_topologies_vary() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let specs: Vec<Spec> = (0..200).map(|_| strategy::spec().new_tree(&mut runner).unwrap().current()).collect();
    let missing: Vec<&str> = FEATURES.iter().filter(|(_, has)| !specs.iter().any(has)).map(|(name, _)| *name).collect();
    assert!(missing.is_empty(), "never made: {}", missing.join(", "));
    for (name, has) in FEATURES {
        assert!(!specs.iter().all(has), "always made: {name}");
    }
}

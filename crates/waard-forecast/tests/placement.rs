//! Scenarios made by hand, each with what the scheduler does and why: `tests/placement/cases/*.yaml`; the same for groups
//! that grow, properties of both, and regions of topologies.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reads its cases, and fails by panicking, in its helpers too"
)]

#[path = "placement/groups.rs"]
mod groups;
#[path = "placement/properties.rs"]
mod properties;
#[path = "placement/read.rs"]
mod read;
#[path = "placement/regions.rs"]
mod regions;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use read::{NodeFile, PodFile};
use serde::Deserialize;
use waard_forecast::placement::{Cluster, Labels, Pod, Rules};

/// A file of scenarios.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Where the behaviour of all of them is written down.
    source: String,
    /// Pods that are on nodes of several scenarios.
    #[serde(default)]
    pods: BTreeMap<String, PodFile>,
    /// Nodes of several scenarios.
    #[serde(default)]
    nodes: BTreeMap<String, NodeFile>,
    scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    /// Why it comes out as it does.
    because: String,
    /// Nodes of its own, which replace those of the file.
    #[serde(default)]
    nodes: BTreeMap<String, NodeFile>,
    #[serde(default)]
    namespaces: BTreeMap<String, Labels>,
    #[serde(default)]
    comparisons: bool,
    pod: PodFile,
    /// What is said of each node.
    expect: BTreeMap<String, String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/placement/cases")
}

fn files() -> Vec<(String, File)> {
    let mut found: Vec<(String, File)> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            assert_eq!(path.extension().unwrap(), "yaml", "{name} is no file of scenarios");
            let text = std::fs::read_to_string(&path).unwrap();
            let file = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, file)
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// The pods on a node: `name`, or `name*3` for three of them.
fn standing(text: &str) -> (&str, u32) {
    text.split_once('*').map_or((text, 1), |(name, count)| (name, count.parse().unwrap()))
}

impl Scenario {
    fn nodes<'s>(&'s self, file: &'s File) -> &'s BTreeMap<String, NodeFile> {
        if self.nodes.is_empty() { &file.nodes } else { &self.nodes }
    }

    fn cluster(&self, file: &File) -> Cluster {
        let pods: BTreeMap<&str, Arc<Pod>> =
            file.pods.iter().map(|(name, pod)| (name.as_str(), Arc::new(pod.read(name)))).collect();
        let mut cluster = Cluster::default();
        cluster.namespaces.clone_from(&self.namespaces);
        cluster.rules = Rules { comparisons: self.comparisons };
        for (name, node) in self.nodes(file) {
            let index = cluster.add(node.read(name));
            for (pod, count) in node.pods.iter().map(|text| standing(text)) {
                for _ in 0..count {
                    cluster.stand(index, &pods[pod]);
                }
            }
        }
        cluster
    }
}

#[test]
fn every_scenario_comes_out_as_it_must() {
    let mut wrong = Vec::new();
    for (at, file) in files() {
        for scenario in &file.scenarios {
            let cluster = scenario.cluster(&file);
            let verdicts = cluster.verdicts(&scenario.pod.read("looking"));
            let found: BTreeMap<String, String> = cluster
                .places()
                .iter()
                .zip(&verdicts)
                .map(|(place, verdict)| {
                    let words = verdict.as_ref().map_or_else(|| "fits".to_owned(), ToString::to_string);
                    (place.node.name.clone(), words)
                })
                .collect();
            if found != scenario.expect {
                wrong.push(format!("{at}: {}\n  expected {:?}\n  found    {found:?}", scenario.name, scenario.expect));
            }
        }
    }
    assert!(wrong.is_empty(), "{} scenarios:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn scenarios_are_many_have_reasons_and_use_everything_that_is_there() {
    let files = files();
    let all: Vec<&Scenario> = files.iter().flat_map(|(_, file)| &file.scenarios).collect();
    assert!(all.len() >= 100, "{} scenarios", all.len());
    let names: BTreeSet<&str> = all.iter().map(|scenario| scenario.name.as_str()).collect();
    assert_eq!(names.len(), all.len(), "two scenarios have the same name");
    let reasons: BTreeSet<&str> = all.iter().map(|scenario| scenario.because.as_str()).collect();
    assert_eq!(reasons.len(), all.len(), "two scenarios have the same reason");
    for (at, file) in &files {
        assert!(file.source.contains("kubernetes"), "{at}: its source says nothing");
        let mut used = BTreeSet::new();
        for scenario in &file.scenarios {
            assert!(scenario.because.ends_with('.') && scenario.because.len() > 30, "{at}: {}", scenario.name);
            let nodes = scenario.nodes(file);
            used.extend(nodes.values().flat_map(|node| &node.pods).map(|text| standing(text).0));
        }
        let known: BTreeSet<&str> = file.pods.keys().map(String::as_str).collect();
        assert_eq!(used, known, "{at}: pods that stand on no node, or that there aren't");
    }
}

//! Pods on groups that grow: `tests/placement/groups.yaml`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use waard_forecast::placement::{Forecast, Group, Kind, Level, Loss, Node, Site, Stage, ZoneBy, forecast};

use crate::read::{NodeFile, PodFile};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    because: String,
    groups: BTreeMap<String, GroupFile>,
    kinds: BTreeMap<String, KindFile>,
    /// What comes out at each demand, and after `zone <name>` or `spot`: only what is named is looked at.
    expect: BTreeMap<String, Expected>,
    /// Nodes that everything would need if groups had no most.
    unlimited: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    node: NodeFile,
    zones: Vec<String>,
    #[serde(default)]
    karpenter: bool,
    #[serde(default)]
    spot: bool,
    #[serde(default)]
    rank: u32,
    /// `fewest..most`.
    size: String,
    /// Nodes that it is made with.
    start: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindFile {
    pod: PodFile,
    /// At the least, as expected, and at the most.
    count: (u32, u32, u32),
    #[serde(default)]
    priority: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// Nodes of each group.
    nodes: BTreeMap<String, u32>,
    /// `2 api` in which group.
    #[serde(default)]
    landed: BTreeMap<String, BTreeMap<String, u32>>,
    /// Everything that is said of pods without a node.
    #[serde(default)]
    homeless: Vec<String>,
    /// How many more pods of a kind would fit.
    #[serde(default)]
    spare: BTreeMap<String, u32>,
}

impl GroupFile {
    fn read(&self, name: &str) -> Group {
        let Node { mut labels, taints, allocatable, pods, attach_limits, .. } = self.node.read(name);
        labels.remove("kubernetes.io/hostname");
        let (min, max) = self.size.split_once("..").unwrap();
        Group {
            name: name.to_owned(),
            labels,
            taints,
            allocatable,
            pods,
            attach_limits,
            zones: self.zones.clone(),
            zone_by: if self.karpenter { ZoneBy::Pod } else { ZoneBy::Balance },
            spot: self.spot,
            rank: self.rank,
            min: min.parse().unwrap(),
            start: self.start.unwrap_or_else(|| min.parse().unwrap()),
            max: max.parse().unwrap(),
        }
    }
}

fn stage<'f>(forecast: &'f Forecast, name: &str) -> &'f Stage {
    let level = match name {
        "least" => Level::Least,
        "expected" => Level::Expected,
        "most" => Level::Most,
        "spot" => return &forecast.after[&Loss::Spot],
        zone => return &forecast.after[&Loss::Zone(zone.strip_prefix("zone ").unwrap().to_owned())],
    };
    &forecast.at[&level]
}

#[test]
fn pods_land_where_they_must_and_groups_grow_as_they_must() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/placement/groups.yaml");
    let file: File = serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for scenario in &file.scenarios {
        assert!(scenario.because.ends_with('.') && scenario.because.len() > 30, "{}", scenario.name);
        let groups = scenario.groups.iter().map(|(name, group)| group.read(name)).collect();
        let kind = |(of, kind): (&String, &KindFile)| {
            let mut pod = kind.pod.read(of);
            pod.priority = kind.priority;
            Kind { of: of.clone(), pod, least: kind.count.0, expected: kind.count.1, most: kind.count.2 }
        };
        let kinds: Vec<Kind> = scenario.kinds.iter().map(kind).collect();
        let forecast = forecast(&Site { groups, ..Site::default() }, &kinds);
        let mut differ = |at: &str, what: &str, found: String, expected: String| {
            if found != expected {
                wrong.push(format!("{} ({at}, {what})\n  expected {expected}\n  found    {found}", scenario.name));
            }
        };
        for (at, expected) in &scenario.expect {
            let stage = stage(&forecast, at);
            let nodes: BTreeMap<&String, u32> = stage.groups.iter().map(|(name, room)| (name, room.nodes)).collect();
            differ(at, "nodes", format!("{nodes:?}"), format!("{:?}", expected.nodes));
            if !expected.landed.is_empty() {
                differ(at, "landed", format!("{:?}", stage.landed), format!("{:?}", expected.landed));
            }
            let homeless: Vec<String> = stage.homeless.iter().map(ToString::to_string).collect();
            differ(at, "homeless", format!("{homeless:#?}"), format!("{:#?}", expected.homeless));
            for (of, count) in &expected.spare {
                differ(at, "spare", stage.spare[of].to_string(), count.to_string());
            }
        }
        let unlimited = forecast.unlimited.as_ref().map(Stage::nodes);
        differ("most", "unlimited", format!("{unlimited:?}"), format!("{:?}", scenario.unlimited));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! What was emitted, read back as HCL by nothing of waard's own.
#![allow(dead_code, reason = "each test reads another part")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hcl::structure::{Block, Body, Structure};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use waard_model::Topology;
use waard_model::topology::{Environment, Region};

/// A resource or another block.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) labels: Vec<String>,
    pub(crate) body: Body,
}

impl Part {
    /// An argument as it is written: a text with its quotes.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.body
            .attributes()
            .find(|attribute| attribute.key() == name)
            .map(|attribute| hcl::format::to_string(attribute.expr()).unwrap())
    }

    /// An argument that is a text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|text| text.trim_matches('"').to_owned())
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.get(name).map(|number| number.parse().unwrap())
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.get(name).as_deref() == Some("true")
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.body.attributes().any(|attribute| attribute.key() == name)
    }

    pub(crate) fn blocks(&self, name: &str) -> Vec<Self> {
        self.body.blocks().filter(|block| block.identifier() == name).map(part).collect()
    }
}

fn part(block: &Block) -> Part {
    Part { labels: block.labels.iter().map(|label| label.as_str().to_owned()).collect(), body: block.body.clone() }
}

/// The root of a region.
pub(crate) struct Root<'t> {
    pub(crate) environment: &'t Environment,
    pub(crate) region: &'t Region,
    pub(crate) files: BTreeMap<String, Body>,
}

impl Root<'_> {
    pub(crate) fn all(&self, kind: &str, of: &str) -> Vec<Part> {
        let blocks = self.files.values().flat_map(Body::blocks);
        blocks
            .filter(|block| {
                block.identifier() == kind && block.labels.first().is_some_and(|label| label.as_str() == of)
            })
            .map(part)
            .collect()
    }

    pub(crate) fn resources(&self, of: &str) -> Vec<Part> {
        self.all("resource", of)
    }

    /// Every structure of every file, as text.
    pub(crate) fn text(&self) -> String {
        let all: Vec<Structure> = self.files.values().flat_map(|body| body.0.iter().cloned()).collect();
        hcl::format::to_string(&Body(all)).unwrap()
    }
}

/// The roots of all regions.
pub(crate) fn roots(topology: &Topology) -> Vec<Root<'_>> {
    let mut files: BTreeMap<String, BTreeMap<String, Body>> = BTreeMap::new();
    for artifact in waard_tf::emit(topology) {
        if let Some((folder, file)) = artifact.path().as_str().rsplit_once('/')
            && file.ends_with("tf")
        {
            files.entry(folder.to_owned()).or_default().insert(file.to_owned(), hcl::parse(artifact.text()).unwrap());
        }
    }
    topology
        .regions()
        .map(|(environment, region)| {
            let folder = format!("terraform/{}/{}", environment.name(), region.name());
            Root { environment, region, files: files.remove(&folder).unwrap() }
        })
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "tests read fixtures")]
pub(crate) fn fixture(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../../fixtures/{name}/waard.yaml", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub(crate) fn topology(text: &str) -> Topology {
    waard_model::source::read(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}")).0
}

/// The shipped platform with some of its text replaced.
pub(crate) fn waardhaven(changes: &[(&str, &str)]) -> Topology {
    let mut text = fixture("waardhaven");
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    topology(&text)
}

/// So many random platforms beside the others.
const RANDOM: usize = 32;

/// What is looked at by every test of a program is made once.
static EMITTED: LazyLock<Vec<(&'static Topology, Vec<Root<'static>>)>> = LazyLock::new(|| {
    let leaked = topologies().into_iter().map(|topology| &*Box::leak(Box::new(topology)));
    leaked.map(|topology| (topology, roots(topology))).collect()
});

/// Platforms with the roots of their regions.
pub(crate) fn emitted() -> &'static [(&'static Topology, Vec<Root<'static>>)] {
    &EMITTED
}

/// The fixtures, and what they don't have: copied caches, pilot lights, one writer, copied backups only.
fn topologies() -> Vec<Topology> {
    let cache = "cache: { engine: redis, version: \"7.0\", node: cache.r6g.xlarge, shards: 3, replicas: 2 }";
    let copied = cache.replace("engine: redis,", "engine: redis, standby: replica,");
    let one_shard = copied.replace("shards: 3,", "");
    let mut all = vec![
        topology(&fixture("minimal")),
        waardhaven(&[]),
        waardhaven(&[
            (cache, &copied),
            ("backups: {", "writer: us-east-1\n      backups: {"),
            ("        residency: eu\n", ""),
        ]),
        waardhaven(&[(cache, &one_shard), ("mode: warm", "mode: pilot-light")]),
        waardhaven(&[
            ("backups: {", "standby: backups\n      backups: {"),
            ("replicas: { in_region: 2, class: db.r6g.xlarge }", ""),
        ]),
    ];
    let mut runner = TestRunner::deterministic();
    all.extend((0..RANDOM).map(|_| waard_model::strategy::topology().new_tree(&mut runner).unwrap().current()));
    all
}

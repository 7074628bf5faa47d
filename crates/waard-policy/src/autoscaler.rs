//! The Cluster Autoscaler among the workloads of a cluster: its image, its flags, and the tags by which it finds groups.

use crate::cluster::{Cluster, Container};
use crate::place::{Place, Placed};
use crate::yaml::Node;

/// A container that runs the Cluster Autoscaler.
pub(crate) struct Autoscaler<'p> {
    /// The container.
    pub container: Container<'p>,
    flags: Vec<Flag<'p>>,
}

/// Tags that a group must have, each with the value that it must have, if any.
pub(crate) type Tags<'p> = Vec<(&'p str, Option<&'p str>)>;

/// A flag as it is written.
#[derive(Clone, Copy)]
pub(crate) struct Flag<'p> {
    /// Where it stands.
    pub place: Place,
    /// Its name without dashes.
    pub name: &'p str,
    /// Its value; empty if it has none.
    pub value: &'p str,
}

impl Placed for Flag<'_> {
    fn place(&self) -> Place {
        self.place
    }
}

impl<'p> Autoscaler<'p> {
    /// Those of a cluster, by the last part of their image's name.
    pub(crate) fn of(cluster: &'p Cluster) -> Vec<Self> {
        let containers = cluster.workloads().flat_map(|workload| workload.running().collect::<Vec<_>>());
        let found = containers.filter(|container| {
            let image = container.image().and_then(Node::text).unwrap_or_default();
            let image = image.split_once('@').map_or(image, |(name, _)| name);
            let last = image.rsplit('/').next().unwrap_or_default();
            // For each architecture there is an image of its own: `cluster-autoscaler-arm64`.
            let name = last.split_once(':').map_or(last, |(name, _)| name);
            matches!(name, "cluster-autoscaler" | "cluster-autoscaler-amd64" | "cluster-autoscaler-arm64")
        });
        found.map(|container| Self { container, flags: flags(container) }).collect()
    }

    /// The flags with that name, in their order.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Flag<'p>> + 'a {
        self.flags.iter().filter(move |flag| flag.name == name).copied()
    }

    /// The flag with that name that counts: the last.
    pub(crate) fn flag(&self, name: &str) -> Option<Flag<'p>> {
        self.all(name).last()
    }

    /// Whether a flag that is on or off is on; `None` if it isn't written.
    pub(crate) fn is_on(&self, name: &str) -> Option<bool> {
        self.flag(name).map(|flag| !matches!(flag.value, "false" | "False" | "0" | "f"))
    }

    /// The tags that a group must have to be found, each with the value that it must have, if any: one set for each flag.
    ///
    /// Source: kubernetes/autoscaler `cluster-autoscaler/cloudprovider/aws/README.md`, "Auto-discovery setup":
    /// `asg:tag=<key>[=<value>],…`, all of which a group must have.
    pub(crate) fn discovery(&self) -> Vec<(Place, Tags<'p>)> {
        let sets = self.all("node-group-auto-discovery").filter_map(|flag| {
            let tags = flag.value.strip_prefix("asg:tag=")?;
            let tags = tags.split(',').filter(|tag| !tag.is_empty());
            let pairs = tags.map(|tag| tag.split_once('=').map_or((tag, None), |(key, value)| (key, Some(value))));
            Some((flag.place, pairs.collect()))
        });
        sets.collect()
    }
}

/// Command and arguments, those that a shell takes apart included.
fn flags(container: Container<'_>) -> Vec<Flag<'_>> {
    let lists = ["command", "args"].into_iter().flat_map(|key| container.node.list(key));
    let words: Vec<(Place, &str)> = lists
        .filter_map(|node| node.text().map(|text| (node.place(), text)))
        .flat_map(|(place, text)| text.split_whitespace().map(move |word| (place, word)))
        .collect();
    let mut found = Vec::new();
    for (at, (place, word)) in words.iter().enumerate() {
        let Some(bare) = word.strip_prefix("--").or_else(|| word.strip_prefix('-')).filter(|bare| !bare.is_empty())
        else {
            continue;
        };
        let (name, value) = bare.split_once('=').unwrap_or_else(|| {
            let next = words.get(at + 1).map_or("", |(_, next)| *next);
            (bare, if next.starts_with('-') { "" } else { next })
        });
        let value = value.trim_matches(['"', '\'']);
        found.push(Flag { place: *place, name, value });
    }
    found
}

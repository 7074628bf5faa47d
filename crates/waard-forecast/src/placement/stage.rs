//! What a cluster is like once all pods looked for a node.

use std::collections::BTreeMap;
use std::fmt;

use super::amount::Amounts;
use super::packing::Why;

/// What a cluster is like once all pods looked for a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// What each group has.
    pub groups: BTreeMap<String, Room>,
    /// How many pods of each kind are in which group.
    pub landed: BTreeMap<String, BTreeMap<String, u32>>,
    /// Pods that have no node.
    pub homeless: Vec<Homeless>,
    /// How many further pods of each kind the nodes that run would take, of that kind alone; counted up to
    /// [`SPARE`](super::forecast::SPARE), and not after a loss.
    pub spare: BTreeMap<String, u32>,
}

/// What a group has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// How many nodes run.
    pub nodes: u32,
    /// How many there may be.
    pub max: u32,
    /// What the nodes that run have for pods.
    pub allocatable: Amounts,
    /// What pods request of it.
    pub used: Amounts,
    /// How many pods there are.
    pub pods: u32,
}

impl Room {
    /// What is left on the nodes that run.
    pub fn free(&self) -> Amounts {
        self.allocatable.minus(&self.used)
    }
}

/// Pods of a kind that have no node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Homeless {
    /// What they are.
    pub of: String,
    /// How many have none.
    pub without: u32,
    /// Why each group has none for them, by the group's name.
    pub reasons: Vec<(String, Why)>,
    /// Few pods that show it: how many of which kinds don't fit even when they are the only ones. `None` if all pods
    /// would fit, had they all looked for a node at once: then the nodes are used in an unlucky way.
    pub example: Option<BTreeMap<String, u32>>,
}

impl Stage {
    /// True if every pod has a node.
    pub fn is_settled(&self) -> bool {
        self.homeless.is_empty()
    }

    /// How many nodes run, of all groups together.
    pub fn nodes(&self) -> u32 {
        self.groups.values().map(|room| room.nodes).sum()
    }
}

impl fmt::Display for Homeless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} without a node", self.without, self.of)?;
        for (group, why) in &self.reasons {
            write!(f, "; {group}: {why}")?;
        }
        match &self.example {
            None => f.write_str("; all would fit if they started at once"),
            Some(example) => {
                let kinds: Vec<String> = example.iter().map(|(of, count)| format!("{count} of {of}")).collect();
                write!(f, "; smallest case: {}", kinds.join(" and "))
            }
        }
    }
}

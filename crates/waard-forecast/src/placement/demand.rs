//! How many pods of which kind there are, and in which order they look for nodes.

use std::sync::Arc;

use super::pod::Pod;
use super::volume::Claim;

/// Pods that are alike, and how many of them there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// What they are, unique among all kinds: the name of their workload.
    pub of: String,
    /// One of them.
    pub pod: Pod,
    /// At the least demand.
    pub least: u32,
    /// As expected.
    pub expected: u32,
    /// At the most.
    pub most: u32,
}

/// How much is asked of a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As little as there can be.
    Least,
    /// What is expected.
    Expected,
    /// As much as its limits allow.
    Most,
}

impl Level {
    /// From the least to the most.
    pub const ALL: [Self; 3] = [Self::Least, Self::Expected, Self::Most];
}

impl Kind {
    /// How many there are; never fewer than at a lower level.
    pub fn count(&self, level: Level) -> u32 {
        match level {
            Level::Least => self.least,
            Level::Expected => self.expected.max(self.least),
            Level::Most => self.most.max(self.expected).max(self.least),
        }
    }

    /// The pod with a number. Pods with claims of their own are different ones, as those of a StatefulSet are.
    pub(super) fn pod(&self, shared: &Arc<Pod>, number: u32) -> Arc<Pod> {
        let own = |claim: &Claim| matches!(claim, Claim::Unbound(_));
        if !self.pod.volumes.iter().any(|volume| own(&volume.state)) {
            return Arc::clone(shared);
        }
        let mut pod = self.pod.clone();
        pod.name = format!("{}-{number}", pod.name);
        for volume in pod.volumes.iter_mut().filter(|volume| own(&volume.state)) {
            volume.claim = format!("{}-{}", volume.claim, pod.name);
        }
        Arc::new(pod)
    }
}

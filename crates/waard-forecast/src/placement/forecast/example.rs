//! Few pods that show why one has no node.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Run, Site};
use crate::placement::demand::{Kind, Level};
use crate::placement::packing::Packing;
use crate::placement::pod::Pod;

/// A pod that finds no node even if it is the only one, which shows it by itself.
pub(super) fn alone(site: &Site, pod: &Arc<Pod>, of: &str) -> Option<BTreeMap<String, u32>> {
    let alone = Packing::new(site.groups.clone(), &site.cluster).put(pod);
    alone.is_err().then(|| [(of.to_owned(), 1)].into())
}

/// Few pods with which one of a kind finds no node, where they are the only ones and all look for one at once.
pub(super) fn few(site: &Site, kinds: &[Kind], index: usize, level: Level) -> Option<BTreeMap<String, u32>> {
    let fails = |counts: &[u32]| {
        let mut run = Run::new(site, kinds);
        run.grow_to(|index| counts.get(index).copied().unwrap_or(0));
        run.reasons.contains_key(&index)
    };
    let mut counts: Vec<u32> = kinds.iter().map(|kind| kind.count(level)).collect();
    if !fails(&counts) {
        return None;
    }
    let others = (0..kinds.len()).filter(|other| *other != index);
    for shrunk in others.chain([index]) {
        let mut with = |count: u32| {
            let mut tried = counts.clone();
            if let Some(other) = tried.get_mut(shrunk) {
                *other = count;
            }
            let still = fails(&tried);
            if still {
                counts = tried;
            }
            still
        };
        // All of them away, or else as few as it still fails with.
        let (mut passes, mut still) = (0, kinds.get(shrunk).map_or(0, |kind| kind.count(level)));
        if still == 0 || with(0) {
            continue;
        }
        while still - passes > 1 {
            let middle = passes + (still - passes) / 2;
            if with(middle) { still = middle } else { passes = middle }
        }
    }
    let named = kinds.iter().zip(counts).filter(|(_, count)| *count > 0);
    Some(named.map(|(kind, count)| (kind.of.clone(), count)).collect())
}

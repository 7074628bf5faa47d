//! Documents in which people write what they want to pay for: shares of spot, commitments, schedules, tiers.
//!
//! They are no objects, and nothing carries them out by itself; rules hold them against what there is. Only documents
//! about cost are read, by their file's name or the name of their first key.

mod regions;

pub(crate) use regions::{Region, is_left_open, plans, without_role};

use crate::platform::Platform;
use crate::yaml::{Entry, Node};

/// What stands below the keys that contain one of the words, in documents about cost: each entry is one wish.
pub(crate) fn wishes<'p>(platform: &'p Platform, words: &[&str]) -> Vec<&'p Entry> {
    let mut found = Vec::new();
    for other in platform.others() {
        let path = platform.file_of(&other.node).map_or("", |file| file.path());
        let name = path.rsplit('/').next().unwrap_or(path);
        let first = other.node.entries().first().map_or("", Entry::key);
        if name.to_lowercase().contains("cost") || first.to_lowercase().contains("cost") {
            collect(&other.node, words, &mut found);
        }
    }
    found
}

fn collect<'p>(node: &'p Node, words: &[&str], found: &mut Vec<&'p Entry>) {
    for entry in node.entries() {
        let key = entry.key().to_lowercase();
        if words.iter().any(|word| key.contains(word)) {
            found.extend(entry.value().entries());
        } else {
            collect(entry.value(), words, found);
        }
    }
}

/// The words of a name, without those that say nothing about what it is.
pub(crate) fn words(name: &str) -> impl Iterator<Item = String> {
    const EMPTY: [&str; 12] = [
        "baseline",
        "capacity",
        "group",
        "groups",
        "instance",
        "instances",
        "job",
        "jobs",
        "node",
        "nodes",
        "workload",
        "workloads",
    ];
    let parts = name.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_lowercase);
    parts.filter(|part| !part.is_empty() && !EMPTY.contains(&part.as_str()))
}

/// Whether all words of a wish's name are among the names of a thing.
pub(crate) fn is_named<'n>(wish: &str, names: impl IntoIterator<Item = &'n str>) -> bool {
    let has: Vec<String> = names.into_iter().flat_map(words).collect();
    let mut wanted = words(wish).peekable();
    wanted.peek().is_some() && wanted.all(|word| has.contains(&word))
}

/// The share that a wish names: `80%`.
pub(crate) fn percent(wish: &Entry) -> Option<i64> {
    wish.value().text()?.trim().strip_suffix('%')?.trim().parse().ok()
}

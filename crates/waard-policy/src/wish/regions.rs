//! Documents in which people write which regions a platform has and what each of them is for.
//!
//! They have no schema. What is read of them is what people commonly write: regions by their names, as keys or in
//! lists, with what runs there, who is served, and what stands in for what.

use waard_catalog::catalog;

use crate::hcl::{Block, Expr};
use crate::place::{Place, Placed};
use crate::platform::Platform;
use crate::yaml::{Entry, Node};

/// A document about regions.
pub(crate) struct Plan<'p> {
    /// Its regions, in their order.
    pub regions: Vec<Region<'p>>,
}

/// A region of a plan.
pub(crate) struct Region<'p> {
    /// Its name as AWS has it: `us-east-1`.
    pub name: String,
    /// Where it is named.
    pub place: Place,
    /// What is said about it.
    pub node: &'p Node,
    /// Whether it stands in for others rather than serving by itself.
    pub standby: bool,
}

/// Which region a standby stands in for.
pub(crate) struct Link {
    /// The region that it protects.
    pub name: String,
    /// Where that is said.
    pub place: Place,
    /// Whether it is said in a sentence rather than by a key.
    pub prose: bool,
}

/// What keys say what runs in a region, whom it serves, and how fast it takes over.
const SERVICES: [&str; 7] = ["services", "workloads", "applications", "apps", "runs", "components", "stacks"];
const USERS: [&str; 4] = ["users", "traffic", "audience", "serves"];
const TARGETS: [&str; 2] = ["rto", "rpo"];

/// Words in names of roles and sections for regions that wait.
const WAITS: [&str; 10] =
    ["dr", "standby", "disaster", "recovery", "failover", "passive", "backup", "pilot", "warm", "secondary"];

impl Placed for Region<'_> {
    fn place(&self) -> Place {
        self.place
    }
}

/// Every document that names two regions or more, and says of one of them what runs there, whom it serves, or how fast
/// it takes over. Values of charts and settings of tools name regions too, but none of that.
pub(crate) fn plans(platform: &Platform) -> Vec<Plan<'_>> {
    let mut found = Vec::new();
    for other in platform.others() {
        let mut regions = Vec::new();
        collect(&other.node, false, 0, &mut regions);
        let says = |region: &Region<'_>| {
            region.node.entries().iter().any(|entry| {
                let key = entry.key().to_ascii_lowercase();
                [&SERVICES[..], &USERS[..], &TARGETS[..]].iter().any(|keys| keys.contains(&key.as_str()))
            })
        };
        if regions.len() > 1 && regions.iter().any(says) {
            found.push(Plan { regions });
        }
    }
    found
}

fn collect<'p>(node: &'p Node, standby: bool, depth: usize, found: &mut Vec<Region<'p>>) {
    const DEEPEST: usize = 8;
    if depth > DEEPEST {
        return;
    }
    for entry in node.entries() {
        let value = entry.value();
        match region_name(entry.key()).filter(|_| value.is_map()) {
            Some(name) => {
                found.push(Region { name, place: entry.place(), node: value, standby: waits(value, standby) });
            }
            None => collect(value, standby || is_waiting(entry.key()), depth + 1, found),
        }
    }
    for item in node.items() {
        let named =
            ["region", "name"].iter().find_map(|key| Some((item.get(key)?, region_name(item.get(key)?.text()?)?)));
        match named {
            Some((at, name)) => {
                found.push(Region { name, place: at.place(), node: item, standby: waits(item, standby) });
            }
            None => collect(item, standby, depth + 1, found),
        }
    }
}

/// The name of a region, however its parts are joined.
fn region_name(text: &str) -> Option<String> {
    let name = text.trim().to_ascii_lowercase().replace('_', "-");
    catalog().region(&name).is_some().then_some(name)
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn is_waiting(text: &str) -> bool {
    words(text).any(|word| WAITS.contains(&word.as_str()))
}

/// What its own role says, or else the section in which it stands.
fn waits(node: &Node, section: bool) -> bool {
    let role = ["role", "type", "mode", "kind"].iter().find_map(|key| node.get(key)?.text());
    match role {
        Some(role) if words(role).any(|word| matches!(word.as_str(), "primary" | "active" | "serving")) => false,
        Some(role) => section || is_waiting(role),
        None => section,
    }
}

/// The words of a service's name without those that say that it waits.
pub(crate) fn without_role(service: &str) -> String {
    let kept: Vec<String> = words(service).filter(|word| !WAITS.contains(&word.as_str())).collect();
    kept.join("-")
}

impl<'p> Region<'p> {
    fn entry_of(&self, keys: &[&str]) -> Option<&'p Entry> {
        self.node.entries().iter().find(|entry| keys.contains(&entry.key().to_ascii_lowercase().as_str()))
    }

    /// What runs there, each with its place.
    pub(crate) fn services(&self) -> Vec<(Place, &'p str)> {
        let Some(entry) = self.entry_of(&SERVICES) else { return Vec::new() };
        let listed = entry.value().items().iter();
        let listed = listed.filter_map(|item| {
            let node = if item.is_map() { item.get("name")? } else { item };
            Some((node.place(), node.text()?))
        });
        listed.chain(entry.value().entries().iter().map(|entry| (entry.place(), entry.key()))).collect()
    }

    /// Where it is said what runs there.
    pub(crate) fn services_entry(&self) -> Option<&'p Entry> {
        self.entry_of(&SERVICES)
    }

    /// Whom it serves.
    pub(crate) fn users(&self) -> Option<&'p Entry> {
        self.entry_of(&USERS)
    }

    /// How fast it takes over, or how much may be lost.
    pub(crate) fn target(&self) -> Option<&'p Entry> {
        self.entry_of(&TARGETS)
    }
}

impl<'p> Plan<'p> {
    /// The regions that serve.
    pub(crate) fn serving(&self) -> impl Iterator<Item = &Region<'p>> {
        self.regions.iter().filter(|region| !region.standby)
    }

    /// The regions that stand in for others.
    pub(crate) fn standbys(&self) -> impl Iterator<Item = &Region<'p>> {
        self.regions.iter().filter(|region| region.standby)
    }

    /// A region by its name.
    pub(crate) fn region(&self, name: &str) -> Option<&Region<'p>> {
        self.regions.iter().find(|region| region.name == name)
    }

    /// What a standby protects: by a key of its own, by a key of the region that it protects, or in a sentence.
    pub(crate) fn protected_by(&self, standby: &Region<'p>) -> Vec<Link> {
        let others = || self.regions.iter().filter(|other| other.name != standby.name);
        let named = |text: &str| {
            let text = text.to_ascii_lowercase().replace('_', "-");
            others().filter(|other| text.contains(&other.name)).map(|other| other.name.clone()).collect::<Vec<_>>()
        };
        let mut found = Vec::new();
        for other in others().filter(|other| !other.standby) {
            let says = other.node.entries().iter().find(|entry| {
                let place = entry.value().text().or_else(|| entry.value().get("region")?.text());
                is_waiting(entry.key()) && place.and_then(region_name).as_deref() == Some(&*standby.name)
            });
            found.extend(says.map(|entry| Link { name: other.name.clone(), place: entry.place(), prose: false }));
        }
        let listed: Vec<Place> = standby.services_entry().map(Placed::place).into_iter().collect();
        let mut prose = Vec::new();
        for entry in standby.node.entries().iter().filter(|entry| !listed.contains(&entry.place())) {
            let texts: Vec<&Node> = std::iter::once(entry.value()).chain(entry.value().items()).collect();
            for text in texts.iter().filter_map(|node| node.text()) {
                let key = Link { name: String::new(), place: entry.place(), prose: region_name(text).is_none() };
                for name in named(text) {
                    let link = Link { name, ..key };
                    if link.prose { prose.push(link) } else { found.push(link) }
                }
            }
        }
        if found.is_empty() { prose } else { found }
    }
}

/// A call of a module that isn't among the files and may make anything: one of a registry or a repository. A folder that
/// isn't there makes nothing, and is a finding of its own.
pub(crate) fn is_left_open(platform: &Platform) -> Option<&Block> {
    let calls = platform.roots().iter().flat_map(|root| root.of_kind("module").map(move |block| (root, block)));
    calls
        .filter(|(root, block)| {
            let local = block.get("source").and_then(Expr::as_str).is_some_and(|source| source.starts_with('.'));
            !local && platform.called(root, block).is_none()
        })
        .map(|(_, block)| block)
        .next()
}

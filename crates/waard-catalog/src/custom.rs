//! What custom resources, and the configurations of eksctl, may look like: names, types, bounds and served versions,
//! from the definitions that their makers publish.
//!
//! `facts/kinds.csv` lists the kinds with the release in which each was read, `cargo xtask crds` makes a file of
//! `facts/crds` of each, and CONTRIBUTING.md says how these are read. They say what a structural schema says: neither
//! rules in CEL nor what a webhook of the maker refuses.
//!
//! ```
//! let kind = waard_catalog::custom::kind("kafka.strimzi.io", "KafkaTopic").unwrap();
//! assert!(kind.serves("v1") && !kind.serves("v1beta2"));
//! let spec = kind.definition("v1").unwrap().root.field("spec").unwrap();
//! assert!(spec.required && spec.shape.field("partitions").is_some());
//! ```

mod files;
mod read;
mod shape;
#[cfg(test)]
mod tests;

use std::sync::{Arc, LazyLock, OnceLock};

pub use read::FactsError;
pub use shape::{Bound, Field, Form, Pattern, Shape};

use crate::fact::Source;

/// Where the objects of a kind live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In a namespace.
    Namespaced,
    /// In the cluster as a whole.
    Cluster,
    /// In no cluster: a file that a tool reads.
    File,
}

/// A kind in one version.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Definition {
    /// The API group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The versions that this schema is of.
    pub versions: Vec<String>,
    /// The versions that the release serves, the best first.
    pub served: Vec<String>,
    /// Where its objects live.
    pub scope: Scope,
    /// What brings the kind: `Strimzi`.
    pub component: String,
    /// The release of it that was read: `1.2.0`.
    pub release: String,
    /// The digest of the file that was read, in hexadecimal: SHA-256.
    pub sha256: String,
    /// What of large objects was kept: `spec.provider=aws|kubernetes`; empty if all was.
    pub only: String,
    /// Where that was read: repository, tag and path.
    pub source: Source,
    /// The object, without `apiVersion`, `kind` and `status`, and without `metadata` where that is as in all objects.
    pub root: Arc<Shape>,
}

/// A kind, in every version that is described.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its best served version first.
    entries: &'static [Entry],
}

impl Kind {
    /// The definition in the best version of the newest release that was read.
    pub fn current(self) -> &'static Definition {
        // There is one: a kind without is not made.
        self.entries.iter().find_map(Entry::definition).unwrap_or(&NOTHING)
    }

    /// The definition in a version, served or not.
    pub fn definition(self, version: &str) -> Option<&'static Definition> {
        let all = self.entries.iter().filter_map(Entry::definition);
        all.into_iter().find(|definition| definition.versions.iter().any(|known| known == version))
    }

    /// Whether the newest release that was read serves a version.
    pub fn serves(self, version: &str) -> bool {
        self.current().served.iter().any(|served| served == version)
    }
}

/// A kind of an API group, if there are facts about it.
pub fn kind(group: &str, kind: &str) -> Option<Kind> {
    let name = |entry: &Entry| (entry.group, entry.kind).cmp(&(group, kind));
    let first = TABLE.partition_point(|entry| name(entry).is_lt());
    let last = TABLE.partition_point(|entry| name(entry).is_le());
    let entries = TABLE.get(first..last)?;
    entries.iter().any(|entry| entry.definition().is_some()).then_some(Kind { entries })
}

/// The kinds of an API group that there are facts about, in their order.
pub fn kinds_of(group: &str) -> impl Iterator<Item = &'static str> {
    let first = TABLE.partition_point(|entry| entry.group < group);
    let last = TABLE.partition_point(|entry| entry.group <= group);
    TABLE.get(first..last).unwrap_or_default().iter().filter(|entry| entry.version.is_empty()).map(|entry| entry.kind)
}

/// A file of facts, parsed when somebody asks for its kind.
#[derive(Debug)]
struct Entry {
    group: &'static str,
    kind: &'static str,
    version: &'static str,
    text: &'static str,
    definition: OnceLock<Option<Definition>>,
}

impl Entry {
    /// `None` for a file that can't be read, of which the tests see to it that there is none.
    fn definition(&self) -> Option<&Definition> {
        self.definition.get_or_init(|| Definition::read(self.text).ok()).as_ref()
    }
}

static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let entry = |&(group, kind, version, text)| Entry { group, kind, version, text, definition: OnceLock::new() };
    files::FILES.iter().map(entry).collect()
});

static NOTHING: LazyLock<Definition> = LazyLock::new(|| Definition {
    group: String::new(),
    kind: String::new(),
    versions: Vec::new(),
    served: Vec::new(),
    scope: Scope::File,
    component: String::new(),
    release: String::new(),
    sha256: String::new(),
    only: String::new(),
    source: Source {
        name: String::new(),
        as_of: jiff::civil::Date::MIN,
        confidence: crate::fact::Confidence::NotFound,
    },
    root: Arc::new(Shape::of(Form::Any)),
});

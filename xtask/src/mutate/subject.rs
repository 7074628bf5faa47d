//! The good platforms that are changed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use waard_catalog::Date;
use waard_policy::{Config, Finding, Platform, Source, check};

use super::file::{Edit, Mutation};

/// The day for which platforms are judged: that on which the first mutations were written. What a calendar says later
/// must not change which of them are caught.
const DAY: Date = Date::constant(2026, 11, 25);
/// The name of the configuration among the files of a mutation.
const CONFIG: &str = "waard-policy.toml";
/// The name of the topology among the files of a mutation.
const TOPOLOGY: &str = "waard.yaml";

/// A good platform: its files, and what is found in it as it is.
pub(super) struct Subject {
    topology: String,
    files: Vec<Source>,
    found: Vec<Finding>,
}

/// Something that isn't found in the good platform.
pub(super) struct New {
    pub(super) finding: Finding,
    /// True if its rule finds something in the good platform too, about the same thing and in other words.
    pub(super) was_there: bool,
}

/// Good platforms by the path of their topology, each made once.
pub(super) struct Subjects {
    root: PathBuf,
    made: Mutex<BTreeMap<String, Arc<Subject>>>,
}

impl Subjects {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), made: Mutex::default() }
    }

    /// The platform of a topology.
    pub(super) fn get(&self, topology: &str) -> Result<Arc<Subject>, String> {
        // Held while it is made: whoever else wants it has nothing better to do than wait.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        match made.entry(topology.to_owned()) {
            Entry::Occupied(entry) => Ok(Arc::clone(entry.get())),
            Entry::Vacant(entry) => {
                let text = fs::read_to_string(self.root.join(topology))
                    .map_err(|error| format!("can't read {topology}: {error}"))?;
                Ok(Arc::clone(entry.insert(Arc::new(Subject::new(text)?))))
            }
        }
    }
}

impl Subject {
    fn new(topology: String) -> Result<Self, String> {
        let files = sources(&topology);
        if files.len() == 1 {
            return Err("nothing is generated from the topology".to_owned());
        }
        let found = judge(files.clone(), &Config::default());
        Ok(Self { topology, files, found })
    }

    /// What is found in the changed platform and not in the good one.
    pub(super) fn mutated(&self, mutation: &Mutation) -> Result<Vec<New>, String> {
        let (of_topology, of_files): (Vec<&Edit>, Vec<&Edit>) =
            mutation.edit.iter().partition(|edit| edit.file == TOPOLOGY);
        let mut files = if of_topology.is_empty() {
            self.files.clone()
        } else {
            let mut topology = self.topology.clone();
            for edit in of_topology {
                topology = edit.apply(&topology)?;
            }
            sources(&topology)
        };
        for edit in of_files {
            let file = find(&mut files, &edit.file)?;
            let text = edit.apply(file.text())?;
            file.set_text(text);
        }
        for remove in &mutation.remove {
            find(&mut files, &remove.file)?;
            files.retain(|file| file.path() != remove.file);
        }
        let mut config = Config::default();
        for add in &mutation.add {
            if add.file == CONFIG {
                config = Config::parse(CONFIG, &add.text)
                    .map_err(|error| format!("{CONFIG}:{}:{}: {error}", error.line, error.column))?;
            } else if files.iter().any(|file| file.path() == add.file) {
                return Err(format!("{} is there already: change it with [[edit]]", add.file));
            } else {
                files.push(Source::new(&add.file, &add.text));
            }
        }
        let mut found = judge(files, &config);
        let mut known = self.found.clone();
        known.retain(|known| {
            let at = found.iter().position(|finding| is_about_same(finding, known) && finding.message == known.message);
            at.map(|at| found.remove(at)).is_none()
        });
        let new = found.into_iter().map(|finding| {
            // A number in it may be another one now: of a group more, there are more nodes.
            let before = known.iter().position(|known| is_about_same(&finding, known));
            New { was_there: before.map(|at| known.remove(at)).is_some(), finding }
        });
        Ok(new.collect())
    }
}

/// A topology and what is generated from it, by paths below the platform's folder. Of a topology with problems, only
/// itself.
fn sources(topology: &str) -> Vec<Source> {
    let mut sources = vec![Source::new(TOPOLOGY, topology)];
    if let Ok(platform) = crate::platform::Platform::read(topology.as_bytes()) {
        sources.extend(platform.sources());
    }
    sources
}

fn find<'f>(files: &'f mut [Source], path: &str) -> Result<&'f mut Source, String> {
    files.iter_mut().find(|file| file.path() == path).ok_or_else(|| format!("no file {path} is generated"))
}

fn judge(files: Vec<Source>, config: &Config) -> Vec<Finding> {
    let mut config = config.clone();
    config.as_of = config.as_of.or(Some(DAY));
    check(&Platform::read(files, &config), &config).findings
}

/// Whether two findings are of the same rule about the same thing, wherever the change has moved it.
fn is_about_same(one: &Finding, other: &Finding) -> bool {
    (&one.rule, &one.location.path, &one.subject) == (&other.rule, &other.location.path, &other.subject)
}

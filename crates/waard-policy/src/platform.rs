//! Everything that was given, parsed once and shared by all rules.

mod assign;
mod kustomize;
mod parse;
mod scripts;

use std::sync::OnceLock;

use waard_model::Topology;
use waard_model::path::ModelPath;
use waard_model::source::{Problem, SourceMap};

pub use kustomize::Kustomization;
pub(crate) use kustomize::join;
pub use scripts::Install;

use crate::cluster::{Cluster, Object};
use crate::config::Config;
use crate::place::{Lines, Place, Placed};
use crate::schema::Releases;
use crate::source::Source;
use crate::terraform::Root;
use crate::yaml::{Fault, Node, Trap};

/// The largest file that is read: 16 MiB.
pub const MAX_BYTES: usize = 16 << 20;

/// The parsed platform.
///
/// # What belongs to which cluster
///
/// A cluster is known by a ClusterConfig of eksctl, an `aws_eks_cluster`, a call of the EKS module, or a region of a
/// topology. For each file, the first of these decides:
///
/// 1. the cluster that the caller names with [`Source::in_cluster`];
/// 2. the name of a known cluster that is a folder of its path, or its name without ending: the last such folder counts;
/// 3. the layout that waard generates, `kubernetes/<environment>/<cluster>/…`, recognised by the folder `_cluster` in it;
/// 4. the region of a known cluster that is such a folder, if only one has that region;
/// 5. the only known cluster, if there is just one;
/// 6. if none is known, all of the rest is one cluster without a name;
/// 7. if several are known, all of the rest is a cluster of its own, whose nodes aren't known.
#[derive(Debug, Default)]
pub struct Platform {
    pub(crate) files: Vec<File>,
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) roots: Vec<Root>,
    pub(crate) topologies: Vec<TopologyFile>,
    pub(crate) kustomizations: Vec<Kustomization>,
    pub(crate) others: Vec<Other>,
    pub(crate) installs: Vec<Install>,
    pub(crate) releases: OnceLock<Releases>,
    /// Kind, namespace and name of objects whose name a kustomization changes.
    pub(crate) renamed: Vec<(String, String, String, Place)>,
}

/// A file of the platform.
#[derive(Debug)]
pub struct File {
    pub(crate) path: String,
    pub(crate) text: String,
    lines: OnceLock<Lines>,
    pub(crate) kind: FileKind,
    pub(crate) faults: Vec<Fault>,
    pub(crate) traps: Vec<Trap>,
    pub(crate) origin: Option<ModelPath>,
    pub(crate) origins: Vec<(String, ModelPath)>,
    /// Values that lost something which can't be read, and their keys.
    pub(crate) cuts: Vec<Place>,
    /// What stands where, in order: bytes, and how it is called.
    pub(crate) spans: Vec<(u32, u32, Subject)>,
}

/// What a finding can be about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    Object(u32, u32),
    Config(u32, u32),
    Block(u32, u32),
}

/// What a file was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// YAML or JSON.
    Yaml,
    /// `.tf` or `.tf.json`
    Terraform,
    /// `.tfvars`
    Values,
    /// A topology of waard.
    Topology,
    /// Nothing that is judged.
    Other,
}

/// A topology, valid or not.
#[derive(Debug)]
pub struct TopologyFile {
    pub(crate) file: u32,
    /// The topology, if it is valid.
    pub topology: Option<Box<(Topology, SourceMap)>>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

/// A document that is none of what rules know: settings of other tools, notes.
#[derive(Debug)]
pub struct Other {
    /// Its value.
    pub node: Node,
}

impl TopologyFile {
    /// The topology.
    pub fn topology(&self) -> Option<&Topology> {
        self.topology.as_deref().map(|(topology, _)| topology)
    }

    /// Where a part of the topology is written.
    pub fn place_of(&self, path: &ModelPath) -> Place {
        let span = self.topology.as_deref().map_or(0..0, |(_, map)| map.span(path));
        Place::new(self.file, span)
    }

    /// Where a problem of it stands.
    pub fn place_of_problem(&self, problem: &Problem) -> Place {
        Place::new(self.file, problem.span.clone().unwrap_or(0..0))
    }
}

impl File {
    pub(crate) fn new(source: Source) -> Self {
        Self {
            path: source.path,
            text: source.text,
            lines: OnceLock::new(),
            kind: FileKind::Other,
            faults: Vec::new(),
            traps: Vec::new(),
            origin: source.origin,
            origins: source.objects,
            cuts: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// Where it stands.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it was read as.
    pub const fn kind(&self) -> FileKind {
        self.kind
    }

    /// Why parts of it can't be read.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// What readers of YAML disagree about in it.
    pub fn traps(&self) -> &[Trap] {
        &self.traps
    }

    /// Line and column of a byte, from 1.
    pub fn at(&self, byte: usize) -> (usize, usize) {
        self.lines.get_or_init(|| Lines::of(&self.text)).at(&self.text, byte)
    }
}

impl Platform {
    /// Reads everything that is given. Nothing fails: what can't be read is a finding.
    pub fn read(sources: Vec<Source>, config: &Config) -> Self {
        assign::platform(parse::all(sources), config)
    }

    /// Every file, in the order of their paths.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Whether a file is among those that were given.
    pub fn has_file(&self, path: &str) -> bool {
        self.files.binary_search_by(|file| file.path().cmp(path)).is_ok()
    }

    /// Whether a folder has one of those below it.
    pub fn has_folder(&self, path: &str) -> bool {
        let below = if path.is_empty() { String::new() } else { format!("{path}/") };
        let after = self.files.partition_point(|file| file.path() < below.as_str());
        self.files.get(after).is_some_and(|file| file.path().starts_with(&below))
    }

    /// Every cluster, in the order of their names.
    pub fn clusters(&self) -> &[Cluster] {
        &self.clusters
    }

    /// Every folder with Terraform files, in the order of their paths.
    pub fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// A root by its folder.
    pub fn root(&self, path: &str) -> Option<&Root> {
        self.roots.iter().find(|root| root.path == path)
    }

    /// The root that a `module` block calls, if it is among the files.
    pub fn called(&self, caller: &Root, module: &crate::hcl::Block) -> Option<&Root> {
        let source = module.get("source")?.as_str().filter(|source| source.starts_with('.'))?;
        self.root(&kustomize::join(&caller.path, source)?)
    }

    /// Every topology.
    pub fn topologies(&self) -> &[TopologyFile] {
        &self.topologies
    }

    /// Every kustomization.
    pub fn kustomizations(&self) -> &[Kustomization] {
        &self.kustomizations
    }

    /// The charts that scripts install.
    pub fn installs(&self) -> &[Install] {
        &self.installs
    }

    /// Documents that are none of what rules know.
    pub fn others(&self) -> &[Other] {
        &self.others
    }

    /// The file in which something stands.
    pub fn file_of(&self, of: &impl Placed) -> Option<&File> {
        self.files.get(of.place().file as usize)
    }

    /// The text at a place.
    pub fn text_at(&self, of: &impl Placed) -> &str {
        let place = of.place();
        self.file_of(&place).and_then(|file| file.text.get(place.span())).unwrap_or_default()
    }

    /// What of a file a place is in.
    fn within(&self, place: Place) -> Option<Subject> {
        let file = self.files.get(place.file as usize)?;
        let after = file.spans.partition_point(|(start, ..)| *start <= place.start);
        let before = file.spans.get(..after).unwrap_or_default();
        before.iter().rev().find(|(_, end, _)| place.start < *end).map(|(.., subject)| *subject)
    }

    /// The object of a cluster that a place is in.
    pub(crate) fn object_at(&self, place: Place) -> Option<&Object> {
        match self.within(place)? {
            Subject::Object(cluster, at) => self.clusters.get(cluster as usize)?.objects.get(at as usize),
            _ => None,
        }
    }

    /// Whether something stood in what is at a place that can't be read: what seems to be absent may have been there.
    pub(crate) fn may_have_lost(&self, place: Place) -> bool {
        self.files.get(place.file as usize).is_some_and(|file| file.cuts.contains(&place))
    }

    /// The object or block that a place is in, as findings call it, and the part of a topology that it came from.
    pub(crate) fn subject(&self, place: Place) -> (Option<String>, Option<ModelPath>) {
        let Some(file) = self.files.get(place.file as usize) else {
            return (None, None);
        };
        let within = self.within(place);
        let object: Option<&Object> = match within {
            Some(Subject::Config(cluster, at)) => {
                self.clusters.get(cluster as usize).and_then(|cluster| cluster.configs.get(at as usize))
            }
            _ => self.object_at(place),
        };
        let (title, short) = match (object, within) {
            (Some(object), _) => (Some(object.title()), Some(format!("{}/{}", object.kind(), object.name()))),
            (None, Some(Subject::Block(root, at))) => {
                let block = self.roots.get(root as usize).and_then(|root| root.blocks.get(at as usize));
                let address = block.map(crate::hcl::Block::address);
                (address.clone(), address)
            }
            _ => (None, None),
        };
        let of_object = short
            .and_then(|short| file.origins.iter().find(|(name, _)| *name == short).map(|(_, origin)| origin.clone()));
        (title, of_object.or_else(|| file.origin.clone()))
    }

    /// Where a part of a topology is written, if the topology is among the files.
    pub(crate) fn place_in_topology(&self, path: &ModelPath) -> Option<Place> {
        self.topologies.iter().find(|file| file.topology.is_some()).map(|file| file.place_of(path))
    }
}

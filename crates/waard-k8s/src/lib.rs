//! Kubernetes objects for every cluster of a topology.
//!
//! [`emit`] turns a [`Topology`] into files; it can't fail, because a topology that exists is valid, and the same
//! topology always gives the same bytes. [`emit_region`] makes those of one cluster, for callers that work on
//! several at once. Objects are built with k8s-openapi's types and written as YAML by [`waard_model::yaml`].
//!
//! Layout: `kubernetes/<environment>/<cluster>/<namespace>/<workload>.yaml` and a `kustomization.yaml` in each folder;
//! `_cluster` holds what belongs to no namespace. Beside it, each by environment and cluster, `gitops` holds what Argo CD
//! keeps, `controllers` what is installed by hand, `failover` and `runbooks` what is done when a region is lost.

mod autoscaler;
mod cluster;
mod controllers;
mod custom;
mod eksctl;
mod file;
mod gitops;
mod headroom;
mod ingress;
mod install;
mod kafka;
mod kustomize;
mod labels;
mod mesh;
mod monitoring;
mod namespace;
mod network;
mod quota;
mod readme;
mod secrets;
mod shell;
mod standby;
mod vertical;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use waard_model::Topology;
use waard_model::artifact::{Artifact, ArtifactPath};
use waard_model::spec::EntryPath;
use waard_model::topology::{Environment, Region};

use file::File;

/// What an object is made for: one region of one environment of a platform.
#[derive(Clone, Copy)]
pub(crate) struct Site<'t> {
    pub(crate) topology: &'t Topology,
    pub(crate) environment: &'t Environment,
    pub(crate) region: &'t Region,
}

impl<'t> Site<'t> {
    /// The path of a file of this cluster.
    pub(crate) fn file(&self, folder: Option<&str>, name: &str) -> ArtifactPath {
        let head = ["kubernetes", self.environment.name().as_str(), self.region.cluster().name()];
        ArtifactPath::new(head.into_iter().chain(folder).chain([name]))
    }

    /// The folder of this cluster below one of the tops of the output, such as `kubernetes`.
    pub(crate) fn folder(&self, top: &str) -> String {
        format!("{top}/{}/{}", self.environment.name(), self.region.cluster().name())
    }

    /// The path of a file in such a folder.
    pub(crate) fn beside(&self, top: &str, rest: &[&str]) -> ArtifactPath {
        let head = [top, self.environment.name().as_str(), self.region.cluster().name()];
        ArtifactPath::new(head.into_iter().chain(rest.iter().copied()))
    }

    /// The same for another region of the environment.
    pub(crate) fn with(&self, region: &'t Region) -> Self {
        Self { region, ..*self }
    }

    /// The name of an object: the platform's name and `name`.
    pub(crate) fn object(&self, name: &str) -> String {
        format!("{}-{name}", self.topology.platform())
    }

    /// True if the pods of the platform have a mesh's proxy beside them.
    pub(crate) fn has_mesh(&self) -> bool {
        self.topology.spec().mesh.is_some()
    }

    /// True if requests enter through the mesh's gateway, which is there where something is exposed.
    pub(crate) fn has_gateway(&self) -> bool {
        self.topology.entry() == EntryPath::Mesh && self.region.is_exposed()
    }

    /// The namespaces of the workloads that run here, and of the Kafka clusters.
    pub(crate) fn namespaces(&self) -> BTreeSet<&'t str> {
        let workloads = self.region.workloads().values().map(|workload| workload.namespace().as_str());
        workloads.chain(self.region.stores().values().filter_map(|store| store.kafka_namespace())).collect()
    }

    /// True if workloads run in a namespace: otherwise it is one of data only.
    pub(crate) fn has_workloads(&self, namespace: &str) -> bool {
        self.region.workloads().values().any(|workload| workload.namespace().as_str() == namespace)
    }

    /// A file of this cluster in a folder, with its place.
    pub(crate) fn placed(&self, folder: &str, name: &str, file: File) -> Placed {
        let artifact = file.finish(self.file(Some(folder), name));
        Placed { folder: folder.to_owned(), name: name.to_owned(), artifact }
    }
}

/// Every file of every cluster, in the order of their paths, and the README that says what is there.
pub fn emit(topology: &Topology) -> Vec<Artifact> {
    let mut artifacts: Vec<Artifact> =
        topology.regions().flat_map(|(environment, region)| emit_region(topology, environment, region)).collect();
    artifacts.extend(emit_shared(topology));
    artifacts.sort_by(|a, b| a.path().cmp(b.path()));
    artifacts
}

/// The files that belong to no single cluster.
pub fn emit_shared(topology: &Topology) -> Vec<Artifact> {
    vec![readme::readme(topology)]
}

/// A file among those that a kustomization gathers.
pub(crate) struct Placed {
    /// Its folder: a namespace, or [`cluster::FOLDER`] for what belongs to none.
    pub(crate) folder: String,
    /// The name of the file.
    pub(crate) name: String,
    /// The file.
    pub(crate) artifact: Artifact,
}

/// Every concern, in the order of their names, with the files that it has in a cluster.
/// What belongs to one workload is written by [`workload`], what belongs to one namespace by [`namespace`].
const CONCERNS: &[fn(Site<'_>) -> Vec<Placed>] = &[
    autoscaler::files,
    cluster::files,
    controllers::files,
    ingress::files,
    kafka::files,
    mesh::files,
    monitoring::files,
    namespace::files,
    secrets::files,
    workload::files,
];

/// The files of one cluster, in no particular order.
pub fn emit_region(topology: &Topology, environment: &Environment, region: &Region) -> Vec<Artifact> {
    let site = Site { topology, environment, region };
    let mut artifacts = Vec::with_capacity(region.workloads().len() * 2 + 16);
    let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for placed in objects(site) {
        folders.entry(placed.folder).or_default().push(placed.name);
        artifacts.push(placed.artifact);
    }
    for (folder, files) in &folders {
        artifacts.push(kustomize::gathering(site, site.file(Some(folder), kustomize::FILE), files));
    }
    let top: Vec<String> = folders.keys().cloned().collect();
    artifacts.push(kustomize::gathering(site, site.file(None, kustomize::FILE), &top));
    let made = Made { folders: &folders, artifacts: &artifacts };
    let mut beside = eksctl::artifacts(site);
    beside.extend(install::artifacts(site));
    let failover = standby::artifacts(site, &made);
    // What a failover adds must be allowed by Argo CD's projects too.
    artifacts.extend(failover);
    beside.extend(gitops::artifacts(site, &Made { folders: &folders, artifacts: &artifacts }));
    artifacts.extend(beside);
    artifacts
}

/// The Kubernetes objects of a cluster, in files.
pub(crate) fn objects(site: Site<'_>) -> impl Iterator<Item = Placed> {
    CONCERNS.iter().flat_map(move |files| files(site))
}

/// What was made of a cluster's Kubernetes objects, for what is made from that.
pub(crate) struct Made<'m> {
    /// The files of each folder.
    pub(crate) folders: &'m BTreeMap<String, Vec<String>>,
    pub(crate) artifacts: &'m [Artifact],
}

impl Made<'_> {
    /// The objects of a folder, each as kind and name.
    fn objects(&self, folder: &str) -> impl Iterator<Item = (&str, &str)> {
        let inside = move |artifact: &&Artifact| artifact.path().as_str().rsplit('/').nth(1) == Some(folder);
        let objects = self.artifacts.iter().filter(inside).flat_map(Artifact::objects);
        objects.filter_map(|object| object.name.split_once('/')).filter(|(kind, _)| *kind != "Kustomization")
    }

    /// The kinds of the objects of a folder.
    pub(crate) fn kinds(&self, folder: &str) -> BTreeSet<&str> {
        self.objects(folder).map(|(kind, _)| kind).collect()
    }
}

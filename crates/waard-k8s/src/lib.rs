//! Kubernetes objects for every cluster of a topology.
//!
//! [`emit`] turns a [`Topology`] into files; it can't fail, because a topology that exists is valid, and the same
//! topology always gives the same bytes. [`emit_region`] makes those of one cluster, for callers that work on
//! several at once. Objects are built with k8s-openapi's types and written as YAML by [`waard_model::yaml`].
//!
//! Layout: `kubernetes/<environment>/<cluster>/<namespace>/<workload>.yaml` and a `kustomization.yaml` in each folder;
//! `_cluster` holds what belongs to no namespace.

mod autoscaler;
mod cluster;
mod controllers;
mod custom;
mod eksctl;
mod file;
mod gitops;
mod headroom;
mod ingress;
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
mod standby;
mod vertical;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use waard_model::Topology;
use waard_model::artifact::{Artifact, ArtifactPath};
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

    /// The name of an object: the platform's name and `name`.
    pub(crate) fn object(&self, name: &str) -> String {
        format!("{}-{name}", self.topology.platform())
    }

    /// True if the pods of the platform have a mesh's proxy beside them.
    pub(crate) fn has_mesh(&self) -> bool {
        self.topology.spec().mesh.is_some()
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
    for placed in CONCERNS.iter().flat_map(|files| files(site)) {
        folders.entry(placed.folder).or_default().push(placed.name);
        artifacts.push(placed.artifact);
    }
    for (folder, files) in &folders {
        artifacts.push(kustomize::kustomization(site, Some(folder), files));
    }
    let top: Vec<String> = folders.into_keys().collect();
    artifacts.push(kustomize::kustomization(site, None, &top));
    artifacts.extend([eksctl::artifacts, gitops::artifacts, standby::artifacts].iter().flat_map(|files| files(site)));
    artifacts
}

//! Kubernetes objects for every cluster of a topology.
//!
//! [`emit`] turns a [`Topology`] into files; it can't fail, because a topology that exists is valid, and the same
//! topology always gives the same bytes. [`emit_region`] makes those of one cluster, for callers that work on
//! several at once. Objects are built with k8s-openapi's types and written as YAML by [`waard_model::yaml`].
//!
//! Layout: `kubernetes/<environment>/<cluster>/<namespace>/<workload>.yaml` and a `kustomization.yaml` in each folder;
//! `_cluster` holds what belongs to no namespace.

mod cluster;
mod file;
mod kustomize;
mod labels;
mod namespace;
mod network;
mod readme;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use waard_model::Topology;
use waard_model::artifact::{Artifact, ArtifactPath};
use waard_model::name::Namespace;
use waard_model::topology::{Environment, Region};

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

    /// The namespaces of the workloads that run here.
    fn namespaces(&self) -> BTreeSet<&'t Namespace> {
        self.region.workloads().values().map(|workload| workload.namespace()).collect()
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

/// The files of one cluster, in no particular order.
pub fn emit_region(topology: &Topology, environment: &Environment, region: &Region) -> Vec<Artifact> {
    let site = Site { topology, environment, region };
    let mut artifacts = Vec::with_capacity(region.workloads().len() * 2 + 4);
    let mut folders: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for namespace in site.namespaces() {
        artifacts.push(namespace::namespace(site, namespace));
        folders.entry(namespace.as_str()).or_default().push("namespace.yaml".to_owned());
    }
    for workload in region.workloads().values() {
        artifacts.push(workload::workload(site, workload));
        folders.entry(workload.namespace().as_str()).or_default().push(format!("{}.yaml", workload.name()));
    }
    for (name, artifact) in cluster::objects(site) {
        artifacts.push(artifact);
        folders.entry(cluster::FOLDER).or_default().push(name);
    }
    let top: Vec<String> = folders.keys().map(|folder| (*folder).to_owned()).collect();
    for (folder, files) in &folders {
        artifacts.push(kustomize::kustomization(site, Some(folder), files));
    }
    artifacts.push(kustomize::kustomization(site, None, &top));
    artifacts
}

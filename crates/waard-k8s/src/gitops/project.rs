//! Projects: what each application may take from where, and put where.

use std::collections::BTreeSet;

use waard_model::spec::GitopsSpec;
use waard_model::topology::reserved::SYSTEM_NAMESPACE;

use super::application::{argo_metadata, chart_repository, destination};
use super::{NAMESPACE, PROJECTS_WAVE, new_file};
use crate::controllers::controllers;
use crate::custom::Custom;
use crate::custom::argo::{AppProject, Destination, GroupKind};
use crate::file::File;
use crate::{Made, Site, cluster};

const fn kind(group: &'static str, kind: &'static str) -> GroupKind {
    GroupKind { group, kind }
}

/// Every kind that belongs to no namespace and is among the objects of a cluster, by kind.
/// Those that a cluster has are allowed there, and no others.
const CLUSTER_KINDS: [GroupKind; 14] = [
    kind("rbac.authorization.k8s.io", "ClusterRole"),
    kind("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    kind("external-secrets.io", "ClusterSecretStore"),
    kind("karpenter.k8s.aws", "EC2NodeClass"),
    kind("gateway.networking.k8s.io", "GatewayClass"),
    kind("networking.k8s.io", "IngressClass"),
    kind("elbv2.k8s.aws", "IngressClassParams"),
    kind("", "Namespace"),
    kind("karpenter.sh", "NodePool"),
    kind("scheduling.k8s.io", "PriorityClass"),
    kind("storage.k8s.io", "StorageClass"),
    kind("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    kind("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    kind("storage.k8s.io", "VolumeAttributesClass"),
];

/// What charts of controllers make that belongs to no namespace.
const CHART_KINDS: [GroupKind; 13] = [
    kind("", "Namespace"),
    kind("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    kind("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    kind("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    kind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    kind("apiextensions.k8s.io", "CustomResourceDefinition"),
    kind("apiregistration.k8s.io", "APIService"),
    kind("elbv2.k8s.aws", "IngressClassParams"),
    kind("networking.k8s.io", "IngressClass"),
    kind("rbac.authorization.k8s.io", "ClusterRole"),
    kind("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    kind("scheduling.k8s.io", "PriorityClass"),
    kind("storage.k8s.io", "CSIDriver"),
];

/// The objects of Argo CD itself: who may make them, may do what Argo CD may.
const ARGO: &str = "argoproj.io";

const ANYTHING: GroupKind = kind("*", "*");

/// The project of the root application: Argo CD's own objects in its own namespace.
pub(super) fn root(site: Site<'_>, gitops: &GitopsSpec) -> Custom<AppProject> {
    let spec = AppProject {
        description: "What says which applications there are.",
        source_repos: vec![gitops.repository.to_string()],
        destinations: vec![destination(Some(NAMESPACE))],
        namespace_resource_whitelist: ["AppProject", "Application", "ApplicationSet"]
            .map(|name| kind(ARGO, name))
            .to_vec(),
        ..AppProject::default()
    };
    Custom { metadata: argo_metadata(site, "root", PROJECTS_WAVE), spec }
}

/// All other projects.
pub(super) fn file(site: Site<'_>, gitops: &GitopsSpec, made: &Made<'_>) -> File {
    let mut file = new_file(site);
    let mut add = |name, spec| file.custom(&Custom { metadata: argo_metadata(site, name, PROJECTS_WAVE), spec });
    add("cluster", of_cluster(gitops, made));
    add("controllers", of_controllers(site));
    // Argo CD has this project by itself, and lets everything pass through it.
    let nothing = AppProject {
        description: "Nothing: every application names its project.",
        namespace_resource_blacklist: vec![ANYTHING],
        ..AppProject::default()
    };
    add("default", nothing);
    add("platform", of_namespaces(gitops, made));
    file
}

/// What belongs to no namespace: exactly the kinds that this cluster has.
fn of_cluster(gitops: &GitopsSpec, made: &Made<'_>) -> AppProject {
    AppProject {
        description: "What belongs to no namespace.",
        source_repos: vec![gitops.repository.to_string()],
        destinations: vec![destination(Some("*"))],
        cluster_resource_whitelist: allowed(&made.kinds(cluster::FOLDER)),
        namespace_resource_blacklist: vec![ANYTHING],
        ..AppProject::default()
    }
}

/// What the platform has in its namespaces, and nothing of Argo CD.
fn of_namespaces(gitops: &GitopsSpec, made: &Made<'_>) -> AppProject {
    let namespaces = made.folders.keys().filter(|folder| *folder != cluster::FOLDER);
    let mut kinds = BTreeSet::new();
    for namespace in namespaces.clone() {
        kinds.extend(made.kinds(namespace));
    }
    AppProject {
        description: "The namespaces of the platform.",
        source_repos: vec![gitops.repository.to_string()],
        destinations: namespaces.map(|namespace| destination(Some(namespace))).collect(),
        cluster_resource_whitelist: allowed(&kinds),
        namespace_resource_blacklist: vec![kind(ARGO, "*")],
        ..AppProject::default()
    }
}

fn of_controllers(site: Site<'_>) -> AppProject {
    let controllers = controllers(site);
    let repositories: BTreeSet<&str> =
        controllers.iter().map(|controller| chart_repository(&controller.repository)).collect();
    // Several charts put a role or a service beside what they watch.
    let namespaces: BTreeSet<&str> =
        controllers.iter().map(|controller| controller.namespace.as_str()).chain([SYSTEM_NAMESPACE]).collect();
    let destinations: Vec<Destination> = namespaces.into_iter().map(|name| destination(Some(name))).collect();
    AppProject {
        description: "Controllers and operators, from the repositories of their charts.",
        source_repos: repositories.into_iter().map(str::to_owned).collect(),
        destinations,
        cluster_resource_whitelist: CHART_KINDS.to_vec(),
        ..AppProject::default()
    }
}

fn allowed(kinds: &BTreeSet<&str>) -> Vec<GroupKind> {
    CLUSTER_KINDS.iter().filter(|allowed| kinds.contains(allowed.kind)).copied().collect()
}

//! What Argo CD installs and keeps in a cluster.
//!
//! Argo CD runs in each cluster and pulls for that cluster alone, so that a standby region needs nothing of the region
//! that is lost. `root.yaml` is all that is applied by hand: it keeps the folder that it stands in, and that folder
//! says everything else: projects, one application for each chart, one for what belongs to no namespace, and a set
//! that makes one for each namespace's folder. Waves put them in order, for which Argo CD must judge the health of
//! applications: the values of its chart say how.

mod application;
mod project;

use waard_model::artifact::Artifact;
use waard_model::path::ModelPath;
use waard_model::spec::GitopsSpec;
use waard_model::topology::reserved::ARGOCD_NAMESPACE;

use crate::controllers::controllers;
use crate::file::File;
use crate::{Made, Site, kustomize};

/// The top of the folders of Argo CD's objects.
pub(crate) const TOP: &str = "gitops";

/// When projects are applied: before the applications that belong to them.
const PROJECTS_WAVE: i32 = -100;

/// When what belongs to no namespace is applied: after the controllers that own kinds of it, and before those that
/// keep data, because they need its storage class.
pub(crate) const CLUSTER_WAVE: i32 = 50;

/// When the namespaces of the platform are applied: after all controllers.
const PLATFORM_WAVE: i32 = 100;

/// How Argo CD judges the health of applications. It doesn't by itself since 1.8, and waves of applications would
/// not wait for anything.
/// Source: Argo CD documentation, "Resource Health", `argocd-app`.
pub(crate) const APPLICATION_HEALTH: &str = "\
hs = {}
hs.status = \"Progressing\"
hs.message = \"\"
if obj.status ~= nil and obj.status.health ~= nil then
  hs.status = obj.status.health.status
  if obj.status.health.message ~= nil then
    hs.message = obj.status.health.message
  end
end
return hs
";

/// The files outside of the folder of Kubernetes objects.
pub(crate) fn artifacts(site: Site<'_>, made: &Made<'_>) -> Vec<Artifact> {
    let Some(gitops) = &site.topology.spec().gitops else {
        return Vec::new();
    };
    let mut files = vec![("root.yaml", root(site, gitops)), ("projects.yaml", project::file(site, gitops, made))];
    let controllers = controllers(site);
    if !controllers.is_empty() {
        let mut file = new_file(site);
        for controller in &controllers {
            file.custom(&application::of_controller(site, controller));
        }
        files.push(("controllers.yaml", file));
    }
    let mut file = new_file(site);
    file.custom(&application::of_cluster(site, gitops));
    file.custom(&application::of_namespaces(site, gitops));
    files.push(("platform.yaml", file));

    let names: Vec<String> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
    let at = |name: &str| site.beside(TOP, &[name]);
    let mut artifacts = vec![kustomize::gathering(site, at("kustomization.yaml"), &names)];
    artifacts.extend(files.into_iter().map(|(name, file)| file.finish(at(name))));
    artifacts
}

/// What is applied by hand: the application that keeps all others, and the project that lets it.
fn root(site: Site<'_>, gitops: &GitopsSpec) -> File {
    let mut file = new_file(site);
    file.custom(&project::root(site, gitops));
    file.custom(&application::root(site, gitops));
    file
}

fn new_file(site: Site<'_>) -> File {
    File::new(ModelPath::of(["gitops"]), &site.region.path())
}

/// Where a folder of the output stands in the repository.
pub(crate) fn in_repository(gitops: &GitopsSpec, folder: &str) -> String {
    match &gitops.path {
        Some(path) => format!("{path}/{folder}"),
        None => folder.to_owned(),
    }
}

/// The `path` of the application of each namespace's folder, where `top` is `kubernetes` or, after a failover, `failover`.
/// What Argo CD puts in for the namespace is all that is a template here: addresses, revisions and folders of a
/// topology can't hold braces.
pub(crate) fn namespace_path(site: Site<'_>, gitops: &GitopsSpec, top: &str) -> String {
    format!("{}/{{{{ .path.basename }}}}", in_repository(gitops, &site.folder(top)))
}

/// The name of the application of a namespace.
pub(crate) fn namespace_application(namespace: &str) -> String {
    format!("namespace-{namespace}")
}

/// The name of the set that makes an application of each namespace.
pub(crate) const PLATFORM: &str = "platform";

/// The namespace that all of it stands in.
const NAMESPACE: &str = ARGOCD_NAMESPACE;

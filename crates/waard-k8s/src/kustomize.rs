//! The `kustomization.yaml` of each folder, so that a cluster is applied as a whole.

use serde::Serialize;
use waard_model::artifact::{Artifact, ArtifactPath};

use crate::Site;
use crate::file::File;

/// The name of the file.
pub(crate) const FILE: &str = "kustomization.yaml";

/// A Kustomization with the fields that are used here.
/// Source: sigs.k8s.io/kustomize `api/types/kustomization.go`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kustomization<'a> {
    api_version: &'static str,
    kind: &'static str,
    resources: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    patches: &'a [Patch],
}

/// What is different of an object, as a strategic merge patch. It stands in the kustomization: a file of its own would
/// look like a whole object, and be none.
#[derive(Serialize)]
pub(crate) struct Patch {
    pub(crate) patch: String,
}

/// The kustomization at `path` of `resources`, which are files or folders beside it.
pub(crate) fn gathering(site: Site<'_>, path: ArtifactPath, resources: &[String]) -> Artifact {
    patching(site, path, resources, &[])
}

/// The same with patches.
pub(crate) fn patching(site: Site<'_>, path: ArtifactPath, resources: &[String], patches: &[Patch]) -> Artifact {
    let mut resources = resources.to_vec();
    resources.sort();
    let kustomization = Kustomization {
        api_version: "kustomize.config.k8s.io/v1beta1",
        kind: "Kustomization",
        resources: &resources,
        patches,
    };
    let mut file = File::new(site.region.path(), &site.region.path());
    let folder = path.as_str().rsplit('/').nth(1).unwrap_or_default().to_owned();
    file.document("Kustomization", &folder, &kustomization);
    file.finish(path)
}

//! The `kustomization.yaml` of each folder, so that a cluster is applied as a whole.

use serde::Serialize;
use waard_model::artifact::Artifact;

use crate::Site;
use crate::file::File;

/// A Kustomization with the fields that are used here.
/// Source: sigs.k8s.io/kustomize `api/types/kustomization.go`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kustomization<'a> {
    api_version: &'static str,
    kind: &'static str,
    resources: &'a [String],
}

/// The kustomization of a folder that holds `resources`, which are files or folders beside it.
pub(crate) fn kustomization(site: Site<'_>, folder: Option<&str>, resources: &[String]) -> Artifact {
    let mut resources = resources.to_vec();
    resources.sort();
    let kustomization =
        Kustomization { api_version: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources: &resources };
    let mut file = File::new(site.region.path(), &site.region.path());
    file.document("Kustomization", folder.unwrap_or(site.region.cluster().name()), &kustomization);
    file.finish(site.file(folder, "kustomization.yaml"))
}

//! What a failover changes in a standby region, and the runbook that says how.
//!
//! A standby region is emitted twice: as it stands by, and as it is once it has taken over
//! ([`Environment::after_failover`]). The difference is an overlay, one folder for each namespace, in which
//! `added.yaml` holds what comes and patches say what changes or goes. So every concern says by itself what it is in a
//! region that serves, and nothing is said twice: least numbers of pods, scheduled work, migrations, mirrors that stop.
//!
//! [`Environment::after_failover`]: waard_model::topology::Environment::after_failover

mod overlay;
mod runbook;
pub(crate) use runbook::FOLDER as RUNBOOKS;
pub(crate) mod steps;

use std::collections::{BTreeMap, BTreeSet};

use waard_model::artifact::{Artifact, Object};

use crate::file::{File, documents};
use crate::{Made, Site, kustomize, objects};
use overlay::Change;

/// The top of the overlays.
pub(crate) const TOP: &str = "failover";

/// The field of the set of applications that a failover changes.
pub(crate) const SWITCH: &str = "/spec/template/spec/source/path";

/// What changes in a cluster, by folder and object.
pub(crate) type Changes<'c> = BTreeMap<&'c str, Vec<Change<'c>>>;

/// Documents by folder, and by kind and name.
type Documents<'d> = BTreeMap<&'d str, BTreeMap<&'d str, (&'d Object, &'d str)>>;

/// The files outside of the folder of Kubernetes objects.
pub(crate) fn artifacts(site: Site<'_>, made: &Made<'_>) -> Vec<Artifact> {
    let Some(serving) = site.environment.after_failover(site.region) else {
        return Vec::new();
    };
    let serving: Vec<_> = objects(Site { region: &serving, ..site }).collect();
    let before = by_object(
        made.artifacts
            .iter()
            .filter(|artifact| !artifact.path().as_str().ends_with(kustomize::FILE))
            .filter_map(|artifact| Some((artifact.path().as_str().rsplit('/').nth(1)?, artifact))),
    );
    let after = by_object(serving.iter().map(|placed| (placed.folder.as_str(), &placed.artifact)));
    let folders: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let nothing = BTreeMap::new();
    let of = |folder: &str| {
        let (before, after) = (before.get(folder).unwrap_or(&nothing), after.get(folder).unwrap_or(&nothing));
        overlay::changes(before, after)
    };
    let changes: Changes<'_> = folders.into_iter().map(|folder| (folder, of(folder))).collect();

    let mut artifacts = Vec::new();
    for (folder, changes) in &changes {
        artifacts.extend(overlay_of(site, folder, made.folders.contains_key(*folder), changes));
    }
    let all: Vec<String> = changes.keys().map(|folder| (*folder).to_owned()).collect();
    artifacts.push(kustomize::gathering(site, site.beside(TOP, &[kustomize::FILE]), &all));
    artifacts.push(runbook::runbook(site, &changes));
    artifacts
}

fn by_object<'d>(artifacts: impl Iterator<Item = (&'d str, &'d Artifact)>) -> Documents<'d> {
    let mut found = Documents::new();
    for (folder, artifact) in artifacts {
        let folder = found.entry(folder).or_default();
        folder.extend(documents(artifact).map(|(object, text)| (object.name.as_str(), (object, text))));
    }
    found
}

/// The overlay of a folder: what stands by, what is added, what changes.
fn overlay_of(site: Site<'_>, folder: &str, stands_by: bool, changes: &[Change<'_>]) -> Vec<Artifact> {
    let mut added = File::new(site.region.path(), &site.region.path());
    let mut patches = Vec::new();
    for change in changes {
        match change {
            Change::Added(object, text) => added.copy(object, text),
            Change::Patched { patch, .. } => patches.push(kustomize::Patch { patch: patch.clone() }),
        }
    }
    let mut resources = Vec::new();
    if stands_by {
        resources.push(format!("../../../../{}/{folder}", site.folder("kubernetes")));
    }
    let mut artifacts = Vec::new();
    if !added.is_empty() {
        resources.push("added.yaml".to_owned());
        artifacts.push(added.finish(site.beside(TOP, &[folder, "added.yaml"])));
    }
    let path = site.beside(TOP, &[folder, kustomize::FILE]);
    artifacts.push(kustomize::patching(site, path, &resources, &patches));
    artifacts
}

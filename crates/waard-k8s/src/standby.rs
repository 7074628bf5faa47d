//! What a failover changes, and the runbook that says how.

use waard_model::artifact::Artifact;

use crate::Site;

/// The files outside of the folder of Kubernetes objects.
pub(crate) fn artifacts(_site: Site<'_>) -> Vec<Artifact> {
    Vec::new()
}

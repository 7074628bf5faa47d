//! API versions that Kubernetes served once and serves no longer.

use crate::fact::Source;
use crate::minor::Minor;
use crate::table::{Record, Row, RowError};

/// A kind in an API version that a release of Kubernetes stopped serving.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemovedApi {
    /// The API version, such as `policy/v1beta1`.
    pub api_version: String,
    /// The kind, such as `PodDisruptionBudget`.
    pub kind: String,
    /// The first minor that doesn't serve it.
    pub removed: Minor,
    /// The API version that serves the kind instead; `None` if none does.
    pub instead: Option<String>,
    /// Where that was read.
    pub source: Source,
}

impl Record for RemovedApi {
    type Key = (String, String);
    const COLUMNS: &'static [&'static str] =
        &["api_version", "kind", "removed_in", "use_instead", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self {
            api_version: row.text("api_version")?,
            kind: row.text("kind")?,
            removed: row.minor("removed_in")?,
            instead: row.optional_text("use_instead")?,
            source: row.source()?,
        })
    }

    fn key(&self) -> Self::Key {
        (self.api_version.clone(), self.kind.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{REMOVED_APIS, catalog};
    use crate::table::assert_sound;

    #[test]
    fn every_row_is_sound() {
        assert_sound::<RemovedApi>(REMOVED_APIS);
    }

    #[test]
    fn what_to_use_instead_is_not_removed_itself() {
        for row in catalog().removed_apis() {
            let instead = row.instead.as_deref().and_then(|instead| catalog().removed_api(instead, &row.kind));
            assert_eq!(instead, None, "{} {}", row.api_version, row.kind);
        }
    }

    #[test]
    fn the_guide_to_migration_says_the_same() {
        // https://kubernetes.io/docs/reference/using-api/deprecation-guide/
        for (api_version, kind, minor) in [
            ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", 32),
            ("flowcontrol.apiserver.k8s.io/v1beta2", "PriorityLevelConfiguration", 29),
            ("storage.k8s.io/v1beta1", "CSIStorageCapacity", 27),
            ("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", 26),
            ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 26),
            ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 25),
            ("policy/v1beta1", "PodSecurityPolicy", 25),
            ("batch/v1beta1", "CronJob", 25),
            ("extensions/v1beta1", "Ingress", 22),
            ("extensions/v1beta1", "Deployment", 16),
        ] {
            let removed = catalog().removed_api(api_version, kind).unwrap().removed;
            assert_eq!(removed, Minor::new(1, minor), "{api_version} {kind}");
        }
        assert_eq!(catalog().removed_api("networking.k8s.io/v1", "Ingress"), None);
    }
}

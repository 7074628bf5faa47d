//! Versions of EKS managed add-ons that someone was seen to run.
//!
//! AWS publishes the list only through `DescribeAddonVersions`, which needs an account.
//! So a version here is a sighting, and most newer minors have none: let the provider resolve the newest
//! (`most_recent`) unless the topology pins one.

use waard_model::spec::{Addon, Spec};
use waard_model::topology::Cluster;

use crate::catalog::catalog;
use crate::fact::Source;
use crate::minor::Minor;
use crate::table::{Record, Row, RowError};

/// What is known of an add-on's version for one Kubernetes minor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AddonVersion {
    /// The add-on's name in the EKS API, such as `vpc-cni`.
    pub addon: String,
    /// The cluster's minor.
    pub kubernetes: Minor,
    /// A version that exists, `v<upstream>-eksbuild.<n>`; `None` where none was found. Not necessarily the newest.
    pub version: Option<String>,
    /// Where it was seen, or that it was looked for.
    pub source: Source,
}

impl Record for AddonVersion {
    type Key = (String, Minor);
    const COLUMNS: &'static [&'static str] = &["addon", "kubernetes", "version", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let found = Self {
            addon: row.text("addon")?,
            kubernetes: row.minor("kubernetes")?,
            version: row.optional_text("version")?,
            source: row.source()?,
        };
        match &found.version {
            Some(version) if !is_build(version) => Err(row.wrong("version", "is not `v<upstream>-eksbuild.<n>`")),
            version if version.is_some() != found.source.confidence.is_usable() => {
                Err(row.wrong("confidence", "must be `not-found` exactly where there is no version"))
            }
            _ => Ok(found),
        }
    }

    fn key(&self) -> (String, Minor) {
        (self.addon.clone(), self.kubernetes)
    }
}

/// The version of an add-on that the topology says, or else one that is known to exist for the cluster's Kubernetes.
/// Never "latest": the same topology has to make the same cluster tomorrow. `None` where nobody knows one.
pub fn addon_version(cluster: &Cluster, addon: Addon) -> Option<String> {
    let mut said = cluster.settings().addon_versions.iter();
    if let Some((_, version)) = said.find(|(name, _)| name.as_str() == addon.as_str()) {
        return Some(version.to_string());
    }
    catalog().addon(addon.as_str(), Minor::new(1, cluster.version().number()))?.version.clone()
}

/// Network policies are enforced by the CNI only if it is told to. Addresses come in blocks of 16, so that a node has as
/// many pods as it is told to, and not as its network cards would have single addresses.
/// Source: Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies", "Assign more IP addresses to
/// Amazon EKS nodes with prefixes".
const CNI_ENFORCING: &str =
    r#"{"enableNetworkPolicy":"true","env":{"ENABLE_PREFIX_DELEGATION":"true","WARM_PREFIX_TARGET":"1"}}"#;
const CNI_NOT_ENFORCING: &str =
    r#"{"enableNetworkPolicy":"false","env":{"ENABLE_PREFIX_DELEGATION":"true","WARM_PREFIX_TARGET":"1"}}"#;

/// The settings of an add-on, as JSON. `None` where its own ones are right.
pub const fn addon_settings(spec: &Spec, addon: Addon) -> Option<&'static str> {
    match addon {
        Addon::VpcCni if spec.network_policy.enforced => Some(CNI_ENFORCING),
        Addon::VpcCni => Some(CNI_NOT_ENFORCING),
        _ => None,
    }
}

fn is_build(version: &str) -> bool {
    version.strip_prefix('v').and_then(|rest| rest.split_once("-eksbuild.")).is_some_and(|(upstream, build)| {
        upstream.split('.').count() == 3
            && upstream.split('.').all(|part| part.parse::<u16>().is_ok())
            && build.parse::<u16>().is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ADDONS, catalog};
    use crate::table::assert_sound;

    #[test]
    fn every_row_is_sound_and_kube_proxy_has_the_clusters_minor() {
        for row in assert_sound::<AddonVersion>(ADDONS) {
            if let (Some(version), "kube-proxy") = (&row.version, row.addon.as_str()) {
                assert!(version.starts_with(&format!("v{}.", row.kubernetes)), "{version} on {}", row.kubernetes);
            }
        }
    }

    #[test]
    fn a_version_nobody_published_is_none() {
        let on = |minor: &str| catalog().addon("coredns", minor.parse().unwrap());
        assert_eq!(on("1.35").unwrap().version.as_deref(), Some("v1.14.3-eksbuild.3"));
        assert_eq!(on("1.37").unwrap().version, None);
        assert_eq!(on("1.20"), None);
    }
}

//! EKS add-ons: which, at which version, with which settings and roles.

use waard_catalog::{Minor, catalog};
use waard_model::spec::Addon as AddonKind;
use waard_model::topology::Identity;

use super::pod_identity;
use crate::Site;
use crate::custom::eksctl::Addon;

/// Network policies are enforced by the CNI only if it is told to. Addresses come in blocks of 16, so that a node has as
/// many pods as it is told to, and not as its network cards would have single addresses.
/// Source: Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies", "Assign more IP addresses to
/// Amazon EKS nodes with prefixes".
const CNI_ENFORCING: &str =
    r#"{"enableNetworkPolicy":"true","env":{"ENABLE_PREFIX_DELEGATION":"true","WARM_PREFIX_TARGET":"1"}}"#;
const CNI_NOT_ENFORCING: &str =
    r#"{"enableNetworkPolicy":"false","env":{"ENABLE_PREFIX_DELEGATION":"true","WARM_PREFIX_TARGET":"1"}}"#;

/// The add-ons of the topology, in its order.
pub(super) fn addons<'i>(site: Site<'_>, identities: &'i [Identity]) -> Vec<Addon<'i>> {
    let addon = |kind: &AddonKind| Addon {
        name: kind.as_str(),
        version: version(site, *kind),
        configuration_values: match kind {
            AddonKind::VpcCni if site.topology.spec().network_policy.enforced => Some(CNI_ENFORCING),
            AddonKind::VpcCni => Some(CNI_NOT_ENFORCING),
            _ => None,
        },
        pod_identity_associations: identities
            .iter()
            .filter(|identity| identity.addon == Some(*kind))
            .map(pod_identity)
            .collect(),
    };
    site.region.cluster().settings().addons.iter().map(addon).collect()
}

/// The version that the topology says, or else one that is known to exist for the cluster's Kubernetes. Never "latest":
/// the same file has to make the same cluster tomorrow.
fn version(site: Site<'_>, addon: AddonKind) -> Option<String> {
    let cluster = site.region.cluster();
    let mut said = cluster.settings().addon_versions.iter();
    if let Some((_, version)) = said.find(|(name, _)| name.as_str() == addon.as_str()) {
        return Some(version.to_string());
    }
    catalog().addon(addon.as_str(), Minor::new(1, cluster.version().number()))?.version.clone()
}

/// Those that nobody knows a version of.
pub(super) fn without_version(site: Site<'_>) -> Vec<&'static str> {
    let all = site.region.cluster().settings().addons.iter();
    all.filter(|addon| version(site, **addon).is_none()).map(|addon| addon.as_str()).collect()
}

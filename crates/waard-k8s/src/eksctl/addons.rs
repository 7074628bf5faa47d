//! EKS add-ons: which, at which version, with which settings and roles.

use waard_catalog::{addon_settings, addon_version};
use waard_model::spec::Addon as AddonKind;
use waard_model::topology::Identity;

use super::pod_identity;
use crate::Site;
use crate::custom::eksctl::Addon;

/// The add-ons of the topology, in its order.
pub(super) fn addons<'i>(site: Site<'_>, identities: &'i [Identity]) -> Vec<Addon<'i>> {
    let addon = |kind: &AddonKind| Addon {
        name: kind.as_str(),
        version: addon_version(site.region.cluster(), *kind),
        configuration_values: addon_settings(site.topology.spec(), *kind),
        pod_identity_associations: identities
            .iter()
            .filter(|identity| identity.addon == Some(*kind))
            .map(pod_identity)
            .collect(),
    };
    site.region.cluster().settings().addons.iter().map(addon).collect()
}

/// Those that nobody knows a version of.
pub(super) fn without_version(site: Site<'_>) -> Vec<&'static str> {
    let all = site.region.cluster().settings().addons.iter();
    all.filter(|addon| addon_version(site.region.cluster(), **addon).is_none()).map(|addon| addon.as_str()).collect()
}

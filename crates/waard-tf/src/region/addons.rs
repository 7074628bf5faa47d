//! EKS add-ons: which, at which version, with which settings and roles.
//!
//! What makes a node a node is there before nodes are: without the CNI none becomes ready. What runs on any node comes
//! after them: an add-on whose pods have nowhere to run counts as failed.

use waard_catalog::{addon_settings, addon_version};
use waard_model::spec::Addon as AddonKind;

use super::cluster::ControlPlane;
use super::identities::AddonRole;
use crate::resource::eks::{Addon, AddonIdentity};
use crate::root::{Address, Meta, Root};
use crate::site::Site;
use crate::value::Json;

/// Add-ons that consist of a pod on each node, or of nothing else that a node needs to become ready.
const fn is_of_nodes(addon: AddonKind) -> bool {
    matches!(addon, AddonKind::VpcCni | AddonKind::KubeProxy | AddonKind::PodIdentity)
}

pub(crate) fn before_nodes<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    cluster: &ControlPlane<'r>,
    roles: &[AddonRole<'r>],
) -> Vec<Address<'r>> {
    root.file("addons", "What EKS itself keeps in the cluster.");
    addons(root, site, cluster, roles, is_of_nodes, &[])
}

pub(crate) fn after_nodes<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    cluster: &ControlPlane<'r>,
    roles: &[AddonRole<'r>],
    nodes: &[Address<'r>],
) {
    root.file("addons", "");
    addons(root, site, cluster, roles, |addon| !is_of_nodes(addon), nodes);
}

fn addons<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    cluster: &ControlPlane<'r>,
    roles: &[AddonRole<'r>],
    wanted: impl Fn(AddonKind) -> bool,
    after: &[Address<'r>],
) -> Vec<Address<'r>> {
    root.from(site.region.cluster().path().key("addons"));
    let mut made = Vec::new();
    for kind in site.region.cluster().settings().addons.iter().copied().filter(|addon| wanted(*addon)) {
        let own = roles.iter().filter(|role| role.addon == kind);
        let version = addon_version(site.region.cluster(), kind);
        if version.is_none() {
            let minor = site.region.cluster().version();
            root.why(format!("No version is known for Kubernetes {minor}, so EKS's default one is installed."));
            root.why("To hold it, name it under `addon_versions` of the cluster profile.");
        }
        let addon = Addon {
            addon_version: version.map(Into::into),
            configuration_values: addon_settings(site.topology.spec(), kind)
                .and_then(|text| serde_json::from_str(text).ok())
                .map(|value: serde_json::Value| Json::of(&value)),
            // What is said here is what holds.
            resolve_conflicts_on_create: Some("OVERWRITE"),
            resolve_conflicts_on_update: Some("OVERWRITE"),
            pod_identity_association: Some(
                own.clone().map(|role| AddonIdentity::new(role.service_account.as_str(), &role.role)).collect(),
            ),
            ..Addon::new(&cluster.name, kind.as_str())
        };
        let depends_on = after.iter().chain(own.flat_map(|role| &role.rights)).cloned().collect();
        made.push(root.resource_as(kind.as_str(), addon, Meta { depends_on, ..Meta::default() }).address());
    }
    made
}

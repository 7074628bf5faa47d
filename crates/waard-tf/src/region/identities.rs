//! What pods may do in AWS: a role for each identity of the cluster, which its service account gets through EKS Pod Identity.

use waard_model::spec::Addon;
use waard_model::topology::Identity;
use waard_model::topology::identity::Policy;

use super::Base;
use super::cluster::{ControlPlane, arn};
use crate::kind::{PolicyArn, RoleArn};
use crate::policy::{Statement, policy};
use crate::resource::eks::PodIdentityAssociation;
use crate::resource::iam::{Role, RolePolicy, RolePolicyAttachment};
use crate::root::{Address, Root};
use crate::site::Site;
use crate::value::{Json, Ref, Value};

/// The role of an add-on's service account.
pub(crate) struct AddonRole<'r> {
    pub(crate) addon: Addon,
    pub(crate) service_account: String,
    pub(crate) role: Ref<'r, RoleArn>,
    /// What the role is of no use without.
    pub(crate) rights: Vec<Address<'r>>,
}

/// The roles of add-ons, which their add-on is told of; the others are told to EKS here.
pub(crate) fn identities<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    base: &Base<'r>,
    cluster: &ControlPlane<'r>,
) -> Vec<AddonRole<'r>> {
    root.file("identities", "What pods may do in AWS, each service account with a role of its own.");
    let mut of_addons = Vec::new();
    for identity in site.topology.identities(site.environment, site.region) {
        let own =
            site.region.workloads().values().find(|workload| workload.name().as_str() == workload_of(site, &identity));
        root.from(own.map_or_else(|| site.region.cluster().path(), |workload| workload.path()));
        let label = label(site, &identity);
        let description = format!("{}/{}", identity.namespace, identity.service_account);
        let role = root.resource(
            &label,
            Role {
                description: Some(description.into()),
                ..Role::new(identity.role.as_str(), trust(site, base, &identity))
            },
        );
        let mut rights = Vec::new();
        if !identity.statements.is_empty() {
            let allowed = RolePolicy::new("allowed", role.name(), document(Policy(&identity.statements)));
            rights.push(root.resource(&label, allowed).address());
        }
        for managed in &identity.managed {
            let managed: Value<'r, PolicyArn> = managed.into();
            rights.push(root.resource(&label, RolePolicyAttachment::new(role.name(), managed)).address());
        }
        if let Some(addon) = identity.addon {
            of_addons.push(AddonRole { addon, service_account: identity.service_account, role: role.arn(), rights });
        } else {
            let association =
                PodIdentityAssociation::new(&cluster.name, identity.namespace, identity.service_account, role.arn());
            root.resource(&label, association);
        }
    }
    of_addons
}

/// The workload whose role it is, if it is one's.
fn workload_of<'i>(site: Site<'_>, identity: &'i Identity) -> &'i str {
    identity.role.strip_prefix(site.cluster()).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default()
}

/// Workloads among each other, and apart from what the cluster itself runs.
fn label(site: Site<'_>, identity: &Identity) -> String {
    match identity.role.strip_prefix(site.cluster()).and_then(|rest| rest.strip_prefix('.')) {
        Some(system) => format!("system_{system}"),
        None => format!("workload_{}", workload_of(site, identity)),
    }
}

/// Only pods of that service account in this cluster get the role.
/// Source: Amazon EKS User Guide, "Create IAM role with trust policy required by EKS Pod Identity", "Grant Pods access to
/// AWS resources based on tags".
fn trust<'r>(site: Site<'_>, base: &Base<'r>, identity: &Identity) -> Json<'r> {
    policy([Statement::allow("Assume", &["sts:AssumeRole", "sts:TagSession"])
        .service("pods.eks.amazonaws.com")
        .when("StringEquals", "aws:RequestTag/eks-cluster-arn", Json::from(arn(site, base)))
        .when("StringEquals", "aws:RequestTag/kubernetes-namespace", identity.namespace.as_str())
        .when("StringEquals", "aws:RequestTag/kubernetes-service-account", identity.service_account.as_str())])
}

/// The order in which people write a policy.
const ORDER: [&str; 7] = ["Version", "Sid", "Effect", "Action", "Resource", "Condition", "Statement"];

fn document<'r>(policy: Policy<'_>) -> Json<'r> {
    ordered(&serde_json::to_value(policy).unwrap_or_default())
}

fn ordered<'r>(value: &serde_json::Value) -> Json<'r> {
    match value {
        serde_json::Value::Object(map) => {
            let mut pairs: Vec<_> = map.iter().collect();
            pairs.sort_by_key(|(key, _)| ORDER.iter().position(|known| known == key).unwrap_or(ORDER.len()));
            Json::object(pairs.into_iter().map(|(key, value)| (key.as_str(), ordered(value))))
        }
        serde_json::Value::Array(values) => Json::list(values.iter().map(ordered)),
        other => Json::of(other),
    }
}

//! The cluster of a region, where Terraform makes it: its control plane, and in which order the rest follows.
//!
//! Where eksctl makes it, only what Karpenter needs beforehand is here.

use waard_model::spec::{Provisioner, SupportType};
use waard_model::topology::SERVICE_CIDR;

use super::{Base, addons, identities, karpenter, node_groups};
use crate::kind::{ClusterName, PolicyArn, RoleArn, SecurityGroupId, Text};
use crate::policy::{Statement, policy};
use crate::resource::eks::{
    AccessConfig, Cluster, EncryptionConfig, EncryptionProvider, NetworkConfig, UpgradePolicy, VpcConfig,
};
use crate::resource::iam::{Role, RolePolicyAttachment};
use crate::resource::logs::LogGroup;
use crate::root::{Address, Handle, Meta, Root};
use crate::site::{Site, days};
use crate::value::{Json, Ref, Value, join};

/// What others need of a cluster that Terraform makes.
pub(crate) struct ControlPlane<'r> {
    pub(crate) name: Ref<'r, ClusterName>,
    pub(crate) version: Ref<'r, Text>,
    /// The security group that EKS makes: of the control plane's addresses and of all nodes.
    pub(crate) security_group: Ref<'r, SecurityGroupId>,
}

pub(crate) fn cluster<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) {
    if site.environment.provisioner() == Provisioner::Eksctl {
        karpenter::karpenter(root, site, base, None);
        return;
    }
    let made = control_plane(root, site, base);
    let roles = identities::identities(root, site, base, &made);
    let first = addons::before_nodes(root, site, &made, &roles);
    let groups = node_groups::node_groups(root, site, base, &made, &first);
    addons::after_nodes(root, site, &made, &roles, &groups);
    karpenter::karpenter(root, site, base, Some(&made));
}

/// The ARN of the cluster, before it is there.
pub(crate) fn arn<'r>(site: Site<'_>, base: &Base<'r>) -> Value<'r, Text> {
    let start = format!("arn:{}:eks:{}:", site.partition(), site.region.name());
    join([start.into(), (&base.account).into(), format!(":cluster/{}", site.cluster()).into()])
}

fn control_plane<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) -> ControlPlane<'r> {
    let settings = site.region.cluster().settings();
    root.from(site.region.cluster().path());
    root.file("cluster", "The control plane: who reaches it, what it encrypts and what it records.");
    let mut before = log_group(root, site, base);
    let (role, attached) = role(root, site, base);
    before.extend(attached);
    root.why("Only access entries say who may do what. The first one belongs to whoever makes the cluster: the topology names");
    root.why("nobody, and without one nobody could get in. EKS takes this setting only when a cluster is made.");
    let public = &settings.endpoint.public_from;
    let cluster = Cluster {
        enabled_cluster_log_types: Some(settings.logs.types.iter().map(|log| log.as_str()).collect()),
        // What EKS would install by itself is among the add-ons, at their versions.
        bootstrap_self_managed_addons: Some(false),
        deletion_protection: Some(true),
        access_config: Some(AccessConfig {
            bootstrap_cluster_creator_admin_permissions: Some(true),
            ..AccessConfig::new("API")
        }),
        kubernetes_network_config: Some(NetworkConfig {
            service_ipv4_cidr: Some(SERVICE_CIDR.into()),
            ..NetworkConfig::new()
        }),
        encryption_config: Some(EncryptionConfig::new(["secrets"], EncryptionProvider::new(&base.keys.cluster))),
        upgrade_policy: Some(UpgradePolicy::new(match settings.support {
            SupportType::Standard => "STANDARD",
            SupportType::Extended => "EXTENDED",
        })),
        ..Cluster::new(
            site.cluster(),
            site.region.cluster().version().to_string(),
            role,
            VpcConfig {
                endpoint_private_access: Some(true),
                endpoint_public_access: Some(!public.is_empty()),
                public_access_cidrs: (!public.is_empty()).then(|| public.iter().map(ToString::to_string).collect()),
                ..VpcConfig::new(base.network.private_in(site.region.zones()))
            },
        )
    };
    let cluster = root.resource_as("main", cluster, Meta { depends_on: before, ..Meta::default() });
    outputs(root, &cluster)
}

fn outputs<'r>(root: &mut Root<'r>, cluster: &Handle<'r, Cluster<'r>>) -> ControlPlane<'r> {
    let security_group = cluster.first("vpc_config", "cluster_security_group_id");
    root.output("cluster_name", "The cluster.", &cluster.name());
    root.output("cluster_endpoint", "Where its API answers.", &cluster.endpoint());
    root.output(
        "cluster_security_group_id",
        "The security group of the control plane and of all nodes.",
        &security_group,
    );
    ControlPlane { name: cluster.name(), version: cluster.version(), security_group }
}

/// Made before the cluster: EKS would make one that keeps everything forever.
fn log_group<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) -> Vec<Address<'r>> {
    let logs = &site.region.cluster().settings().logs;
    if logs.types.is_empty() {
        return Vec::new();
    }
    let days = days(logs.retention).unwrap_or_default();
    let group = LogGroup {
        kms_key_id: Some((&base.keys.logs).into()),
        ..LogGroup::new(format!("/aws/eks/{}/cluster", site.cluster()), days)
    };
    root.why("There before the cluster: EKS would make one that keeps everything forever.");
    vec![root.resource("cluster", group).address()]
}

/// The role of the control plane, for this cluster alone, and what must be attached to it before there is a cluster.
/// Source: Amazon EKS User Guide, "Amazon EKS cluster IAM role", "Cross-service confused deputy prevention in Amazon EKS".
fn role<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) -> (Ref<'r, RoleArn>, Vec<Address<'r>>) {
    let trust = policy([Statement::allow("Assume", &["sts:AssumeRole"])
        .service("eks.amazonaws.com")
        .when("StringEquals", "aws:SourceAccount", base.account.clone())
        .when("ArnEquals", "aws:SourceArn", Json::from(arn(site, base)))]);
    let role = Role { description: Some("The control plane.".into()), ..Role::new(part(site, "cluster"), trust) };
    let role = root.resource("cluster", role);
    let attached = attach(root, site, "cluster", &role, "AmazonEKSClusterPolicy");
    (role.arn(), vec![attached])
}

/// `<cluster>.<part>`: something of the cluster itself, which no workload's name can be. IAM's 64 characters are enough for
/// parts no longer than the longest of [`waard_model::topology::SystemRole`], which the topology has room for.
pub(crate) fn part(site: Site<'_>, part: &str) -> String {
    format!("{}.{part}", site.cluster())
}

/// Gives a policy of AWS' own to a role.
pub(crate) fn attach<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    label: &str,
    role: &Handle<'r, Role<'r>>,
    policy: &str,
) -> Address<'r> {
    let arn: Value<'r, PolicyArn> = waard_model::topology::identity::managed_policy(site.region.name(), policy).into();
    root.resource(&format!("{label}_{policy}"), RolePolicyAttachment::new(role.name(), arn)).address()
}

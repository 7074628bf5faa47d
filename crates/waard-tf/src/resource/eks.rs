//! Clusters of EKS, their nodes, add-ons and identities.

use crate::kind::{
    AddonName, ClusterArn, ClusterName, KeyArn, LaunchTemplateId, LaunchTemplateVersion, NodeGroupName, RoleArn,
    SecurityGroupId, SubnetId, Text,
};
use crate::schema::{block, resource};
use crate::value::{Json, List, Map, Value};

resource! {
    /// A cluster.
    pub struct Cluster = "aws_eks_cluster" {
        required name: Value<'r, Text>,
        required version: Value<'r, Text>,
        required role_arn: Value<'r, RoleArn>,
        /// `api`, `audit`, `authenticator`, `controllerManager`, `scheduler`.
        optional enabled_cluster_log_types: List<'r, Text>,
        /// Whether EKS installs the VPC CNI, kube-proxy and CoreDNS in a form that is no add-on.
        optional bootstrap_self_managed_addons: bool,
        optional deletion_protection: bool,
        optional tags: Map<'r>,
        required vpc_config: VpcConfig<'r>,
        optional access_config: AccessConfig<'r>,
        optional kubernetes_network_config: NetworkConfig<'r>,
        optional encryption_config: EncryptionConfig<'r>,
        optional upgrade_policy: UpgradePolicy<'r>,
    }
    reads { name: ClusterName, arn: ClusterArn, endpoint: Text, version: Text }

    /// Nodes, which EKS starts, updates and drains.
    pub struct NodeGroup = "aws_eks_node_group" {
        required cluster_name: Value<'r, ClusterName>,
        required node_group_name: Value<'r, Text>,
        required node_role_arn: Value<'r, RoleArn>,
        required subnet_ids: List<'r, SubnetId>,
        optional version: Value<'r, Text>,
        optional ami_type: &'static str,
        /// `ON_DEMAND` or `SPOT`.
        optional capacity_type: &'static str,
        /// Not with one in the launch template.
        optional instance_types: List<'r, Text>,
        optional labels: Map<'r>,
        optional tags: Map<'r>,
        required scaling_config: ScalingConfig<'r>,
        /// At most 50.
        optional taint: Vec<Taint<'r>>,
        optional launch_template: GroupTemplate<'r>,
        optional update_config: UpdateConfig<'r>,
        optional node_repair_config: NodeRepairConfig<'r>,
    }
    reads { node_group_name: NodeGroupName }

    /// An add-on.
    pub struct Addon = "aws_eks_addon" {
        required cluster_name: Value<'r, ClusterName>,
        required addon_name: Value<'r, Text>,
        optional addon_version: Value<'r, Text>,
        optional configuration_values: Json<'r>,
        /// `NONE` or `OVERWRITE`.
        optional resolve_conflicts_on_create: &'static str,
        /// `NONE`, `OVERWRITE` or `PRESERVE`.
        optional resolve_conflicts_on_update: &'static str,
        optional tags: Map<'r>,
        optional pod_identity_association: Vec<AddonIdentity<'r>>,
    }
    reads { addon_name: AddonName }

    /// The role of a service account.
    pub struct PodIdentityAssociation = "aws_eks_pod_identity_association" {
        required cluster_name: Value<'r, ClusterName>,
        required namespace: Value<'r, Text>,
        required service_account: Value<'r, Text>,
        required role_arn: Value<'r, RoleArn>,
        optional tags: Map<'r>,
    }

    /// Lets a principal of IAM into a cluster.
    pub struct AccessEntry = "aws_eks_access_entry" {
        required cluster_name: Value<'r, ClusterName>,
        required principal_arn: Value<'r, RoleArn>,
        optional r#type: &'static str,
        optional tags: Map<'r>,
    }
}

block! {
    /// Where a cluster is, and who reaches its API.
    pub struct VpcConfig {
        required subnet_ids: List<'r, SubnetId>,
        optional security_group_ids: List<'r, SecurityGroupId>,
        optional endpoint_private_access: bool,
        optional endpoint_public_access: bool,
        /// Only with a public address.
        optional public_access_cidrs: List<'r, Text>,
    }

    /// How principals of IAM are let in.
    pub struct AccessConfig {
        /// `API`, `API_AND_CONFIG_MAP` or `CONFIG_MAP`.
        required authentication_mode: &'static str,
        optional bootstrap_cluster_creator_admin_permissions: bool,
    }

    /// Addresses of Services.
    pub struct NetworkConfig {
        optional service_ipv4_cidr: Value<'r, Text>,
    }

    /// What is encrypted in etcd.
    pub struct EncryptionConfig {
        required resources: List<'r, Text>,
        required provider: EncryptionProvider<'r>,
    }

    /// With which key.
    pub struct EncryptionProvider {
        required key_arn: Value<'r, KeyArn>,
    }

    /// What happens when standard support ends.
    pub struct UpgradePolicy {
        /// `STANDARD` or `EXTENDED`.
        required support_type: &'static str,
    }

    /// How many nodes.
    pub struct ScalingConfig {
        required min_size: i64,
        required desired_size: i64,
        required max_size: i64,
    }

    /// A taint of nodes.
    pub struct Taint {
        required key: Value<'r, Text>,
        required value: Value<'r, Text>,
        /// `NO_SCHEDULE`, `NO_EXECUTE` or `PREFER_NO_SCHEDULE`.
        required effect: &'static str,
    }

    /// What the instances of a node group are started from.
    pub struct GroupTemplate {
        required id: Value<'r, LaunchTemplateId>,
        required version: Value<'r, LaunchTemplateVersion>,
    }

    /// How nodes are replaced: exactly one of number and share.
    pub struct UpdateConfig {
        optional max_unavailable: i64,
        optional max_unavailable_percentage: i64,
    }

    /// Whether EKS replaces nodes that are broken.
    pub struct NodeRepairConfig {
        required enabled: bool,
    }

    /// The role of a service account of an add-on.
    pub struct AddonIdentity {
        required service_account: Value<'r, Text>,
        required role_arn: Value<'r, RoleArn>,
    }
}

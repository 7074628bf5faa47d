//! `eksctl.io/v1alpha5`: the ClusterConfig that eksctl makes a cluster of.
//!
//! It is no object of a cluster, and has no `spec`.
//! Source: eksctl 0.231 `pkg/apis/eksctl.io/v1alpha5/types.go`.

use std::collections::BTreeMap;

use serde::Serialize;
use waard_model::topology::identity::Policy;

type Text = BTreeMap<String, String>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClusterConfig<'t> {
    pub(crate) api_version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) metadata: Metadata,
    pub(crate) upgrade_policy: UpgradePolicy,
    pub(crate) kubernetes_network_config: NetworkConfig,
    pub(crate) vpc: Vpc,
    pub(crate) access_config: AccessConfig,
    pub(crate) iam: Iam<'t>,
    pub(crate) secrets_encryption: SecretsEncryption,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cloud_watch: Option<CloudWatch>,
    pub(crate) addons_config: AddonsConfig,
    pub(crate) addons: Vec<Addon<'t>>,
    pub(crate) managed_node_groups: Vec<ManagedNodeGroup>,
}

impl ClusterConfig<'_> {
    pub(crate) const API_VERSION: &'static str = "eksctl.io/v1alpha5";
    pub(crate) const KIND: &'static str = "ClusterConfig";
}

#[derive(Serialize)]
pub(crate) struct Metadata {
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) version: String,
    pub(crate) tags: Text,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpgradePolicy {
    pub(crate) support_type: &'static str,
}

#[derive(Serialize)]
pub(crate) struct NetworkConfig {
    #[serde(rename = "serviceIPv4CIDR")]
    pub(crate) service_ipv4_cidr: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Vpc {
    pub(crate) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cidr: Option<String>,
    pub(crate) subnets: Subnets,
    pub(crate) nat: Nat,
    pub(crate) cluster_endpoints: ClusterEndpoints,
    #[serde(rename = "publicAccessCIDRs", skip_serializing_if = "Vec::is_empty")]
    pub(crate) public_access_cidrs: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct Subnets {
    pub(crate) private: BTreeMap<String, Subnet>,
}

/// One of the two: eksctl finds a subnet by its id, or by zone and range in the VPC.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Subnet {
    Id(String),
    Cidr(String),
}

#[derive(Serialize)]
pub(crate) struct Nat {
    pub(crate) gateway: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClusterEndpoints {
    pub(crate) private_access: bool,
    pub(crate) public_access: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessConfig {
    pub(crate) authentication_mode: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) access_entries: Vec<AccessEntry>,
}

#[derive(Serialize)]
pub(crate) struct AccessEntry {
    #[serde(rename = "principalARN")]
    pub(crate) principal_arn: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Iam<'t> {
    #[serde(rename = "withOIDC")]
    pub(crate) with_oidc: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) pod_identity_associations: Vec<PodIdentity<'t>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodIdentity<'t> {
    pub(crate) namespace: String,
    pub(crate) service_account_name: String,
    pub(crate) role_name: String,
    #[serde(rename = "permissionPolicyARNs", skip_serializing_if = "Vec::is_empty")]
    pub(crate) permission_policy_arns: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) permission_policy: Option<Policy<'t>>,
}

#[derive(Serialize)]
pub(crate) struct SecretsEncryption {
    #[serde(rename = "keyARN")]
    pub(crate) key_arn: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CloudWatch {
    pub(crate) cluster_logging: ClusterLogging,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClusterLogging {
    pub(crate) enable_types: Vec<&'static str>,
    pub(crate) log_retention_in_days: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddonsConfig {
    pub(crate) disable_default_addons: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Addon<'t> {
    pub(crate) name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) configuration_values: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) pod_identity_associations: Vec<PodIdentity<'t>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "these are eksctl's own")]
pub(crate) struct ManagedNodeGroup {
    pub(crate) name: String,
    pub(crate) ami_family: &'static str,
    pub(crate) instance_types: Vec<String>,
    pub(crate) spot: bool,
    pub(crate) min_size: u32,
    pub(crate) desired_capacity: u32,
    pub(crate) max_size: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) availability_zones: Vec<String>,
    pub(crate) private_networking: bool,
    pub(crate) volume_type: &'static str,
    pub(crate) volume_size: u64,
    pub(crate) volume_encrypted: bool,
    pub(crate) max_pods_per_node: u16,
    pub(crate) labels: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) taints: Vec<Taint>,
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub(crate) tags: Text,
    #[serde(rename = "propagateASGTags")]
    pub(crate) propagate_asg_tags: bool,
    #[serde(rename = "disableIMDSv1")]
    pub(crate) disable_imdsv1: bool,
    #[serde(rename = "disablePodIMDS")]
    pub(crate) disable_pod_imds: bool,
    pub(crate) iam: NodeIam,
    pub(crate) update_config: UpdateConfig,
    pub(crate) node_repair_config: NodeRepairConfig,
}

#[derive(Serialize)]
pub(crate) struct Taint {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) effect: &'static str,
}

#[derive(Serialize)]
pub(crate) struct NodeIam {
    #[serde(rename = "attachPolicyARNs")]
    pub(crate) attach_policy_arns: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateConfig {
    pub(crate) max_unavailable: u32,
}

#[derive(Serialize)]
pub(crate) struct NodeRepairConfig {
    pub(crate) enabled: bool,
}

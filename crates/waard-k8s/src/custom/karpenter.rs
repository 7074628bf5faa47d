//! `karpenter.sh/v1` and `karpenter.k8s.aws/v1`: what nodes Karpenter may start, and what they are like on EC2.
//! Source: aws/karpenter-provider-aws 1.14.1, `pkg/apis/crds`.

use serde::Serialize;

use super::kind;
use crate::labels::Labels;

/// Nodes of one sort.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NodePool {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) weight: Option<u32>,
    pub(crate) limits: Labels,
    pub(crate) disruption: Disruption,
    pub(crate) template: NodeTemplate,
}
kind!(NodePool, "karpenter.sh/v1", "NodePool");

/// When nodes may be taken away.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Disruption {
    pub(crate) consolidation_policy: &'static str,
    pub(crate) consolidate_after: String,
    pub(crate) budgets: Vec<Budget>,
}

/// How many at once.
#[derive(Serialize)]
pub(crate) struct Budget {
    pub(crate) nodes: String,
}

/// What each node is made from.
#[derive(Serialize)]
pub(crate) struct NodeTemplate {
    pub(crate) metadata: NodeMetadata,
    pub(crate) spec: NodeSpec,
}

/// What each node is labelled with.
#[derive(Serialize)]
pub(crate) struct NodeMetadata {
    pub(crate) labels: Labels,
}

/// What each node is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NodeSpec {
    pub(crate) node_class_ref: NodeClassRef,
    pub(crate) expire_after: String,
    pub(crate) requirements: Vec<Requirement>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) taints: Vec<NodeTaint>,
}

/// The class of a node.
#[derive(Serialize)]
pub(crate) struct NodeClassRef {
    pub(crate) group: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
}

/// What a node's label may be.
#[derive(Serialize)]
pub(crate) struct Requirement {
    pub(crate) key: &'static str,
    pub(crate) operator: &'static str,
    pub(crate) values: Vec<String>,
}

/// A taint of each node.
#[derive(Serialize)]
pub(crate) struct NodeTaint {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) effect: &'static str,
}

/// What nodes are like on EC2.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ec2NodeClass {
    pub(crate) ami_selector_terms: Vec<AmiTerm>,
    #[serde(rename = "associatePublicIPAddress")]
    pub(crate) associate_public_ip_address: bool,
    pub(crate) block_device_mappings: Vec<BlockDevice>,
    pub(crate) kubelet: Kubelet,
    pub(crate) metadata_options: MetadataOptions,
    pub(crate) role: String,
    pub(crate) security_group_selector_terms: Vec<SelectorTerm>,
    pub(crate) subnet_selector_terms: Vec<SelectorTerm>,
    pub(crate) tags: Labels,
}
kind!(Ec2NodeClass, "karpenter.k8s.aws/v1", "EC2NodeClass");

/// Which machine image.
#[derive(Serialize)]
pub(crate) struct AmiTerm {
    pub(crate) alias: String,
}

/// Something in AWS, by its tags or by its id.
#[derive(Serialize)]
pub(crate) struct SelectorTerm {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tags: Option<Labels>,
}

/// A disk.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BlockDevice {
    pub(crate) device_name: &'static str,
    pub(crate) root_volume: bool,
    pub(crate) ebs: Ebs,
}

/// A volume.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ebs {
    pub(crate) delete_on_termination: bool,
    pub(crate) encrypted: bool,
    pub(crate) volume_size: String,
    pub(crate) volume_type: &'static str,
}

/// What the kubelet is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Kubelet {
    pub(crate) max_pods: u16,
}

/// The metadata service of an instance.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are called what the resource calls them")]
pub(crate) struct MetadataOptions {
    pub(crate) http_endpoint: &'static str,
    #[serde(rename = "httpProtocolIPv6")]
    pub(crate) http_protocol_ipv6: &'static str,
    pub(crate) http_put_response_hop_limit: u8,
    pub(crate) http_tokens: &'static str,
}

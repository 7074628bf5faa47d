//! AWS Load Balancer Controller: `elbv2.k8s.aws`.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::Serialize;

use super::kind;

/// What all Ingresses of a class have in common; an Ingress can't say otherwise.
/// Source: kubernetes-sigs/aws-load-balancer-controller v3.5.0, `docs/guide/ingress/ingress_class.md`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IngressClassParams {
    pub(crate) namespace_selector: LabelSelector,
    pub(crate) group: Group,
    pub(crate) scheme: &'static str,
    pub(crate) ip_address_type: &'static str,
    pub(crate) target_type: &'static str,
    pub(crate) ssl_policy: String,
    pub(crate) ssl_redirect_port: &'static str,
    #[serde(rename = "inboundCIDRs", skip_serializing_if = "Vec::is_empty")]
    pub(crate) inbound_cidrs: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wafv2_acl_name: Option<String>,
    pub(crate) load_balancer_attributes: Vec<Pair>,
    pub(crate) tags: Vec<Pair>,
}
kind!(IngressClassParams, "elbv2.k8s.aws/v1beta1", "IngressClassParams");

/// Ingresses of one group have one load balancer.
#[derive(Serialize)]
pub(crate) struct Group {
    pub(crate) name: String,
}

/// An attribute of the load balancer, or a tag.
#[derive(Serialize)]
pub(crate) struct Pair {
    pub(crate) key: &'static str,
    pub(crate) value: String,
}

impl Pair {
    pub(crate) fn new(key: &'static str, value: impl Into<String>) -> Self {
        Self { key, value: value.into() }
    }
}

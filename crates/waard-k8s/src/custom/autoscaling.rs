//! `autoscaling.k8s.io/v1`: the Vertical Pod Autoscaler.
//! Source: kubernetes/autoscaler 1.7.1, `vertical-pod-autoscaler/pkg/apis/autoscaling.k8s.io/v1/types.go`.

use k8s_openapi::api::autoscaling::v2::CrossVersionObjectReference;
use serde::Serialize;

use super::kind;
use crate::labels::Labels;

/// Recommendations for the pods of one object.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerticalPodAutoscaler {
    pub(crate) target_ref: CrossVersionObjectReference,
    pub(crate) update_policy: UpdatePolicy,
    pub(crate) resource_policy: ResourcePolicy,
}
kind!(VerticalPodAutoscaler, "autoscaling.k8s.io/v1", "VerticalPodAutoscaler");

/// When what is recommended is used.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdatePolicy {
    /// `Off`, or `Initial`.
    pub(crate) update_mode: &'static str,
}

/// Bounds of recommendations.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResourcePolicy {
    pub(crate) container_policies: Vec<ContainerPolicy>,
}

/// What holds for a container, or with `*` for every other one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContainerPolicy {
    pub(crate) container_name: String,
    /// `Auto` or `Off`.
    pub(crate) mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_allowed: Option<Labels>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_allowed: Option<Labels>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) controlled_resources: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) controlled_values: Option<&'static str>,
}

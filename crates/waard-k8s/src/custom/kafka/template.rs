//! What Strimzi puts into the pods that it makes.

use k8s_openapi::api::core::v1::{Affinity, PodSecurityContext, SecurityContext, Toleration};
use serde::Serialize;

use crate::labels::Labels;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodTemplate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<PodMetadata>,
    pub(crate) security_context: PodSecurityContext,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) priority_class_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) affinity: Option<Affinity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tolerations: Option<Vec<Toleration>>,
    pub(crate) termination_grace_period_seconds: u16,
    pub(crate) enable_service_links: bool,
}

#[derive(Serialize)]
pub(crate) struct PodMetadata {
    pub(crate) labels: Labels,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContainerTemplate {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) env: Vec<EnvironmentVariable>,
    pub(crate) security_context: SecurityContext,
}

#[derive(Serialize)]
pub(crate) struct EnvironmentVariable {
    pub(crate) name: &'static str,
    pub(crate) value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisruptionBudget {
    pub(crate) max_unavailable: u16,
}

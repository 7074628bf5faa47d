//! Vertical Pod Autoscaler: recommends requests. It never evicts a pod, so its updater stays off, and its webhook runs
//! only where a workload has its requests set when a pod is made.

use k8s_openapi::api::core::v1::{PodSecurityContext, SecurityContext};
use serde::Serialize;
use waard_catalog::Installed;

use super::values::{CRITICAL, Enabled, OFF, Resources, container_security, pod_security, pods, replicas};
use super::written;
use crate::Site;

const ID: &str = "vertical-pod-autoscaler";

/// The user that the chart gives its pods: nobody.
const USER: i64 = 65_534;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    admission_controller: AdmissionController,
    container_security_context: SecurityContext,
    pod_security_context: PodSecurityContext,
    recommender: Recommender,
    updater: Enabled,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AdmissionController {
    enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority_class_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replicas: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Resources>,
}

#[derive(Serialize)]
struct Recommender {
    replicas: u32,
    resources: Resources,
}

pub(super) fn values(_: Site<'_>, installed: &Installed) -> String {
    let (webhook, recommender) =
        ("vertical-pod-autoscaler-admission-controller", "vertical-pod-autoscaler-recommender");
    let runs = pods(installed, webhook);
    written(&Values {
        admission_controller: AdmissionController {
            enabled: runs.is_some(),
            priority_class_name: runs.map(|_| CRITICAL),
            replicas: runs.map(|pods| pods.min),
            resources: runs.map(|_| Resources::of(ID, webhook, "admission-controller")),
        },
        container_security_context: container_security(),
        pod_security_context: PodSecurityContext { run_as_user: Some(USER), ..pod_security() },
        recommender: Recommender {
            replicas: replicas(installed, recommender),
            resources: Resources::of(ID, recommender, "recommender"),
        },
        updater: OFF,
    })
}

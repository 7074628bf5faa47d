//! `monitoring.coreos.com/v1`: what the Prometheus operator reads.
//! Source: prometheus-operator 0.93, `example/prometheus-operator-crd`.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::Serialize;

use super::kind;
use crate::labels::Labels;

/// Pods whose metrics are collected.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodMonitor {
    pub(crate) selector: LabelSelector,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) pod_target_labels: Vec<String>,
    pub(crate) pod_metrics_endpoints: Vec<PodMetricsEndpoint>,
}
kind!(PodMonitor, "monitoring.coreos.com/v1", "PodMonitor");

/// Where a pod has metrics.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodMetricsEndpoint {
    /// The name of a container's port.
    pub(crate) port: String,
    pub(crate) path: String,
    pub(crate) interval: String,
    pub(crate) scrape_timeout: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) relabelings: Vec<Relabeling>,
}

/// A change of what is known of a target before it is asked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Relabeling {
    pub(crate) action: &'static str,
    pub(crate) source_labels: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) regex: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replacement: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target_label: Option<&'static str>,
}

/// Rules of Prometheus.
#[derive(Serialize)]
pub(crate) struct PrometheusRule {
    pub(crate) groups: Vec<RuleGroup>,
}
kind!(PrometheusRule, "monitoring.coreos.com/v1", "PrometheusRule");

/// Rules that are evaluated one after the other.
#[derive(Serialize)]
pub(crate) struct RuleGroup {
    pub(crate) name: String,
    pub(crate) rules: Vec<Rule>,
}

/// A rule: what is recorded, or what is an alert.
#[derive(Serialize)]
pub(crate) struct Rule {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) record: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) alert: Option<&'static str>,
    pub(crate) expr: String,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub(crate) lasts: Option<String>,
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub(crate) labels: Labels,
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub(crate) annotations: Labels,
}

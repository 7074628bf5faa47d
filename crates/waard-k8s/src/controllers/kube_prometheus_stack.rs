//! Prometheus, Alertmanager, their operator, and kube-state-metrics.
//!
//! Grafana stays out: the topology has no dashboards, and whoever wants some brings one with a login of its own.
//! The exporter of nodes stays out too: it needs the host's processes and file systems, which the restricted level
//! refuses; the kubelet's metrics have CPU, memory and disk of nodes and pods.

mod alertmanager;
mod monitors;
mod prometheus;

use serde::Serialize;
use waard_catalog::Installed;

use super::values::{Enabled, OFF, Resources};
use super::written;
use crate::Site;
use alertmanager::Alertmanager;
use prometheus::Prometheus;

const ID: &str = "kube-prometheus-stack";
/// What the operator calls the `StatefulSet` of the chart's Prometheus.
const PROMETHEUS: &str = "prometheus-kube-prometheus-stack-prometheus";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    alertmanager: Alertmanager,
    default_rules: DefaultRules,
    grafana: Enabled,
    kube_controller_manager: Enabled,
    kube_etcd: Enabled,
    kube_proxy: Enabled,
    kube_scheduler: Enabled,
    #[serde(rename = "kube-state-metrics")]
    kube_state_metrics: StateMetrics,
    node_exporter: Enabled,
    prometheus: Prometheus,
    prometheus_operator: Operator,
}

/// Rules on what isn't scraped, which would say for ever that it is gone.
#[derive(Serialize)]
struct DefaultRules {
    rules: Rules,
}

#[expect(clippy::struct_excessive_bools, reason = "values are called what the chart calls them")]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rules {
    etcd: bool,
    kube_controller_manager: bool,
    kube_prometheus_node_recording: bool,
    kube_proxy: bool,
    kube_scheduler_alerting: bool,
    kube_scheduler_recording: bool,
    network: bool,
    node: bool,
    node_exporter_alerting: bool,
    node_exporter_recording: bool,
    windows: bool,
}

#[derive(Serialize)]
struct StateMetrics {
    resources: Resources,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Operator {
    admission_webhooks: Enabled,
    prometheus_config_reloader: Reloader,
    resources: Resources,
    tls: Enabled,
}

#[derive(Serialize)]
struct Reloader {
    resources: Resources,
}

pub(super) fn values(site: Site<'_>, installed: &Installed) -> String {
    written(&Values {
        alertmanager: alertmanager::values(site, installed),
        default_rules: DefaultRules {
            rules: Rules {
                etcd: false,
                kube_controller_manager: false,
                kube_prometheus_node_recording: false,
                kube_proxy: false,
                kube_scheduler_alerting: false,
                kube_scheduler_recording: false,
                network: false,
                node: false,
                node_exporter_alerting: false,
                node_exporter_recording: false,
                windows: false,
            },
        },
        grafana: OFF,
        // EKS runs these and shows nobody their metrics; kube-proxy shows its own to its node only.
        kube_controller_manager: OFF,
        kube_etcd: OFF,
        kube_proxy: OFF,
        kube_scheduler: OFF,
        kube_state_metrics: StateMetrics {
            resources: Resources::of(ID, "kube-prometheus-stack-kube-state-metrics", "kube-state-metrics"),
        },
        node_exporter: OFF,
        prometheus: prometheus::values(site, installed),
        prometheus_operator: Operator {
            // The rules of the platform are made and tested by waard; a webhook that refuses wrong ones would need
            // certificates, and stand in the way while it is away. The operator leaves a wrong rule out and says so.
            admission_webhooks: OFF,
            tls: OFF,
            prometheus_config_reloader: Reloader { resources: Resources::of(ID, PROMETHEUS, "config-reloader") },
            resources: Resources::of(ID, "kube-prometheus-stack-operator", "kube-prometheus-stack"),
        },
    })
}

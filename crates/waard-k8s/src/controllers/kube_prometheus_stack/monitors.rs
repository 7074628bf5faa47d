//! Monitors of the pods of controllers. They come with Prometheus rather than with each chart, so that no controller
//! has to wait for the kinds that Prometheus' operator brings. Those of the mesh and of Kafka stand with the platform's.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::Serialize;
use waard_model::topology::reserved::{
    ARGOCD_NAMESPACE, EXTERNAL_DNS_NAMESPACE, EXTERNAL_SECRETS_NAMESPACE, STRIMZI_NAMESPACE, SYSTEM_NAMESPACE,
};

use crate::Site;
use crate::controllers::of;
use crate::labels::selects;

/// A monitor, as the chart makes one of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodMonitor {
    job_label: &'static str,
    name: &'static str,
    namespace_selector: Namespaces,
    pod_metrics_endpoints: [Endpoint; 1],
    selector: LabelSelector,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Namespaces {
    match_names: [String; 1],
}

#[derive(Serialize)]
struct Endpoint {
    path: &'static str,
    port: &'static str,
}

/// Whose metrics are where: the chart, the pods' label, and the port's name.
struct Target {
    chart: &'static str,
    namespace: &'static str,
    label: (&'static str, &'static str),
    port: &'static str,
}

const NAME: &str = "app.kubernetes.io/name";

/// Source: labels and ports of the pods in the templates of each chart.
const TARGETS: [Target; 7] = [
    Target {
        chart: "argo-cd",
        namespace: ARGOCD_NAMESPACE,
        label: ("app.kubernetes.io/part-of", "argocd"),
        port: "metrics",
    },
    Target {
        chart: "aws-load-balancer-controller",
        namespace: SYSTEM_NAMESPACE,
        label: (NAME, "aws-load-balancer-controller"),
        port: "metrics-server",
    },
    Target { chart: "external-dns", namespace: EXTERNAL_DNS_NAMESPACE, label: (NAME, "external-dns"), port: "http" },
    Target {
        chart: "external-secrets",
        namespace: EXTERNAL_SECRETS_NAMESPACE,
        label: ("app.kubernetes.io/instance", "external-secrets"),
        port: "metrics",
    },
    Target { chart: "karpenter", namespace: SYSTEM_NAMESPACE, label: (NAME, "karpenter"), port: "http-metrics" },
    Target {
        chart: "strimzi-kafka-operator",
        namespace: STRIMZI_NAMESPACE,
        label: ("strimzi.io/kind", "cluster-operator"),
        port: "http",
    },
    Target {
        chart: "vertical-pod-autoscaler",
        namespace: SYSTEM_NAMESPACE,
        label: (NAME, "vertical-pod-autoscaler"),
        port: "prometheus",
    },
];

pub(super) fn monitors(site: Site<'_>) -> Vec<PodMonitor> {
    let installed = of(site);
    let monitoring = site.topology.spec().observability.metrics.namespace.to_string();
    let monitor = |chart, namespace, label, port| PodMonitor {
        job_label: NAME,
        name: chart,
        namespace_selector: Namespaces { match_names: [namespace] },
        pod_metrics_endpoints: [Endpoint { path: "/metrics", port }],
        selector: selects([label]),
    };
    let exporter = "prometheus-yet-another-cloudwatch-exporter";
    let is_there = |chart: &str| installed.iter().any(|installed| installed.is_chart(chart));
    let mut found: Vec<PodMonitor> = TARGETS
        .iter()
        .filter(|target| is_there(target.chart))
        .map(|target| monitor(target.chart, target.namespace.to_owned(), target.label, target.port))
        .collect();
    if is_there(exporter) {
        found.push(monitor(
            "cloudwatch-exporter",
            monitoring,
            ("app.kubernetes.io/instance", "cloudwatch-exporter"),
            "http",
        ));
    }
    found
}

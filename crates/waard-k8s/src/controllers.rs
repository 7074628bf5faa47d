//! The controllers and operators that a cluster needs, with the values of their charts, and their namespaces.
//!
//! Which ones, at which release and with which requests, is the catalog's knowledge; here are the values that make a
//! chart run that way. Each chart has a module with exactly the values that are set, as types. A test holds their paths
//! against the chart's own `values.yaml`.

mod argo_cd;
mod aws_load_balancer_controller;
mod cloudwatch_exporter;
mod external_dns;
mod external_secrets;
mod istio;
mod karpenter;
mod kube_prometheus_stack;
mod metrics_server;
mod namespaces;
mod nvidia_device_plugin;
mod strimzi;
mod values;
mod vertical_pod_autoscaler;

use serde::Serialize;
use waard_catalog::{By, Installed, installed};
use waard_model::yaml;

use crate::{Placed, Site};

/// A chart that a cluster has installed.
pub(crate) struct Controller {
    /// What it is called in its cluster: a DNS label.
    pub(crate) name: String,
    /// Its namespace.
    pub(crate) namespace: String,
    /// When it is installed: after everything with a lower number is there.
    pub(crate) wave: i32,
    /// Where its chart is: an `https://` Helm repository or an `oci://` prefix.
    pub(crate) repository: String,
    /// The name of the chart.
    pub(crate) chart: String,
    /// The version of the chart.
    pub(crate) version: String,
    /// The name of its Helm release.
    pub(crate) release: String,
    /// The values of the chart, as YAML.
    pub(crate) values: String,
}

/// A chart: what it is called, when it is installed, and its values.
struct Chart {
    /// What the catalog calls it.
    id: &'static str,
    /// The name of its release, and of the controller: objects of most charts are named after it.
    name: &'static str,
    wave: i32,
    values: fn(Site<'_>, &Installed) -> String,
}

/// Argo CD itself: it was there before.
const FIRST: i32 = 0;
/// What pods and other controllers rely on.
const BASE: i32 = 10;
/// The mesh's plugin and control plane.
const MESH: i32 = 20;
/// What runs in the mesh or makes nothing that others wait for.
const OTHERS: i32 = 30;
/// What keeps data, and so needs the storage class: after the folder of what belongs to no namespace.
const WITH_DATA: i32 = 60;

/// Every chart that a cluster may have, in the order of their waves.
const CHARTS: &[Chart] = &[
    Chart { id: "argo-cd", name: "argocd", wave: FIRST, values: argo_cd::values },
    Chart {
        id: "aws-load-balancer-controller",
        name: "aws-load-balancer-controller",
        wave: BASE,
        values: aws_load_balancer_controller::values,
    },
    Chart { id: "external-secrets", name: "external-secrets", wave: BASE, values: external_secrets::values },
    Chart { id: "base", name: "istio-base", wave: BASE, values: istio::base },
    Chart { id: "karpenter", name: "karpenter", wave: BASE, values: karpenter::values },
    Chart { id: "metrics-server", name: "metrics-server", wave: BASE, values: metrics_server::values },
    Chart {
        id: "nvidia-device-plugin",
        name: "nvidia-device-plugin",
        wave: BASE,
        values: nvidia_device_plugin::values,
    },
    Chart {
        id: "vertical-pod-autoscaler",
        name: "vertical-pod-autoscaler",
        wave: BASE,
        values: vertical_pod_autoscaler::values,
    },
    Chart { id: "cni", name: "istio-cni", wave: MESH, values: istio::cni },
    Chart { id: "istiod", name: "istiod", wave: MESH, values: istio::istiod },
    Chart {
        id: "prometheus-yet-another-cloudwatch-exporter",
        name: "cloudwatch-exporter",
        wave: OTHERS,
        values: cloudwatch_exporter::values,
    },
    Chart { id: "external-dns", name: "external-dns", wave: OTHERS, values: external_dns::values },
    Chart { id: "gateway", name: "istio-ingressgateway", wave: OTHERS, values: istio::gateway },
    Chart { id: "strimzi-kafka-operator", name: "strimzi", wave: OTHERS, values: strimzi::values },
    Chart {
        id: "kube-prometheus-stack",
        name: "kube-prometheus-stack",
        wave: WITH_DATA,
        values: kube_prometheus_stack::values,
    },
];

/// The controllers of a cluster, in the order of their waves.
pub(crate) fn controllers(site: Site<'_>) -> Vec<Controller> {
    let all = of(site);
    CHARTS
        .iter()
        .filter_map(|chart| {
            let installed = all.iter().find(|installed| installed.is_chart(chart.id))?;
            let By::Chart { component, release, .. } = installed.by else {
                return None;
            };
            Some(Controller {
                name: chart.name.to_owned(),
                namespace: installed.namespace.clone(),
                wave: chart.wave,
                repository: component.chart_repository.clone(),
                chart: chart.id.to_owned(),
                // A release without a chart would be the chart's own number: charts and releases of one line share it.
                version: release.chart_version.clone().unwrap_or_else(|| release.version.clone()),
                release: chart.name.to_owned(),
                values: (chart.values)(site, installed),
            })
        })
        .collect()
}

/// What the cluster of a site needs.
fn of(site: Site<'_>) -> Vec<Installed> {
    installed(site.topology, site.environment, site.region)
}

/// Values as the text that a chart reads.
fn written<T: Serialize>(values: &T) -> String {
    let mut text = String::with_capacity(2048);
    let written = yaml::append_with(&mut text, values, yaml::Options::KUBERNETES);
    // Only a type whose own `Serialize` fails can't be written. There is none here.
    debug_assert!(written.is_ok(), "values can't be written as YAML");
    text
}

/// The files that belong to no single workload: the namespaces of controllers.
pub(crate) fn files(site: Site<'_>) -> Vec<Placed> {
    namespaces::files(site)
}

#[cfg(test)]
mod tests;

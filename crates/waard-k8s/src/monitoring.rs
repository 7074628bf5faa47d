//! Metrics and alerts: which pods Prometheus asks, and what of the targets it watches.
//!
//! Controllers that a chart installs are asked as the values of Prometheus' own chart say, so that no chart waits for its
//! definitions; the mesh's gateway and control plane are asked from here.
//! Alerts have a severity: `page` wakes somebody, `ticket` waits for working hours.

mod budget;
mod cluster;
mod data;
mod dates;
pub(crate) mod rule;
mod workload;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use waard_model::path::ModelPath;
use waard_model::quantity::Duration;
use waard_model::spec::{EntryPath, WorkloadKind};
use waard_model::topology::Workload;
use waard_model::topology::reserved::{GATEWAY_LABEL, GATEWAY_NAMESPACE, MESH_NAMESPACE};

use crate::custom::Custom;
use crate::custom::monitoring::{PodMetricsEndpoint, PodMonitor, Relabeling, RuleGroup};
use crate::file::File;
use crate::labels::{self, common, metadata, selects, selects_app};
use crate::network::MESH_METRICS_PORT;
use crate::{Placed, Site};

/// The files that belong to no single workload: alerts on the cluster and its data, monitors of the mesh.
pub(crate) fn files(site: Site<'_>) -> Vec<Placed> {
    let namespace = site.topology.spec().observability.metrics.namespace.as_str();
    let mut placed = vec![site.placed(namespace, "alerts.yaml", alerts(site, namespace))];
    if site.has_mesh() {
        let mut file = File::new(ModelPath::of(["mesh"]), &site.region.path());
        file.custom(&Custom {
            metadata: metadata(site.object("istiod"), Some(MESH_NAMESPACE), common(site)),
            spec: pod_monitor(site, selects([("app", "istiod")]), "http-monitoring", "/metrics"),
        });
        placed.push(site.placed(MESH_NAMESPACE, "monitor.yaml", file));
    }
    let exposed = site.region.workloads().values().any(|workload| !workload.exposed().is_empty());
    if site.topology.entry() == EntryPath::Mesh && exposed {
        let mut file = File::new(ModelPath::of(["mesh"]), &site.region.path());
        file.custom(&Custom {
            metadata: metadata(site.object("gateway"), Some(GATEWAY_NAMESPACE), common(site)),
            spec: proxy_monitor(site, selects([("istio", GATEWAY_LABEL)])),
        });
        placed.push(site.placed(GATEWAY_NAMESPACE, "monitor.yaml", file));
    }
    placed
}

fn alerts(site: Site<'_>, namespace: &str) -> File {
    let mut file = File::new(site.region.path(), &site.region.path());
    let mut cluster: Vec<RuleGroup> = cluster::groups(site);
    cluster.extend(budget::of_balancer(site));
    for (name, groups) in [("cluster", cluster), ("data", data::groups(site)), ("dates", dates::groups(site))] {
        if let Some(rules) = rule::rules(site.object(name), namespace, common(site), groups) {
            file.custom(&rules);
        }
    }
    file
}

/// What a workload has of it, in the workload's file: how its metrics are collected, and its alerts.
pub(crate) fn of_workload(site: Site<'_>, workload: &Workload, file: &mut File) {
    let app = site.object(workload.name().as_str());
    let selector = selects_app(app.clone());
    let own = |name: String| metadata(name, Some(workload.namespace().as_str()), labels::of_workload(site, workload));
    let runs = workload.kind() == WorkloadKind::Service || !site.region.is_standby();
    let monitor = match &workload.spec().metrics {
        _ if !runs => None,
        _ if site.has_mesh() => Some(proxy_monitor(site, selector)),
        Some(metrics) => Some(pod_monitor(site, selector, metrics.port.as_str(), metrics.path.as_str())),
        None => None,
    };
    if let Some(spec) = monitor {
        file.custom(&Custom { metadata: own(app.clone()), spec });
    }
    let groups = workload::rules(site, workload);
    if let Some(rules) = rule::rules(app, workload.namespace().as_str(), labels::of_workload(site, workload), groups) {
        file.custom(&rules);
    }
}

/// A monitor of pods of the mesh. Their proxy shows its own metrics and those of the application on one port, which is
/// none of the ports that its container names, but the one that a scrape without the mesh's certificates may reach.
/// Source: Istio documentation, "Prometheus", and `samples/addons/extras/prometheus-operator.yaml`.
fn proxy_monitor(site: Site<'_>, selector: LabelSelector) -> PodMonitor {
    let mut monitor = pod_monitor(site, selector, "http-envoy-prom", "/stats/prometheus");
    for endpoint in &mut monitor.pod_metrics_endpoints {
        endpoint.relabelings.push(Relabeling {
            action: "replace",
            source_labels: vec!["__meta_kubernetes_pod_ip"],
            regex: Some("(.+)"),
            replacement: Some(format!("$1:{MESH_METRICS_PORT}")),
            target_label: Some("__address__"),
        });
    }
    monitor
}

/// A monitor of pods that show metrics on a port of a container.
pub(crate) fn pod_monitor(site: Site<'_>, selector: LabelSelector, port: &str, path: &str) -> PodMonitor {
    PodMonitor {
        selector,
        pod_target_labels: vec!["app".to_owned()],
        pod_metrics_endpoints: vec![endpoint(site, port, path)],
    }
}

/// A port of a container with metrics.
pub(crate) fn endpoint(site: Site<'_>, port: &str, path: &str) -> PodMetricsEndpoint {
    let interval = site.topology.spec().observability.metrics.interval;
    PodMetricsEndpoint {
        port: port.to_owned(),
        path: path.to_owned(),
        interval: interval.to_string(),
        // An answer may take ten seconds, Prometheus' default, but not longer than the interval.
        scrape_timeout: interval.min(Duration::seconds(10)).to_string(),
        relabelings: Vec::new(),
    }
}

//! Metrics and alerts: which pods Prometheus asks, and what of the targets it watches.
//!
//! Controllers that a chart installs bring monitors of their own; the mesh's charts have none, so theirs are here.
//! Alerts have a severity: `page` wakes somebody, `ticket` waits for working hours.

pub(crate) mod rule;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use waard_model::quantity::Duration;
use waard_model::topology::Workload;

use crate::custom::monitoring::{PodMetricsEndpoint, PodMonitor, Relabeling};
use crate::file::File;
use crate::{Placed, Site};

/// The files that belong to no single workload.
pub(crate) fn files(_site: Site<'_>) -> Vec<Placed> {
    Vec::new()
}

/// What a workload has of it, in the workload's file.
pub(crate) fn of_workload(_site: Site<'_>, _workload: &Workload, _file: &mut File) {}

/// A monitor of pods that show metrics on a port of a container.
pub(crate) fn pod_monitor(site: Site<'_>, selector: LabelSelector, port: &str, path: &str) -> PodMonitor {
    PodMonitor {
        selector,
        pod_target_labels: vec!["app".to_owned()],
        pod_metrics_endpoints: vec![endpoint(site, port, path)],
    }
}

fn endpoint(site: Site<'_>, port: &str, path: &str) -> PodMetricsEndpoint {
    let interval = site.topology.spec().observability.metrics.interval;
    PodMetricsEndpoint {
        port: port.to_owned(),
        path: path.to_owned(),
        interval: prometheus(interval),
        // An answer may take ten seconds, Prometheus' default, but not longer than the interval.
        scrape_timeout: prometheus(interval.min(Duration::seconds(10))),
        relabelings: Vec::new(),
    }
}

/// A duration as Prometheus reads it.
pub(crate) fn prometheus(duration: Duration) -> String {
    duration.to_string()
}

//! What Prometheus collects from the pods of a Kafka cluster and of its mirror.

use super::{CLUSTER, PART, Streams, mirror};
use crate::custom::Custom;
use crate::custom::monitoring::PodMonitor;
use crate::file::File;
use crate::labels::selects;
use crate::monitoring::endpoint;

/// Ports by name: brokers, controllers, exporter and mirror have the first, the operators of topics and users one each.
/// Source: Strimzi, `MetricsModel`, `EntityTopicOperator`, `EntityUserOperator`.
const PORTS: [&str; 3] = ["tcp-prometheus", "healthcheck-to", "healthcheck-uo"];

/// A pod has some of the ports; where one is missing, nothing is collected from it.
pub(super) fn add(streams: Streams<'_>, file: &mut File) {
    file.custom(&monitor(streams, &streams.name(), &PORTS));
    if mirror::is_here(streams) {
        file.custom(&monitor(streams, &mirror::name(streams), &["tcp-prometheus"]));
    }
}

fn monitor(streams: Streams<'_>, cluster: &str, ports: &[&'static str]) -> Custom<PodMonitor> {
    Custom {
        metadata: streams.metadata(format!("{cluster}.pods")),
        spec: PodMonitor {
            pod_target_labels: [CLUSTER, "strimzi.io/kind", PART].map(str::to_owned).to_vec(),
            pod_metrics_endpoints: ports.iter().map(|port| endpoint(streams.site, port, "/metrics")).collect(),
            selector: selects([(CLUSTER, cluster)]),
        },
    }
}

//! Prometheus: how often it asks, how long it keeps what it heard, and on which disk.

use k8s_openapi::api::core::v1::{PersistentVolumeClaimSpec, TopologySpreadConstraint, VolumeResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use serde::Serialize;
use waard_catalog::Installed;

use super::monitors::{PodMonitor, monitors};
use super::{ID, PROMETHEUS};
use crate::Site;
use crate::cluster::STORAGE_CLASS;
use crate::controllers::values::{Account, CRITICAL, Enabled, Map, ON, Resources, account, replicas, spread};

/// Series of a cluster of some hundred pods with proxies, which is what its memory is for too: an assumption.
const SERIES: u64 = 300_000;
/// Bytes of a sample on disk: Prometheus takes one to two.
/// Source: Prometheus documentation, "Storage", "Operational aspects".
const SAMPLE_BYTES: u64 = 2;
/// The part of the disk, in percent, that samples may take: the log of the last hours needs the rest.
const DISK_PERCENT: u64 = 80;
/// The smallest disk: IOPS and throughput of gp3 don't depend on the size.
const LEAST_GIB: u64 = 10;
/// The largest disk: EBS' own limit for gp3.
/// Source: Amazon EBS User Guide, "General Purpose SSD volumes", 64 TiB since 2025; 16 TiB everywhere.
const MOST_GIB: u64 = 16_384;

#[expect(clippy::struct_field_names, reason = "values are called what the chart calls them")]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Prometheus {
    additional_pod_monitors: Vec<PodMonitor>,
    pod_disruption_budget: Enabled,
    prometheus_spec: Spec,
    service_account: Account,
}

#[expect(
    clippy::struct_excessive_bools,
    clippy::struct_field_names,
    reason = "values are called what the chart calls them"
)]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    evaluation_interval: String,
    external_labels: Map,
    pod_monitor_selector_nil_uses_helm_values: bool,
    priority_class_name: &'static str,
    probe_selector_nil_uses_helm_values: bool,
    replicas: u32,
    resources: Resources,
    retention: String,
    retention_size: String,
    rule_selector_nil_uses_helm_values: bool,
    scrape_config_selector_nil_uses_helm_values: bool,
    scrape_interval: String,
    service_monitor_selector_nil_uses_helm_values: bool,
    storage_spec: Claim,
    topology_spread_constraints: Vec<TopologySpreadConstraint>,
}

/// A volume for each pod.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Claim {
    volume_claim_template: Template,
}

#[derive(Serialize)]
struct Template {
    spec: PersistentVolumeClaimSpec,
}

/// A volume of the platform's own storage class.
pub(super) fn claim(gib: u64) -> Claim {
    let size = [("storage".to_owned(), Quantity(format!("{gib}Gi")))];
    Claim {
        volume_claim_template: Template {
            spec: PersistentVolumeClaimSpec {
                access_modes: Some(vec!["ReadWriteOnce".to_owned()]),
                resources: Some(VolumeResourceRequirements {
                    requests: Some(size.into()),
                    ..VolumeResourceRequirements::default()
                }),
                storage_class_name: Some(STORAGE_CLASS.to_owned()),
                ..PersistentVolumeClaimSpec::default()
            },
        },
    }
}

pub(super) fn values(site: Site<'_>, installed: &Installed) -> Prometheus {
    let metrics = &site.topology.spec().observability.metrics;
    let interval = metrics.interval.to_string();
    let gib = disk_gib(metrics.retention.as_secs(), metrics.interval.as_secs());
    Prometheus {
        additional_pod_monitors: monitors(site),
        pod_disruption_budget: ON,
        prometheus_spec: Spec {
            evaluation_interval: interval.clone(),
            external_labels: Map::from([
                ("cluster", site.region.cluster().name().to_owned()),
                ("environment", site.environment.name().to_string()),
                ("region", site.region.name().to_string()),
            ]),
            priority_class_name: CRITICAL,
            replicas: replicas(installed, PROMETHEUS),
            resources: Resources::of(ID, PROMETHEUS, "prometheus"),
            retention: metrics.retention.to_string(),
            retention_size: format!("{}MB", gib * 1024 * DISK_PERCENT / 100),
            scrape_interval: interval,
            // Every monitor and rule of the cluster counts, not only those of this chart.
            pod_monitor_selector_nil_uses_helm_values: false,
            probe_selector_nil_uses_helm_values: false,
            rule_selector_nil_uses_helm_values: false,
            scrape_config_selector_nil_uses_helm_values: false,
            service_monitor_selector_nil_uses_helm_values: false,
            storage_spec: claim(gib),
            topology_spread_constraints: spread([("app.kubernetes.io/name", "prometheus")]),
        },
        service_account: account("prometheus"),
    }
}

/// The disk that holds so long at so many samples.
fn disk_gib(retention_secs: u64, interval_secs: u64) -> u64 {
    let samples = SERIES.saturating_mul(retention_secs) / interval_secs.max(1);
    let needed = samples.saturating_mul(SAMPLE_BYTES).saturating_mul(100) / DISK_PERCENT;
    needed.div_ceil(1 << 30).clamp(LEAST_GIB, MOST_GIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disk_follows_from_retention_and_interval() {
        // 300,000 series every 15 s for 15 days: 25.9 billion samples of two bytes, and a quarter more.
        assert_eq!(disk_gib(15 * 86_400, 15), 61);
        assert_eq!(disk_gib(3600, 60), LEAST_GIB);
        assert_eq!(disk_gib(u64::MAX, 0), MOST_GIB);
    }
}

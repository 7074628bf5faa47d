//! The exporter of what only CloudWatch measures: databases, caches, load balancers, certificates.

use k8s_openapi::api::core::v1::{EnvVar, PodSecurityContext, SecurityContext};
use serde::Serialize;
use waard_catalog::Installed;
use waard_model::topology::StoreKind;

use super::values::{Account, Resources, account, container_security, pod_security, region};
use super::written;
use crate::Site;

const NAME: &str = "cloudwatch-exporter";
/// The user that its image names, which has a name there and no number. Any number but root's will do.
const USER: i64 = 65_534;
/// CloudWatch has a value a minute, a few minutes late; the newest of the last five is asked for.
const MINUTE: u32 = 60;
const LATE: u32 = 300;
/// Certificate Manager says twice a day when a certificate ends.
const DAY: u32 = 86_400;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    config: String,
    extra_env: Vec<EnvVar>,
    fullname_override: &'static str,
    pod_security_context: PodSecurityContext,
    resources: Resources,
    security_context: SecurityContext,
    service_account: Account,
    test_connection: bool,
}

/// The exporter's own configuration.
/// Source: prometheus-community/yet-another-cloudwatch-exporter v0.67.0, `docs/configuration.md`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    api_version: &'static str,
    discovery: Discovery,
    #[serde(rename = "sts-region")]
    sts_region: String,
}

#[derive(Serialize)]
struct Discovery {
    jobs: Vec<Job>,
}

#[derive(Serialize)]
struct Job {
    length: u32,
    metrics: Vec<Metric>,
    period: u32,
    regions: [String; 1],
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metric {
    name: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    nil_to_zero: bool,
    statistics: [&'static str; 1],
}

/// A value that is missing where nothing was measured.
const fn gauge(name: &'static str, statistic: &'static str) -> Metric {
    Metric { name, statistics: [statistic], nil_to_zero: false }
}

/// A count that is missing where there was none.
const fn count(name: &'static str) -> Metric {
    Metric { name, statistics: ["Sum"], nil_to_zero: true }
}

pub(super) fn values(site: Site<'_>, _: &Installed) -> String {
    let name = site.region.name().to_string();
    let job = |kind, period, length, metrics| Job { kind, regions: [name.clone()], period, length, metrics };
    let has = |is: fn(&StoreKind) -> bool| site.region.stores().values().any(|store| is(store.kind()));
    let mut jobs = Vec::new();
    if site.region.workloads().values().any(|workload| !workload.exposed().is_empty()) {
        let metrics = vec![
            count("RequestCount"),
            count("HTTPCode_ELB_5XX_Count"),
            count("HTTPCode_Target_5XX_Count"),
            gauge("TargetResponseTime", "Average"),
            gauge("UnHealthyHostCount", "Maximum"),
        ];
        jobs.push(job("AWS/ApplicationELB", MINUTE, LATE, metrics));
        jobs.push(job("AWS/CertificateManager", DAY, DAY, vec![gauge("DaysToExpiry", "Minimum")]));
    }
    if has(|kind| matches!(kind, StoreKind::Cache(_))) {
        let metrics = vec![
            gauge("DatabaseMemoryUsagePercentage", "Maximum"),
            gauge("EngineCPUUtilization", "Maximum"),
            count("Evictions"),
            gauge("GlobalDatastoreReplicationLag", "Maximum"),
            gauge("ReplicationLag", "Maximum"),
        ];
        jobs.push(job("AWS/ElastiCache", MINUTE, LATE, metrics));
    }
    if has(|kind| matches!(kind, StoreKind::Database(_))) {
        let metrics = vec![
            gauge("CPUUtilization", "Average"),
            gauge("DatabaseConnections", "Maximum"),
            gauge("FreeStorageSpace", "Minimum"),
            gauge("ReplicaLag", "Maximum"),
        ];
        jobs.push(job("AWS/RDS", MINUTE, LATE, metrics));
    }
    let config = Config { api_version: "v1alpha1", sts_region: name.clone(), discovery: Discovery { jobs } };
    written(&Values {
        config: written(&config),
        extra_env: region(&name),
        fullname_override: NAME,
        pod_security_context: PodSecurityContext { run_as_user: Some(USER), ..pod_security() },
        resources: Resources::of(NAME, NAME, "prometheus-yet-another-cloudwatch-exporter"),
        security_context: container_security(),
        service_account: account(NAME),
        // A pod that only Helm's own tests would start.
        test_connection: false,
    })
}

//! Monitors and alerts: what is collected gets through the network policies, and what is promised has an alert.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;
use support::reach::{End, allowed};
use support::{Document, documents, fixture, items};
use waard_model::Topology;
use waard_model::strategy;

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// The topology of a fixture with something added to its text.
fn with(name: &str, more: &str) -> Topology {
    let text = format!("{}\n{more}", fixture(name).spec().to_yaml());
    waard_model::source::read(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}")).0
}

fn rules<'d>(documents: &[&'d Document]) -> Vec<&'d Value> {
    let rules = documents.iter().filter(|document| document.kind() == "PrometheusRule");
    rules.flat_map(|rule| items(&rule.value["spec"]["groups"])).flat_map(|group| items(&group["rules"])).collect()
}

fn alerts(topology: &Topology) -> BTreeSet<String> {
    let documents = documents(&waard_k8s::emit(topology));
    let all: Vec<&Document> = documents.iter().collect();
    rules(&all).iter().filter_map(|rule| rule["alert"].as_str()).map(str::to_owned).collect()
}

/// What is wrong with the alerts of a topology: every one can be told from all others of its cluster, says who has to do
/// what, and has no template that isn't closed.
fn alert_faults(topology: &Topology) -> Vec<String> {
    let documents = documents(&waard_k8s::emit(topology));
    let mut faults = Vec::new();
    for (environment, region) in topology.regions() {
        let folder = format!("{}/{}", environment.name(), region.cluster().name());
        let here: Vec<&Document> = documents.iter().filter(|document| document.cluster() == folder).collect();
        let mut seen = BTreeSet::new();
        for rule in rules(&here) {
            let name = rule["alert"].as_str().or(rule["record"].as_str()).unwrap();
            if !seen.insert((name.to_owned(), rule["labels"].to_string())) {
                faults.push(format!("{folder}: {name} is there twice with the labels {}", rule["labels"]));
            }
            if rule["record"].is_string() {
                continue;
            }
            if !["page", "ticket", "none"].iter().any(|severity| rule["labels"]["severity"] == *severity)
                || rule["labels"]["region"] != region.name().as_str()
            {
                faults.push(format!("{folder}: {name} has the labels {}", rule["labels"]));
            }
            for key in ["summary", "description", "action"] {
                let text = rule["annotations"][key].as_str().unwrap_or_default();
                if text.is_empty() || text.matches("{{").count() != text.matches("}}").count() {
                    faults.push(format!("{folder}: {key} of {name}: {text}"));
                }
            }
        }
    }
    faults
}

/// What is wrong with the monitors of workloads: each selects the pods of one, and the policies let Prometheus in.
fn monitor_faults(topology: &Topology) -> Vec<String> {
    let documents = documents(&waard_k8s::emit(topology));
    let prometheus = serde_json::json!({ "app.kubernetes.io/name": "prometheus" });
    let monitoring = topology.spec().observability.metrics.namespace.as_str();
    let mut faults = Vec::new();
    for (environment, region) in topology.regions() {
        let folder = format!("{}/{}", environment.name(), region.cluster().name());
        let here: Vec<&Document> = documents.iter().filter(|document| document.cluster() == folder).collect();
        let policies: Vec<&Document> = here.iter().copied().filter(|d| d.kind() == "NetworkPolicy").collect();
        for workload in region.workloads().values() {
            let name = format!("{}-{}", topology.platform(), workload.name());
            let monitor = here.iter().find(|d| d.kind() == "PodMonitor" && d.name() == name);
            let main = here.iter().find(|d| matches!(d.kind(), "Deployment" | "CronJob") && d.name() == name);
            let metrics = workload.spec().metrics.as_ref();
            let mesh = topology.spec().mesh.is_some();
            let (Some(monitor), Some(main)) = (monitor, main) else {
                if main.is_some() && (mesh || metrics.is_some()) {
                    faults.push(format!("{folder}: nobody collects the metrics of {name}"));
                }
                continue;
            };
            let endpoint = &monitor.value["spec"]["podMetricsEndpoints"][0];
            let port = if mesh { 15_020 } else { workload.ports()[&metrics.unwrap().port] };
            let said = if mesh {
                endpoint["path"] == "/stats/prometheus"
                    && endpoint["relabelings"][0]["replacement"] == "$1:15020"
                    && endpoint["relabelings"][0]["targetLabel"] == "__address__"
            } else {
                endpoint["port"] == metrics.unwrap().port.as_str() && endpoint["path"] == metrics.unwrap().path.as_str()
            };
            let labels = &main.template().unwrap()["metadata"]["labels"];
            if !said || monitor.value["spec"]["selector"]["matchLabels"]["app"] != labels["app"] {
                faults.push(format!("{folder}: the monitor of {name} asks elsewhere: {endpoint}"));
            }
            let source = End::Pod { namespace: monitoring, labels: &prometheus };
            let target = End::Pod { namespace: main.namespace(), labels };
            if !allowed(&policies, &source, &target, u64::from(port)) {
                faults.push(format!("{folder}: Prometheus does not get to {name}:{port}"));
            }
        }
    }
    faults
}

#[test]
fn metrics_arrive_and_alerts_speak() {
    for name in ["minimal", "waardhaven"] {
        let topology = fixture(name);
        assert_eq!(alert_faults(&topology), Vec::<String>::new());
        assert_eq!(monitor_faults(&topology), Vec::<String>::new());
    }
}

#[test]
fn every_target_has_its_alert() {
    let found = alerts(&fixture("waardhaven"));
    for name in [
        "AutoscalerAtMaximum",
        "AutoscalingSlow",
        "CertificateExpires",
        "ConsumerLag",
        "ContainerStartSlow",
        "DatabaseSupportEnds",
        "DeliveryOutOfSync",
        "ErrorBudgetBurn",
        "KafkaCertificateExpires",
        "KafkaDiskFilling",
        "KafkaUnderReplicated",
        "KubernetesSupportEnds",
        "MeshRootExpires",
        "MigrationFailed",
        "NodeGroupAtMaximum",
        "PlatformWatchdog",
        "PodUnschedulable",
        "QuotaAlmostFull",
        "ReplicationLag",
        "ReplicationStopped",
        "RunFailed",
        "RunMissed",
        "SecretNotSynced",
    ] {
        assert!(found.contains(name), "{name}: {found:#?}");
    }
}

#[test]
fn alerts_are_there_as_the_topology_wants_them() {
    let targets = "targets: { availability: 99.9%, autoscaling: 2m, container_start: 30s }";
    let judged = alerts(&with("minimal", targets));
    let silent = alerts(&with(
        "minimal",
        &format!("{targets}\nobservability: {{ alerts: {{ error_budget: false, latency_of_change: false }} }}"),
    ));
    let aimless = alerts(&fixture("minimal"));
    for name in ["ErrorBudgetBurn", "AutoscalingSlow", "ContainerStartSlow"] {
        assert!(judged.contains(name) && !silent.contains(name) && !aimless.contains(name), "{name}");
    }
    // Without stores, a mesh and a standby there is nothing that could be said of them.
    for name in ["KafkaDiskFull", "MeshRootExpires", "ReplicationLag", "DatabaseSupportEnds"] {
        assert!(!judged.contains(name), "{name}");
    }
}

/// A budget of 1 %, and metrics that are kept for a day: no window is longer, and no rate is one that can't be.
#[test]
fn windows_reach_as_far_back_as_metrics_do() {
    let topology = with("minimal", "targets: { availability: 90% }\nobservability: { metrics: { retention: 1d } }");
    let documents = documents(&waard_k8s::emit(&topology));
    let all: Vec<&Document> = documents.iter().collect();
    let burns: Vec<&str> = rules(&all)
        .into_iter()
        .filter(|rule| rule["alert"] == "ErrorBudgetBurn")
        .map(|rule| rule["labels"]["window"].as_str().unwrap())
        .collect();
    // 14.4 times 10 % is more than all requests.
    assert_eq!(burns, ["6h", "1d"]);
}

/// The end of Kubernetes 1.36 in standard support, 2027-08-02, less sixty days; in extended support a year later.
#[test]
fn the_end_of_support_is_the_catalogs() {
    for (support, moment) in [("standard", 1_811_980_800_u64), ("extended", 1_843_603_200)] {
        let text = fixture("minimal")
            .spec()
            .to_yaml()
            .replace("    version: \"1.36\"\n", &format!("    version: \"1.36\"\n    support: {support}\n"));
        let topology = waard_model::source::read(text.as_bytes()).unwrap().0;
        let documents = documents(&waard_k8s::emit(&topology));
        let all: Vec<&Document> = documents.iter().collect();
        let rules = rules(&all);
        let rule = rules.iter().find(|rule| rule["alert"] == "KubernetesSupportEnds").unwrap();
        assert_eq!(rule["expr"], format!("vector(time()) >= {moment}"));
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn metrics_arrive_and_alerts_speak_for_any_platform(topology in strategy::topology()) {
        prop_assert_eq!(alert_faults(&topology), Vec::<String>::new());
        prop_assert_eq!(monitor_faults(&topology), Vec::<String>::new());
    }
}

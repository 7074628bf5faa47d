//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;
use crate::wish::is_left_open;
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/scraper-missing",
    severity: Severity::Info,
    looks_at: "pods that advertise metrics",
    page: include_str!("scraper_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Words of the names of what collects metrics, as images, charts, kinds and modules have them.
const COLLECTORS: [&str; 12] = [
    "prometheus",
    "opentelemetry",
    "otel",
    "adot",
    "alloy",
    "grafana-agent",
    "victoria",
    "vmagent",
    "datadog",
    "cloudwatch-agent",
    "newrelic",
    "dynatrace",
];

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let advertised: Vec<_> = cluster
        .workloads()
        .filter(|workload| workload.pod_annotation("prometheus.io/scrape") == Some("true"))
        .collect();
    let Some(first) = advertised.first() else { return };
    findings.looked_at_one();
    // Exporters offer metrics, and adapters read them.
    let is_collector = |text: &str| {
        COLLECTORS.iter().any(|word| text.contains(word)) && !text.contains("exporter") && !text.contains("adapter")
    };
    let by_pods = cluster.workloads().any(|workload| {
        workload.containers().any(|container| container.image().and_then(Node::text).is_some_and(is_collector))
    });
    // What an operator makes a collector of; rules and monitors only say what shall be collected.
    let by_objects = cluster.objects().iter().any(|object| {
        matches!(
            object.kind(),
            "Prometheus"
                | "PrometheusAgent"
                | "OpenTelemetryCollector"
                | "VMAgent"
                | "VMCluster"
                | "VMSingle"
                | "Alloy"
                | "GrafanaAgent"
                | "DatadogAgent"
                | "AmazonCloudWatchAgent"
                | "DynaKube"
        )
    });
    let by_eksctl = cluster
        .configs()
        .iter()
        .any(|config| config.list("addons").iter().any(|addon| addon.str_at("name").is_some_and(is_collector)));
    let own = |root: &&Root| cluster.may_be_changed_by(root);
    let by_terraform = context.platform().roots().iter().filter(own).flat_map(Root::blocks).any(|block| {
        let mut texts = ["addon_name", "chart", "name", "source"].iter().filter_map(|name| block.get(name)?.as_str());
        texts.any(is_collector) || block.labels.iter().any(|label| is_collector(label))
    });
    let by_chart = cluster.charts(context.platform()).iter().any(|chart| is_collector(&chart.name));
    if by_chart || by_pods || by_objects || by_eksctl || by_terraform {
        return;
    }
    if let Some(module) = is_left_open(context.platform()) {
        findings.unknown(*first, format!("`{}` may install it", module.address()));
        return;
    }
    if let Some(chart) = cluster.unknown_chart(context.platform()) {
        findings.unknown(*first, format!("chart `{}` may bring one", chart.name));
        return;
    }
    let at = first.template().at("metadata.annotations").and_then(|all| all.entry("prometheus.io/scrape"));
    let message =
        format!("{} workloads ask to be scraped, and nothing among the files collects metrics", advertised.len());
    findings.report(at.map_or_else(|| first.place(), Placed::place), message).help(
        "install Prometheus, or another collector that reads these annotations; without one, no target can be measured",
    );
}

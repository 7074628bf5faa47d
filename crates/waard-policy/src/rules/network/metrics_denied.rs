//! See its page.

use std::collections::BTreeSet;

use crate::cluster::{Cluster, Direction, Object, Policies, PolicyRule, Selector, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/metrics-denied",
    looks_at: "isolated pods whose metrics are scraped",
    page: include_str!("metrics_denied.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let policies = Policies::of(cluster);
    for workload in cluster.workloads() {
        if workload.pod_annotation("prometheus.io/scrape") != Some("true") {
            continue;
        }
        let Some(port) = workload.pod_annotation("prometheus.io/port").and_then(|text| text.parse::<i64>().ok()) else {
            continue;
        };
        // The sidecar of Istio takes over the scraping, on a port of its own.
        // Source: istio.io, "Integrations: Prometheus", "Option 1: Metrics merging".
        let ports: &[i64] = if cluster.has_sidecar(workload) { &[port, MERGED] } else { &[port] };
        judge(&policies, workload, ports, (workload.place(), "these pods say `prometheus.io/scrape`"), findings);
    }
    let mut seen: BTreeSet<(&str, &str, i64)> = BTreeSet::new();
    for monitor in cluster.of_group("monitoring.coreos.com", "PodMonitor") {
        for workload in monitored(cluster, monitor) {
            for endpoint in monitor.list("spec.podMetricsEndpoints") {
                let Some(port) = port_of(cluster, workload, endpoint) else { continue };
                if seen.insert((workload.object.ns(), workload.object.name(), port)) {
                    judge(&policies, workload, &[port], (monitor.place(), "this monitor selects them"), findings);
                }
            }
        }
    }
}

/// The port on which the sidecar of Istio offers its own metrics, and those of the application with them.
const MERGED: i64 = 15020;

/// The workloads whose pods a PodMonitor selects.
/// Source: prometheus-operator API reference, `PodMonitorSpec` and `NamespaceSelector`.
fn monitored<'c>(cluster: &'c Cluster, monitor: &'c Object) -> Vec<Workload<'c>> {
    let Some(selector) = monitor.at("spec.selector") else { return Vec::new() };
    let selector = Selector::of(selector);
    let any = monitor.bool_at("spec.namespaceSelector.any") == Some(true);
    let named = monitor.list("spec.namespaceSelector.matchNames");
    let here = |workload: &Workload<'_>| {
        let namespace = workload.object.ns();
        any || named.iter().any(|name| name.text() == Some(namespace))
            || (named.is_empty() && namespace == monitor.ns())
    };
    cluster.workloads().filter(here).filter(|workload| selector.takes(workload.pod_labels())).collect()
}

/// The number of the port that is scraped: one that relabelling sets, or that of the container or its sidecar.
fn port_of(cluster: &Cluster, workload: Workload<'_>, endpoint: &Node) -> Option<i64> {
    let address = endpoint.list("relabelings").iter().rfind(|rule| rule.str_at("targetLabel") == Some("__address__"));
    if let Some(rule) = address {
        return rule.str_at("replacement")?.rsplit_once(':')?.1.parse().ok();
    }
    if let Some(number) = endpoint.int_at("portNumber") {
        return Some(number);
    }
    let name = endpoint.str_at("port")?;
    // Source: istio.io, "Application Requirements", ports used by Istio.
    let of_sidecar = || (name == "http-envoy-prom" && cluster.has_sidecar(workload)).then_some(15090);
    workload.port(name).or_else(of_sidecar)
}

fn judge(
    policies: &Policies<'_>,
    workload: Workload<'_>,
    ports: &[i64],
    (asks, how): (Place, &str),
    findings: &mut Findings<'_>,
) {
    let isolating = policies.isolating(workload, Direction::Ingress);
    let (Some(policy), Some(port)) = (isolating.first(), ports.first()) else { return };
    findings.looked_at_one();
    let rules = Policies::rules(&isolating, Direction::Ingress);
    let lets = |rule: &PolicyRule<'_>| ports.iter().any(|port| rule.lets_port(*port, "TCP", Some(workload)));
    if rules.iter().any(|rule| lets(rule) && may_be_scraper(*rule, workload)) {
        return;
    }
    if policies.other().is_some() {
        findings.unknown(workload, "policies of another kind may let the scraper in");
        return;
    }
    let title = workload.object.title();
    findings
        .report(
            *policy,
            format!(
                "the pods of {title} are scraped on port {port}, and none of their policies lets a scraper reach it"
            ),
        )
        .counterexample(format!("prometheus -> {title} TCP {port}: denied"))
        .related(asks, how)
        .help("allow ingress on that port from the namespace of the monitoring");
}

/// Whether somebody else than the pods themselves is let through.
fn may_be_scraper(rule: PolicyRule<'_>, workload: Workload<'_>) -> bool {
    let itself = |selector: &Node| Selector::of(selector).takes(workload.pod_labels());
    rule.peers().is_empty()
        || rule.peers().iter().any(|peer| match (peer.get("namespaceSelector"), peer.get("podSelector")) {
            (None, Some(pods)) => !itself(pods) || Selector::of(pods).is_empty(),
            _ => true,
        })
}

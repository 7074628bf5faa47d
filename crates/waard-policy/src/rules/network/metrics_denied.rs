//! See its page.

use crate::cluster::{Cluster, Direction, Policies, PolicyRule, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/metrics-denied",
    looks_at: "pods that advertise metrics and are isolated",
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
        let isolating = policies.isolating(workload, Direction::Ingress);
        let Some(policy) = isolating.first() else { continue };
        findings.looked_at_one();
        let rules = Policies::rules(&isolating, Direction::Ingress);
        // The sidecar of Istio takes over the scraping, on a port of its own.
        // Source: istio.io, "Integrations: Prometheus", "Option 1: Metrics merging".
        let ports: &[i64] = if cluster.has_sidecar(workload) { &[port, 15020] } else { &[port] };
        let lets = |rule: &PolicyRule<'_>| ports.iter().any(|port| rule.lets_port(*port, "TCP", Some(workload)));
        if rules.iter().any(|rule| lets(rule) && may_be_scraper(*rule, workload)) {
            continue;
        }
        if policies.other().is_some() {
            findings.unknown(workload, "policies of another kind may let the scraper in");
            continue;
        }
        let title = workload.object.title();
        findings
            .report(*policy, format!("the pods of {title} offer metrics on port {port}, and none of their policies lets a scraper reach it"))
            .counterexample(format!("prometheus -> {title} TCP {port}: denied"))
            .related(workload, "these pods say `prometheus.io/scrape`")
            .help("allow ingress on that port from the namespace of the monitoring");
    }
}

/// Whether somebody else than the pods themselves is let through.
fn may_be_scraper(rule: PolicyRule<'_>, workload: Workload<'_>) -> bool {
    let itself = |selector: &crate::yaml::Node| crate::cluster::Selector::of(selector).takes(workload.pod_labels());
    rule.peers().is_empty()
        || rule.peers().iter().any(|peer| match (peer.get("namespaceSelector"), peer.get("podSelector")) {
            (None, Some(pods)) => !itself(pods) || crate::cluster::Selector::of(pods).is_empty(),
            _ => true,
        })
}

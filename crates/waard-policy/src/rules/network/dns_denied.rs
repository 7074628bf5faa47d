//! See its page.

use crate::cluster::{Cluster, Direction, Policies, PolicyRule, Selector, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/dns-denied",
    severity: Severity::Error,
    looks_at: "workloads whose egress is restricted",
    page: include_str!("dns_denied.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let policies = Policies::of(cluster);
    for workload in cluster.workloads() {
        let isolating = policies.isolating(workload, Direction::Egress);
        let rules = Policies::rules(&isolating, Direction::Egress);
        // A pod that may reach nothing at all is meant to.
        if rules.is_empty() || workload.pod_at("dnsPolicy").and_then(Node::text) == Some("None") {
            continue;
        }
        findings.looked_at_one();
        let own = workload.object.ns();
        if rules.iter().any(|rule| rule.lets_port(53, "UDP", None) && reaches_dns(cluster, *rule, own)) {
            continue;
        }
        if policies.other().is_some() {
            findings.unknown(workload, "policies of another kind may let it reach the DNS");
            continue;
        }
        report(workload, &isolating, findings);
    }
}

fn report(workload: Workload<'_>, isolating: &[&crate::cluster::Object], findings: &mut Findings<'_>) {
    let names: Vec<&str> = isolating.iter().map(|policy| policy.name()).collect();
    let Some(policy) = isolating.first() else { return };
    let title = workload.object.title();
    findings
        .report(*policy, format!("the pods of {title} can't resolve names: none of their policies ({}) lets UDP 53 to the DNS of the cluster", names.join(", ")))
        .counterexample(format!("{title} -> kube-dns.kube-system UDP 53: denied"))
        .related(workload, "these pods")
        .help("allow egress to namespace `kube-system`, pods `k8s-app: kube-dns`, ports 53 UDP and TCP");
}

/// Whether a peer of the rule is, or may be, the DNS of the cluster: an address is taken to be it.
fn reaches_dns(cluster: &Cluster, rule: PolicyRule<'_>, own: &str) -> bool {
    rule.peers().is_empty()
        || rule.peers().iter().any(|peer| {
            let label = |key: &str| match key {
                "k8s-app" => Some("kube-dns"),
                _ => None,
            };
            let pods = peer.get("podSelector").is_none_or(|node| {
                // Other labels of these pods differ between installations.
                let selector = Selector::of(node);
                selector.keys().all(|key| key != "k8s-app") || selector.takes_values(&label)
            });
            match peer.get("namespaceSelector") {
                Some(node) => pods && cluster.takes_namespace(Selector::of(node), "kube-system") != Some(false),
                None => peer.get("ipBlock").is_some() || (pods && own == "kube-system"),
            }
        })
}

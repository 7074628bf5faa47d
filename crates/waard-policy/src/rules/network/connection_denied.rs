//! See its page.
//!
//! Source: Kubernetes, "Network Policies": a connection is let through only if the policies of both ends let it through.

use std::collections::BTreeSet;

use crate::cluster::{Cluster, Direction, Policies, PolicyRule, Selector, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/connection-denied",
    looks_at: "connections between pods that the policy of one end names",
    page: include_str!("connection_denied.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// One end of a connection, and the way that it goes from there.
#[derive(Clone, Copy)]
struct End<'c> {
    workload: Workload<'c>,
    direction: Direction,
}

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let policies = Policies::of(cluster);
    let namespaces: BTreeSet<&str> = cluster.workloads().map(|workload| workload.object.ns()).collect();
    let namespaces: Vec<&str> = namespaces.into_iter().collect();
    let mut seen = BTreeSet::new();
    for workload in cluster.workloads() {
        for direction in [Direction::Egress, Direction::Ingress] {
            let isolating = policies.isolating(workload, direction);
            for rule in Policies::rules(&isolating, direction) {
                for peer in rule.peers().iter().filter(|peer| names_pods(peer)) {
                    for other in peers(cluster, &namespaces, peer, rule.policy.ns()) {
                        for port in rule.node.list("ports") {
                            let from = End { workload, direction };
                            let key = (
                                workload.object.title(),
                                other.object.title(),
                                direction == Direction::Egress,
                                port.get("port").and_then(Node::text).unwrap_or_default().to_owned(),
                            );
                            if seen.insert(key) {
                                judge(cluster, &policies, from, rule, other, port, findings);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether a peer means certain pods: whole namespaces are let through for what is there, whatever it needs.
fn names_pods(peer: &Node) -> bool {
    peer.get("podSelector").is_some_and(|node| !Selector::of(node).is_empty())
}

fn peers<'c>(cluster: &'c Cluster, namespaces: &[&'c str], peer: &'c Node, own: &'c str) -> Vec<Workload<'c>> {
    let Some(pods) = peer.get("podSelector").map(Selector::of) else { return Vec::new() };
    let Some(selector) = peer.get("namespaceSelector").map(Selector::of) else {
        return cluster.selected(own, pods).collect();
    };
    let taken = namespaces.iter().filter(|name| cluster.takes_namespace(selector, name) == Some(true));
    taken.flat_map(|name| cluster.selected(name, pods)).collect()
}

/// Whether the policies of the other end let through what the rule of this end lets through.
fn judge(
    cluster: &Cluster,
    policies: &Policies<'_>,
    end: End<'_>,
    rule: PolicyRule<'_>,
    other: Workload<'_>,
    port: &Node,
    findings: &mut Findings<'_>,
) {
    let (opposite, caller, target) = match end.direction {
        Direction::Egress => (Direction::Ingress, end.workload, other),
        Direction::Ingress => (Direction::Egress, other, end.workload),
    };
    let isolating = policies.isolating(other, opposite);
    let Some(policy) = isolating.first() else { return };
    let protocol = port.get("protocol").and_then(Node::text).unwrap_or("TCP");
    let number = port.get("port").and_then(|node| node.as_int().or_else(|| target.port(node.text()?)));
    let Some(number) = number else { return };
    findings.looked_at_one();
    let lets = |other: &PolicyRule<'_>| {
        other.lets_port(number, protocol, Some(target)) && takes(cluster, *other, end.workload)
    };
    if Policies::rules(&isolating, opposite).iter().any(lets) {
        return;
    }
    if policies.other().is_some() {
        findings.unknown(rule, "policies of another kind may let it through");
        return;
    }
    let (caller, target) = (caller.object.title(), target.object.title());
    let names: Vec<&str> = isolating.iter().map(|policy| policy.name()).collect();
    let (way, missing) = match end.direction {
        Direction::Egress => ("to", "in"),
        Direction::Ingress => ("from", "out"),
    };
    findings
        .report(rule, format!("policy `{}` lets {protocol} {number} through {way} {}, and none of its policies ({}) lets it {missing}", rule.policy.name(), other.object.title(), names.join(", ")))
        .counterexample(format!("{caller} -> {target} {protocol} {number}: denied"))
        .related(*policy, "a policy of the other end")
        .help("let it through at both ends, or remove it from this one");
}

/// Whether a rule lets the pods of a workload through.
fn takes(cluster: &Cluster, rule: PolicyRule<'_>, workload: Workload<'_>) -> bool {
    rule.peers().is_empty()
        || rule.peers().iter().any(|peer| {
            let pods = peer.get("podSelector").is_none_or(|node| Selector::of(node).takes(workload.pod_labels()));
            match peer.get("namespaceSelector") {
                // What isn't known of a namespace may be what is asked for.
                Some(node) => pods && cluster.takes_namespace(Selector::of(node), workload.object.ns()) != Some(false),
                // Pods have addresses too.
                None if peer.get("ipBlock").is_some() => true,
                None => pods && workload.object.ns() == rule.policy.ns(),
            }
        })
}

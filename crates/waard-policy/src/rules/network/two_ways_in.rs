//! See its page.

use crate::cluster::{Cluster, IngressView, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/two-ways-in",
    looks_at: "services that a load balancer exposes",
    page: include_str!("two_ways_in.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let ingresses: Vec<IngressView<'_>> = IngressView::all(cluster).collect();
    for service in cluster.of("Service") {
        let kind = service.at("spec.type");
        if kind.and_then(Node::text) != Some("LoadBalancer") {
            continue;
        }
        findings.looked_at_one();
        let ingress = ingresses.iter().find(|ingress| {
            ingress.object.ns() == service.ns() && ingress.backends().iter().any(|(name, _)| *name == service.name())
        });
        let Some(ingress) = ingress else { continue };
        let ports: Vec<&str> = service.list("spec.ports").iter().filter_map(|port| port.get("port")?.text()).collect();
        let at = kind.map_or_else(|| service.place(), Placed::place);
        let message = format!(
            "service `{}` has a load balancer of its own on port {}, beside ingress `{}` that leads to it",
            service.name(),
            ports.join(", "),
            ingress.object.name()
        );
        let draft = findings.report(at, message).related(*ingress, "the ingress");
        if is_internal(service) {
            draft.severity(Severity::Info);
        }
        draft.help("use type ClusterIP: a second load balancer goes around the certificate, firewall and limits of the first, and costs as much");
    }
}

/// Source: aws-load-balancer-controller, `docs/guide/service/annotations.md`, and the older annotation of Kubernetes.
fn is_internal(service: &Object) -> bool {
    ["service.beta.kubernetes.io/aws-load-balancer-scheme", "service.beta.kubernetes.io/aws-load-balancer-internal"]
        .iter()
        .any(|key| matches!(service.annotation(key), Some("internal" | "true" | "0.0.0.0/0")))
}

//! See its page.

use std::collections::BTreeSet;

use crate::charts;
use crate::cluster::{
    Balancer, Cluster, Defined, Direction, IngressView, Object, Policies, PolicyRule, Selector, Workload,
};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/load-balancer-denied",
    severity: Severity::Error,
    looks_at: "services that load balancers send to pods directly",
    page: include_str!("load_balancer_denied.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let policies = Policies::of(cluster);
    let mut others: BTreeSet<(&str, &str)> = BTreeSet::new();
    for ingress in IngressView::all(cluster).filter(|ingress| ingress.balancer == Balancer::Alb) {
        for (name, port) in ingress.backends() {
            let Some(service) = cluster.find("Service", ingress.object.ns(), name) else {
                let kind = ingress.setting("targetType", "target-type").and_then(Node::text);
                if kind == Some("ip") && others.insert((ingress.object.ns(), name)) {
                    of_others(cluster, &policies, &ingress, name, findings);
                }
                continue;
            };
            // Annotations of the service win over those of the ingress.
            let own = service.annotation("alb.ingress.kubernetes.io/target-type");
            let kind = own.or_else(|| ingress.setting("targetType", "target-type").and_then(Node::text));
            if kind == Some("ip") {
                judge(cluster, &policies, service, port, ingress.place(), findings);
            }
        }
    }
    for service in cluster.of("Service").filter(|service| service.str_at("spec.type") == Some("LoadBalancer")) {
        let to_pods = service.annotation("service.beta.kubernetes.io/aws-load-balancer-nlb-target-type") == Some("ip")
            || service.annotation("service.beta.kubernetes.io/aws-load-balancer-type") == Some("nlb-ip");
        if to_pods {
            judge(cluster, &policies, service, None, service.place(), findings);
        }
    }
}

/// The pods behind a service that isn't among the files: a policy for all pods of the namespace isolates them too, and
/// where no policy of the namespace lets any address in, none lets a load balancer in.
fn of_others(
    cluster: &Cluster,
    policies: &Policies<'_>,
    ingress: &IngressView<'_>,
    service: &str,
    findings: &mut Findings<'_>,
) {
    let (all, own) = policies.of_namespace(ingress.object.ns(), Direction::Ingress);
    let Some(policy) = all else { return };
    findings.looked_at_one();
    let addresses = |rule: &PolicyRule<'_>| {
        let peers = rule.peers();
        peers.is_empty() || peers.iter().any(|peer| peer.get("ipBlock").is_some())
    };
    if Policies::rules(&own, Direction::Ingress).iter().any(addresses) {
        return;
    }
    // The chart of Istio's gateways makes no policy unless its values ask for one; of others that isn't known.
    // Source: istio/istio `manifests/charts/gateway/values.yaml`.
    let charts = charts::of_cluster(cluster);
    let here = charts.iter().filter(|chart| chart.namespace.as_deref().is_none_or(|name| name == ingress.object.ns()));
    let (mut known, mut makes) = (false, false);
    for chart in here {
        known = true;
        makes |= chart.name != "gateway" || chart.policies;
    }
    let may = !known && matches!(cluster.defines("NetworkPolicy", ingress.object.ns(), ""), Defined::Perhaps(_));
    if policies.other().is_some() || may || makes {
        findings.unknown(*ingress, "policies that are not among the files may let the load balancer in");
        return;
    }
    findings
        .report(policy, format!("the load balancer can't reach the pods of service `{service}`: this policy isolates all pods of namespace `{}`, and no policy of it lets addresses outside of the cluster in", ingress.object.ns()))
        .counterexample(format!("load balancer -> {service}.{}: denied", ingress.object.ns()))
        .related(*ingress, "this load balancer has the pods as targets")
        .help("allow ingress to these pods from an `ipBlock` with the load balancer's subnets: with target type `ip` it connects to pods itself, from there");
}

fn judge(
    cluster: &Cluster,
    policies: &Policies<'_>,
    service: &Object,
    port: Option<&Node>,
    from: Place,
    findings: &mut Findings<'_>,
) {
    let Some(selector) = service.at("spec.selector").filter(|node| !node.entries().is_empty()) else { return };
    let wanted = port.and_then(Node::text);
    let named = |found: &&Node| {
        wanted
            .is_none_or(|wanted| ["name", "port"].iter().any(|key| found.get(key).and_then(Node::text) == Some(wanted)))
    };
    for workload in cluster.selected(service.ns(), Selector::of_labels(selector)) {
        let isolating = policies.isolating(workload, Direction::Ingress);
        if isolating.is_empty() {
            continue;
        }
        for port in service.list("spec.ports").iter().filter(named) {
            let Some(number) = target(port, workload) else { continue };
            findings.looked_at_one();
            let rules = Policies::rules(&isolating, Direction::Ingress);
            // A load balancer comes from addresses of its subnets: neither a pod nor a namespace is it.
            let lets = rules.iter().any(|rule| {
                let peers = rule.peers();
                rule.lets_port(number, "TCP", Some(workload))
                    && (peers.is_empty() || peers.iter().any(|peer| peer.get("ipBlock").is_some()))
            });
            if lets {
                continue;
            }
            if policies.other().is_some() {
                findings.unknown(workload, "policies of another kind may let the load balancer in");
                continue;
            }
            let title = workload.object.title();
            let theirs: Vec<&str> = isolating.iter().map(|policy| policy.name()).collect();
            let Some(policy) = isolating.first() else { continue };
            findings
                .report(*policy, format!("the load balancer can't reach port {number} of the pods of {title}: no rule of their policies ({}) lets addresses outside of the cluster in", theirs.join(", ")))
                .counterexample(format!("load balancer -> {title} TCP {number}: denied"))
                .related(from, "this load balancer has the pods as targets")
                .related(workload, "these pods")
                .help("allow ingress on that port from an `ipBlock` with the load balancer's subnets: with target type `ip` it connects to pods itself, from there");
        }
    }
}

fn target(port: &Node, workload: Workload<'_>) -> Option<i64> {
    match port.get("targetPort").filter(|node| !node.is_null()) {
        None => port.int_at("port"),
        Some(node) => node.as_int().or_else(|| workload.port(node.text()?)),
    }
}

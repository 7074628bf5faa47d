//! See its page.

use crate::cluster::{Balancer, Cluster, IngressView, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/annotation-not-read",
    looks_at: "annotations of ingresses and load balancers",
    page: include_str!("annotation_not_read.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Beginnings of annotations, and the controller that reads them.
///
/// Source: the reference of annotations of each: kubernetes.github.io/ingress-nginx, docs.nginx.com/nginx-ingress-controller,
/// kubernetes-sigs.github.io/aws-load-balancer-controller, doc.traefik.io, haproxy-ingress.github.io, docs.konghq.com.
const OWNERS: [(&str, &str, &[&str]); 7] = [
    ("alb.ingress.kubernetes.io/", "the AWS Load Balancer Controller", &["alb"]),
    ("nginx.ingress.kubernetes.io/", "ingress-nginx", &["k8s.io/ingress-nginx", "nginx"]),
    ("nginx.org/", "NGINX's own controller", &["nginx.org/ingress-controller", "nginx"]),
    ("traefik.ingress.kubernetes.io/", "Traefik", &["traefik.io/ingress-controller", "traefik"]),
    ("haproxy.org/", "HAProxy's controller", &["haproxy.org/ingress-controller", "haproxy"]),
    ("konghq.com/", "Kong", &["ingress-controllers.konghq.com/kong", "kong"]),
    ("appgw.ingress.kubernetes.io/", "Azure's gateway controller", &["azure/application-gateway"]),
];

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for ingress in IngressView::all(cluster) {
        let reader = match ingress.balancer {
            Balancer::Alb => "alb",
            Balancer::Other(name) => name,
            Balancer::Unknown => continue,
        };
        for entry in ingress.object.node().map("metadata.annotations") {
            let Some((_, owner, readers)) = OWNERS.iter().find(|(start, ..)| entry.key().starts_with(start)) else {
                continue;
            };
            findings.looked_at_one();
            if !readers.contains(&reader) {
                let by = if reader == "alb" { "the AWS Load Balancer Controller" } else { reader };
                findings
                    .report(entry, format!("`{}` is read by {owner}, and ingress `{}` is read by {by}", entry.key(), ingress.object.name()))
                    .help("it does nothing: remove it, and set what it was for where the controller of the class reads it");
            }
        }
    }
    for service in cluster.of("Service").filter(|service| service.str_at("spec.type") == Some("LoadBalancer")) {
        network_balancer(service, findings);
    }
}

/// A Network Load Balancer has no HTTP: the backend protocol is `ssl` or nothing.
///
/// Source: aws-load-balancer-controller `pkg/service/model_build_listener.go`, `buildListenerProtocol`.
fn network_balancer(service: &Object, findings: &mut Findings<'_>) {
    let annotation =
        |name: &str| service.annotation_node(&format!("service.beta.kubernetes.io/aws-load-balancer-{name}"));
    let kind = annotation("type").and_then(crate::yaml::Node::text);
    let is_nlb = matches!(kind, Some("nlb" | "nlb-ip" | "external"))
        || service.str_at("spec.loadBalancerClass") == Some("service.k8s.aws/nlb");
    let Some(node) = annotation("backend-protocol").filter(|_| is_nlb) else { return };
    findings.looked_at_one();
    if let Some(protocol @ ("http" | "https" | "HTTP" | "HTTPS")) = node.text() {
        findings
            .report(
                node,
                format!("`aws-load-balancer-backend-protocol: {protocol}` means nothing to a Network Load Balancer"),
            )
            .help("remove it; HTTP needs an Application Load Balancer, which an Ingress makes");
    }
}

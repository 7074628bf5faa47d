//! See its page.

use crate::cluster::{Balancer, Cluster, IngressView};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/old-tls-policy",
    looks_at: "load balancers with a TLS listener",
    page: include_str!("old_tls_policy.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// What Elastic Load Balancing uses where no policy is set by API.
///
/// Source: Application Load Balancers guide, "Security policies", considerations.
const DEFAULT: &str = "ELBSecurityPolicy-2016-08";

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for ingress in IngressView::all(cluster).filter(|ingress| ingress.balancer == Balancer::Alb) {
        let listeners = ingress.listeners().unwrap_or_default();
        if listeners.iter().any(|(protocol, _)| protocol == "HTTPS") {
            let node = ingress.setting("sslPolicy", "ssl-policy");
            judge(node, ingress.place(), findings);
        }
    }
    for service in cluster.of("Service").filter(|service| service.str_at("spec.type") == Some("LoadBalancer")) {
        let annotation =
            |name: &str| service.annotation_node(&format!("service.beta.kubernetes.io/aws-load-balancer-{name}"));
        if annotation("ssl-cert").is_some() {
            judge(annotation("ssl-negotiation-policy"), service.place(), findings);
        }
    }
}

fn judge(node: Option<&Node>, otherwise: Place, findings: &mut Findings<'_>) {
    let name = node.and_then(Node::text).unwrap_or(DEFAULT);
    let at = node.map_or(otherwise, Placed::place);
    findings.looked_at_one();
    let how = if node.is_some() { "" } else { ", which is the default where none is set," };
    let message = match oldest(name) {
        Some(true) => format!("TLS policy `{name}`{how} still takes TLS 1.0 or 1.1"),
        Some(false) => format!("TLS policy `{name}`{how} doesn't offer TLS 1.3"),
        None if name.starts_with("ELBSecurityPolicy-TLS13-1-2") || name.starts_with("ELBSecurityPolicy-TLS13-1-3") => {
            return;
        }
        None => return findings.unknown(at, format!("which versions of TLS policy `{name}` takes is not known")),
    };
    findings
        .report(at, message)
        .help("set a policy for TLS 1.2 and 1.3, such as ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09");
}

/// Whether a policy takes TLS 1.0 or 1.1; no TLS 1.3 otherwise; `None` for all others.
///
/// Source: Application Load Balancers guide, "Security policies", tables of protocols.
fn oldest(name: &str) -> Option<bool> {
    match name.strip_prefix("ELBSecurityPolicy-")? {
        "2016-08" | "2015-05" | "TLS-1-0-2015-04" | "TLS-1-1-2017-01" | "FS-2018-06" | "FS-1-1-2019-08" => Some(true),
        "TLS-1-2-2017-01" | "TLS-1-2-Ext-2018-06" | "FS-1-2-2019-08" | "FS-1-2-Res-2019-08" | "FS-1-2-Res-2020-10" => {
            Some(false)
        }
        other if other.starts_with("TLS13-1-0") || other.starts_with("TLS13-1-1") => Some(true),
        _ => None,
    }
}

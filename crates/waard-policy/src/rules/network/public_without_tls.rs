//! See its page.

use crate::cluster::{Balancer, Cluster, IngressView};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/public-without-tls",
    looks_at: "load balancers that face the internet",
    page: include_str!("public_without_tls.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let all: Vec<IngressView<'_>> = IngressView::all(cluster).collect();
    for ingress in all.iter().filter(|ingress| ingress.balancer == Balancer::Alb) {
        // Without a scheme a load balancer is internal.
        let scheme = ingress.setting("scheme", "scheme");
        if scheme.and_then(Node::text) != Some("internet-facing") {
            continue;
        }
        findings.looked_at_one();
        let group = ingress.group();
        let listeners: Option<Vec<Vec<(String, u64)>>> =
            all.iter().filter(|other| other.group() == group).map(|other| other.listeners()).collect();
        let Some(listeners) = listeners else {
            findings.unknown(*ingress, "`listen-ports` can't be read");
            continue;
        };
        if listeners.iter().flatten().any(|(protocol, _)| protocol == "HTTPS") {
            continue;
        }
        let shown: Vec<String> =
            listeners.iter().flatten().map(|(protocol, port)| format!("{protocol} {port}")).collect();
        let at = scheme.map_or_else(|| ingress.place(), Placed::place);
        findings
            .report(
                at,
                format!(
                    "the load balancer of ingress `{}` faces the internet without TLS: it listens on {}",
                    ingress.object.name(),
                    shown.join(", ")
                ),
            )
            .help("listen with HTTPS and a certificate, and redirect HTTP to it");
    }
}

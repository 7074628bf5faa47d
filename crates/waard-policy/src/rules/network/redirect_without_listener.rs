//! See its page.

use crate::cluster::{Balancer, Cluster, IngressView};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/redirect-without-listener",
    severity: Severity::Error,
    looks_at: "redirects to HTTPS of load balancers",
    page: include_str!("redirect_without_listener.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let all: Vec<IngressView<'_>> = IngressView::all(cluster).collect();
    for ingress in all.iter().filter(|ingress| ingress.balancer == Balancer::Alb) {
        let Some(node) = ingress.setting("sslRedirectPort", "ssl-redirect") else { continue };
        let Some(port) = node.text().and_then(|text| text.parse::<u64>().ok()) else { continue };
        findings.looked_at_one();
        // Ingresses of one group share listeners.
        let mut listeners = Vec::new();
        let mut readable = true;
        for other in all.iter().filter(|other| other.group() == ingress.group()) {
            match other.listeners() {
                Some(found) => listeners.extend(found),
                None => readable = false,
            }
        }
        if !readable {
            findings.unknown(node, "`listen-ports` can't be read");
            continue;
        }
        let shown: Vec<String> = listeners.iter().map(|(protocol, port)| format!("{protocol} {port}")).collect();
        let shown = shown.join(", ");
        if !listeners.iter().any(|(protocol, found)| protocol == "HTTPS" && *found == port) {
            findings
                .report(node, format!("the redirect goes to port {port}, on which no HTTPS listener is: {shown}"))
                .help("listen on it with HTTPS, and give it a certificate");
        } else if !listeners.iter().any(|(protocol, _)| protocol == "HTTP") {
            findings
                .report(node, format!("there is no HTTP listener that could redirect to {port}: {shown}"))
                .help("add `listen-ports: '[{\"HTTP\":80},{\"HTTPS\":443}]'`: with a certificate and without it there is HTTPS 443 only");
        }
    }
}

//! See its page.

use crate::cluster::{Balancer, Cluster, IngressView};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/tls-secret-ignored",
    severity: Severity::Info,
    looks_at: "TLS sections of ingresses for Application Load Balancers",
    page: include_str!("tls_secret_ignored.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: aws-load-balancer-controller `docs/guide/ingress/cert_discovery.md`: the hosts are used, the secret isn't.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for ingress in IngressView::all(cluster).filter(|ingress| ingress.balancer == Balancer::Alb) {
        for tls in ingress.object.list("spec.tls") {
            findings.looked_at_one();
            if let Some(secret) = tls.get("secretName").filter(|node| !node.is_null()) {
                let name = secret.text().unwrap_or_default();
                findings
                    .report(
                        secret,
                        format!("secret `{name}` is not read: an Application Load Balancer takes certificates of ACM"),
                    )
                    .help("remove `secretName`; the hosts are enough for the controller to find a certificate in ACM");
            }
        }
    }
}

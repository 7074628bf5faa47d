//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/implicit-load-balancer",
    looks_at: "services of type LoadBalancer on AWS",
    page: include_str!("implicit_load_balancer.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Who makes the load balancer, and whether it faces the internet, depends on what is installed when the service is made:
/// the controller of Kubernetes makes one that does, and the webhook of the AWS Load Balancer Controller since 2.5 one that
/// doesn't. Source: aws-load-balancer-controller `docs/guide/service/nlb.md` and `webhooks/core/service_mutator.go`.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for service in cluster.of("Service").filter(|service| service.str_at("spec.type") == Some("LoadBalancer")) {
        let starts =
            |entry: &&crate::yaml::Entry| entry.key().starts_with("service.beta.kubernetes.io/aws-load-balancer-");
        let first = service.node().map("metadata.annotations").iter().find(starts);
        let class = service.at("spec.loadBalancerClass").filter(|node| !node.is_null());
        let Some(at) = first.map(Placed::place).or_else(|| class.map(Placed::place)) else { continue };
        findings.looked_at_one();
        if is_explicit(service) {
            continue;
        }
        findings
            .report(at, format!("whether the load balancer of service `{}` faces the internet depends on which controller is installed first", service.name()))
            .help("set `spec.loadBalancerClass: service.k8s.aws/nlb` and the annotation `aws-load-balancer-scheme`, or use type ClusterIP");
    }
}

fn is_explicit(service: &Object) -> bool {
    let annotation = |name: &str| service.annotation(&format!("service.beta.kubernetes.io/aws-load-balancer-{name}"));
    annotation("scheme").is_some() || annotation("internal").is_some()
}

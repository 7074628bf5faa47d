//! See its page.

use crate::cluster::{Balancer, IngressView};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::wish::{is_left_open, plans};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/certificate-in-one-region",
    severity: Severity::Error,
    looks_at: "plans with regions whose load balancers are given certificates",
    page: include_str!("certificate_in_one_region.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    let plans = plans(platform);
    let mut given: Vec<(Place, String)> = Vec::new();
    for cluster in platform.clusters() {
        for ingress in IngressView::all(cluster).filter(|ingress| ingress.balancer == Balancer::Alb) {
            let Some(node) = ingress.setting("certificateArn", "certificate-arn") else { continue };
            let texts = std::iter::once(node).chain(node.items()).filter_map(Node::text);
            let regions: Vec<String> = texts
                .flat_map(|text| text.split(','))
                .filter_map(|arn| arn.trim().split(':').nth(3).map(str::to_owned))
                .filter(|region| !region.is_empty())
                .collect();
            given.extend(regions.iter().map(|region| (node.place(), region.clone())));
        }
    }
    let Some((place, _)) = given.first() else { return };
    if is_left_open(platform).is_some() {
        return;
    }
    // Certificates that Terraform makes are found by their host, in the region of their root.
    let mut made = Vec::new();
    for root in platform.roots() {
        for certificate in root.resources("aws_acm_certificate") {
            let Some(region) = root.region_of(certificate) else { return };
            made.push(region);
        }
    }
    let has = |region: &str| made.iter().chain(given.iter().map(|(_, name)| name)).any(|name| name == region);
    for plan in &plans {
        let serving: Vec<_> = plan.serving().filter(|region| region.users().is_some()).collect();
        if !serving.iter().any(|region| given.iter().any(|(_, name)| *name == region.name)) {
            continue;
        }
        findings.looked_at_one();
        let without: Vec<String> =
            serving.iter().filter(|region| !has(&region.name)).map(|region| format!("`{}`", region.name)).collect();
        if let (false, Some(first)) = (without.is_empty(), serving.first()) {
            findings
                .report(*place, format!("the only certificate is of one region, and {} serve too: their load balancers can't take it", without.join(", ")))
                .related(*first, "the plan")
                .help("make a certificate in each region (and in us-east-1 for CloudFront), and name the one of the region");
        }
    }
}

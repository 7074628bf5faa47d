//! See its page.

use crate::cluster::{Cluster, IngressView};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/invalid-certificate-arn",
    severity: Severity::Error,
    looks_at: "ARNs of certificates of load balancers",
    page: include_str!("invalid_certificate_arn.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for ingress in IngressView::all(cluster) {
        if let Some(node) = ingress.object.annotation_node("alb.ingress.kubernetes.io/certificate-arn") {
            judge(cluster, node, findings);
        }
    }
    for params in cluster.objects().iter().filter(|object| object.kind() == "IngressClassParams") {
        for node in params.list("spec.certificateArn") {
            judge(cluster, node, findings);
        }
    }
    for service in cluster.of("Service") {
        if let Some(node) = service.annotation_node("service.beta.kubernetes.io/aws-load-balancer-ssl-cert") {
            judge(cluster, node, findings);
        }
    }
}

fn judge(cluster: &Cluster, node: &Node, findings: &mut Findings<'_>) {
    let Some(text) = node.text() else { return };
    for arn in text.split(',').map(str::trim).filter(|arn| !arn.is_empty()) {
        // What a template fills in is not known here.
        if arn.contains(['$', '{', '<']) {
            findings.looked_at_one();
            findings.unknown(node, format!("`{arn}` is filled in later"));
            continue;
        }
        findings.looked_at_one();
        if let Some(wrong) = wrong(arn) {
            findings
                .report(node, format!("`{arn}` is no ARN of a certificate: {wrong}"))
                .help("write the ARN as ACM prints it, arn:aws:acm:<region>:<12 digits>:certificate/<id>, or leave it out and let the controller find the certificate by host");
            continue;
        }
        let region = arn.split(':').nth(3).unwrap_or_default();
        if let Some(own) = cluster.region()
            && arn.contains(":acm:")
            && region != own
        {
            findings
                .report(node, format!("the certificate is in {region}, and the load balancer in {own}"))
                .help("a load balancer takes certificates of its own region only: request one there");
        }
    }
}

/// `arn:partition:acm:region:account:certificate/id`, or a server certificate of IAM.
///
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Certificate Manager";
/// account ids have 12 digits: AWS Account Management reference, "AWS account identifiers".
fn wrong(arn: &str) -> Option<String> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [start, partition, service, region, account, resource] = parts[..] else {
        return Some("it doesn't have six parts between colons".to_owned());
    };
    if start != "arn" || !partition.starts_with("aws") {
        return Some("it doesn't start with `arn:aws`".to_owned());
    }
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(format!("the account `{account}` hasn't 12 digits"));
    }
    match service {
        "iam" => {
            (!resource.starts_with("server-certificate/")).then(|| format!("`{resource}` is no server certificate"))
        }
        "acm" => {
            let Some(id) = resource.strip_prefix("certificate/") else {
                return Some(format!("`{resource}` doesn't start with `certificate/`"));
            };
            if region.split('-').count() < 3 {
                return Some(format!("`{region}` is no region"));
            }
            // 8-4-4-4-12 hexadecimal digits, and longer ids in front of them for some kinds of certificates.
            let shape = id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-' || byte.is_ascii_lowercase());
            let groups: Vec<usize> = id.split('-').map(str::len).collect();
            let fits = shape && (groups.ends_with(&[4, 4, 4, 12]) || (groups.len() == 1 && id.len() >= 32));
            (!fits).then(|| format!("`{id}` is no id of a certificate"))
        }
        other => Some(format!("`{other}` is neither `acm` nor `iam`")),
    }
}

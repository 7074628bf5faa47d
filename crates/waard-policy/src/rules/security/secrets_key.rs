//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use waard_catalog::Minor;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/secrets-key",
    severity: Severity::Info,
    looks_at: "clusters that eksctl or Terraform makes",
    page: include_str!("secrets_key.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// From this version on EKS encrypts all data of the API by itself, with a key of AWS.
/// Source: Amazon EKS user guide, "Default envelope encryption for all Kubernetes API Data".
const BY_ITSELF: Minor = Minor::new(1, 28);

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let by_itself = cluster.version().is_none_or(|version| version.minor >= BY_ITSELF);
    for config in cluster.configs() {
        findings.looked_at_one();
        if config.at("secretsEncryption.keyARN").is_some() {
            continue;
        }
        report(config.place(), cluster, by_itself, findings);
    }
    for root in context.platform().roots() {
        for block in root.resources("aws_eks_cluster") {
            let name = root.text(block, "name");
            if name.is_some_and(|name| name != cluster.name()) {
                continue;
            }
            findings.looked_at_one();
            if !block.may_have("encryption_config") {
                report(block.place(), cluster, by_itself, findings);
            }
        }
    }
}

fn report(place: Place, cluster: &Cluster, by_itself: bool, findings: &mut Findings<'_>) {
    let title = cluster.title();
    let message = if by_itself {
        format!("the secrets of {title} are encrypted with a key of AWS: who may use it can't be said or taken back")
    } else {
        format!("the secrets of {title} are stored as they are: nothing but the disks below them is encrypted")
    };
    findings
        .report(place, message)
        .severity(if by_itself { Severity::Info } else { Severity::Warning })
        .help("name a key of your own: `secretsEncryption.keyARN` of eksctl, `encryption_config` of Terraform; it can't be removed later");
}

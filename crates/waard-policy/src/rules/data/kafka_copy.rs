//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::wish::{is_left_open, plans};

/// The rule.
pub static RULE: Rule = Rule {
    id: "data/kafka-copy",
    severity: Severity::Error,
    looks_at: "Kafka clusters of regions with a standby that may lose little",
    page: include_str!("kafka_copy.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let platform = context.platform();
    let plans = plans(platform);
    let promised = plans.iter().find_map(|plan| {
        plan.standbys().find_map(|standby| {
            let target = standby.target()?;
            let protects = plan.protected_by(standby);
            let here = protects.iter().any(|link| cluster.region() == Some(link.name.as_str()));
            let only = cluster.region().is_none() && platform.clusters().len() == 1;
            (here || only).then_some((target, standby.name.clone()))
        })
    });
    let Some((target, standby)) = promised else { return };
    for kafka in cluster.of_group("kafka.strimzi.io", "Kafka") {
        findings.looked_at_one();
        let mirrors = platform.clusters().iter().any(|cluster| {
            cluster.of_group("kafka.strimzi.io", "KafkaMirrorMaker2").next().is_some()
                || cluster
                    .of_group("kafka.strimzi.io", "KafkaConnector")
                    .any(|connector| connector.str_at("spec.class").is_some_and(|class| class.contains("Mirror")))
        });
        if mirrors || platform.roots().iter().any(|root| root.resources("aws_msk_replicator").next().is_some()) {
            continue;
        }
        if let Some(module) = is_left_open(platform) {
            findings.unknown(kafka, format!("`{}` may copy it", module.address()));
            continue;
        }
        findings
            .report(
                kafka,
                format!(
                    "nothing copies Kafka cluster `{}` into `{standby}`, which stands in for its region",
                    kafka.name()
                ),
            )
            .related(target, format!("`{}: {}` is promised", target.key(), target.value().text().unwrap_or_default()))
            .help("add a KafkaMirrorMaker2 in the standby's region, or write that what is in Kafka may be lost");
    }
}

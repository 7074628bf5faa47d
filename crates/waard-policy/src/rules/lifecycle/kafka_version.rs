//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "lifecycle/kafka-version",
    severity: Severity::Error,
    looks_at: "clusters of Kafka that Strimzi runs",
    page: include_str!("kafka_version.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Sources: strimzi/strimzi-kafka-operator `kafka-versions.yaml` (an operator runs a few versions and refuses others)
/// and `CHANGELOG.md`: 0.46.0 removed clusters with ZooKeeper.
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let Some(release) = context.catalog().component("strimzi").and_then(|strimzi| strimzi.releases.last()) else {
        return;
    };
    let versions: Vec<&str> =
        context.catalog().kafka_versions(&release.version).map(|version| version.kafka.as_str()).collect();
    for kafka in cluster.of_group("kafka.strimzi.io", "Kafka") {
        findings.looked_at_one();
        if let Some(zookeeper) = kafka.node().at("spec").and_then(|spec| spec.entry("zookeeper")) {
            findings
                .report(
                    zookeeper,
                    format!(
                        "Strimzi runs no ZooKeeper since 0.46, and Kafka 4 has none; Strimzi {} ignores or refuses it",
                        release.version
                    ),
                )
                .help("make a KafkaNodePool with the role `controller`, and remove `spec.zookeeper`");
        }
        let Some(at) = kafka.at("spec.kafka.version") else { continue };
        let version = at.text().unwrap_or_default();
        if versions.contains(&version) {
            continue;
        }
        let newest = versions.iter().filter_map(|version| numbers(version)).max();
        match numbers(version) {
            Some(its) if newest.is_some_and(|newest| its < newest) => {
                let draft = findings.report(at, format!("Strimzi {} doesn't run Kafka {version}", release.version));
                draft.help(format!("it runs {} (as of {})", versions.join(", "), release.source.as_of));
                // An older operator may run it, and gets no fixes.
                draft.severity(Severity::Warning);
            }
            _ => findings.unknown(at, format!("whether a release of Strimzi runs Kafka {version} is not known")),
        }
    }
}

fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    Some([parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?])
}

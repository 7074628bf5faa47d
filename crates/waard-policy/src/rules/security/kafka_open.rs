//! See its page.
//!
//! Source: Strimzi API reference, `GenericKafkaListener` and `KafkaClusterSpec`.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/kafka-open",
    severity: Severity::Error,
    looks_at: "listeners of Kafka clusters",
    page: include_str!("kafka_open.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for kafka in cluster.of_group("kafka.strimzi.io", "Kafka") {
        let authorization = kafka.at("spec.kafka.authorization").is_some_and(Node::is_map);
        for listener in kafka.list("spec.kafka.listeners") {
            findings.looked_at_one();
            let name = listener.get("name").and_then(Node::text).unwrap_or_default();
            let at = listener.get("name").map_or_else(|| listener.place(), Placed::place);
            let clear = listener.get("tls").and_then(Node::as_bool) != Some(true);
            let anybody = !listener.get("authentication").is_some_and(Node::is_map);
            let what = match (clear, anybody) {
                (true, true) => "takes anybody, in clear",
                (false, true) => "takes anybody",
                (true, false) => "is in clear: messages can be read on the way",
                (false, false) => continue,
            };
            let severity = if anybody { Severity::Error } else { Severity::Warning };
            findings
                .report(at, format!("listener `{name}` of Kafka cluster `{}` {what}", kafka.name()))
                .severity(severity)
                .help("set `tls: true` and an `authentication`, and give each client a KafkaUser");
        }
        if !authorization && !kafka.list("spec.kafka.listeners").is_empty() {
            findings
                .report(
                    kafka.node().nearest("spec.kafka.authorization"),
                    format!(
                        "Kafka cluster `{}` has no authorization: every client may read, write and delete every topic",
                        kafka.name()
                    ),
                )
                .severity(Severity::Warning)
                .help("set `authorization: {type: simple}`, and the rights of each KafkaUser");
        }
    }
}

//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/kafka-user-missing",
    looks_at: "listeners of Kafka that ask for certificates or passwords",
    page: include_str!("kafka_user_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for kafka in cluster.of_group("kafka.strimzi.io", "Kafka") {
        // Without the operator for users nothing makes their secrets, and they come from elsewhere.
        if kafka.at("spec.entityOperator.userOperator").is_none() {
            continue;
        }
        for listener in kafka.list("spec.kafka.listeners") {
            let Some(kind) = listener.at("authentication.type") else { continue };
            if !matches!(kind.text(), Some("tls" | "scram-sha-512")) {
                continue;
            }
            findings.looked_at_one();
            let own =
                |user: &&Object| user.ns() == kafka.ns() && user.label("strimzi.io/cluster") == Some(kafka.name());
            let watched = kafka.str_at("spec.entityOperator.userOperator.watchedNamespace");
            let elsewhere =
                |user: &&Object| watched == Some(user.ns()) && user.label("strimzi.io/cluster") == Some(kafka.name());
            if cluster.of_group("kafka.strimzi.io", "KafkaUser").any(|user| own(&user) || elsewhere(&user)) {
                continue;
            }
            if cluster.brings_from_elsewhere(context.platform()).is_some()
                || cluster.unknown_chart(context.platform()).is_some()
            {
                findings.unknown(kind, "users may come from what isn't among the files");
                continue;
            }
            let name = listener.get("name").and_then(Node::text).unwrap_or_default();
            findings
                .report(kind, format!("listener `{name}` of Kafka cluster `{}` takes only users that it knows, and there is no KafkaUser", kafka.name()))
                .help("make a KafkaUser for each client, with what it may do; its secret holds what the client needs");
        }
    }
}

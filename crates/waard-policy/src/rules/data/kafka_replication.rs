//! See its page.
//!
//! Source: Apache Kafka documentation, broker and topic configuration, `min.insync.replicas`; Strimzi, "Configuring Kafka".

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "data/kafka-replication",
    severity: Severity::Error,
    looks_at: "Kafka clusters and topics",
    page: include_str!("kafka_replication.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for kafka in cluster.of_group("kafka.strimzi.io", "Kafka") {
        let Some(config) = kafka.at("spec.kafka.config") else { continue };
        findings.looked_at_one();
        let brokers = cluster.brokers(kafka);
        for (copies, in_sync) in [
            ("default.replication.factor", "min.insync.replicas"),
            ("offsets.topic.replication.factor", ""),
            ("transaction.state.log.replication.factor", "transaction.state.log.min.isr"),
            ("share.coordinator.state.topic.replication.factor", "share.coordinator.state.topic.min.isr"),
        ] {
            let copies = config.get(copies).and_then(|node| Some((copies, node, number(node)?)));
            let in_sync = config.get(in_sync).and_then(|node| Some((in_sync, node, number(node)?)));
            judge(copies, in_sync, brokers, findings);
        }
    }
    for topic in cluster.of_group("kafka.strimzi.io", "KafkaTopic") {
        let Some(replicas) = topic.at("spec.replicas") else { continue };
        findings.looked_at_one();
        let kafka = cluster.kafka_of(topic);
        let own = topic.at("spec.config").and_then(|config| config.get("min.insync.replicas"));
        let inherited = kafka.and_then(|kafka| kafka.at("spec.kafka.config")?.get("min.insync.replicas"));
        let in_sync = own.or(inherited).and_then(|node| Some(("min.insync.replicas", node, number(node)?)));
        let copies = number(replicas).map(|number| ("replicas", replicas, number));
        judge(copies, in_sync, kafka.and_then(|kafka| cluster.brokers(kafka)), findings);
    }
}

/// A setting, where it stands, and its number.
type Setting<'n> = (&'static str, &'n Node, i64);

fn judge(copies: Option<Setting<'_>>, in_sync: Option<Setting<'_>>, brokers: Option<i64>, findings: &mut Findings<'_>) {
    let Some((name, node, copies)) = copies else { return };
    if let Some(brokers) = brokers.filter(|brokers| copies > *brokers) {
        findings
            .report(node, format!("`{name}` is {copies}, and there are {brokers} brokers: no topic can be made"))
            .help(format!("set it to {brokers} or less, or add brokers"));
    }
    if copies == 1 && brokers.is_none_or(|brokers| brokers > 1) && brokers.is_some() {
        findings
            .report(node, format!("`{name}` is 1: what a lost broker held is lost"))
            .severity(Severity::Warning)
            .help("set it to 3");
    }
    let Some((min, place, least)) = in_sync else { return };
    if least > copies {
        findings
            .report(place, format!("`{min}` is {least} of {copies} copies: nothing can be written with `acks=all`"))
            .help(format!("set it to {}", copies.saturating_sub(1).max(1)));
    } else if least == copies && copies > 1 {
        findings
            .report(
                place,
                format!(
                    "`{min}` is {least} of {copies} copies: every restart of a broker stops who writes with `acks=all`"
                ),
            )
            .severity(Severity::Warning)
            .help(format!("set it to {}", copies.saturating_sub(1)))
            .related(node, "so many copies");
    }
}

fn number(node: &Node) -> Option<i64> {
    node.text()?.parse().ok()
}

impl Cluster {
    /// The Kafka cluster that a topic, pool or user belongs to by its label.
    pub(crate) fn kafka_of(&self, object: &Object) -> Option<&Object> {
        let name = object.label("strimzi.io/cluster")?;
        self.find_in_group("kafka.strimzi.io", "Kafka", object.ns(), name)
    }

    /// How many brokers a Kafka cluster has, by its node pools or by itself.
    pub(crate) fn brokers(&self, kafka: &Object) -> Option<i64> {
        let pools = self.of_group("kafka.strimzi.io", "KafkaNodePool");
        let own = pools.filter(|pool| {
            pool.ns() == kafka.ns()
                && pool.label("strimzi.io/cluster") == Some(kafka.name())
                && pool.list("spec.roles").iter().any(|role| role.text() == Some("broker"))
        });
        let counts: Vec<Option<i64>> = own.map(|pool| pool.int_at("spec.replicas")).collect();
        if counts.is_empty() {
            kafka.int_at("spec.kafka.replicas")
        } else {
            counts.into_iter().try_fold(0_i64, |sum, count| sum.checked_add(count?))
        }
    }
}

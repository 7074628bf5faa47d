//! See its page.
//!
//! Source: Apache Kafka documentation, topic configuration: `retention.bytes` is of a partition and -1 by default, `retention.ms` 7 days.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::quantity::Quantity;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "data/kafka-retention",
    severity: Severity::Warning,
    looks_at: "topics that delete what is old",
    page: include_str!("kafka_retention.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// So much of a disk is used: Kafka stops at a full one.
const USED: (i128, i128) = (80, 100);

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for topic in cluster.of_group("kafka.strimzi.io", "KafkaTopic") {
        let setting = |key: &str| topic.at("spec.config").and_then(|config| config.get(key));
        let policy = setting("cleanup.policy").and_then(Node::text).unwrap_or("delete");
        if !policy.contains("delete") || setting("remote.storage.enable").and_then(Node::text) == Some("true") {
            continue;
        }
        findings.looked_at_one();
        let Some(kafka) = cluster.kafka_of(topic) else {
            findings.unknown(topic, "its Kafka cluster is not among the files");
            continue;
        };
        let of_cluster = |key: &str| kafka.at("spec.kafka.config").and_then(|config| config.get(key));
        let number = |node: Option<&Node>| node.and_then(Node::text).and_then(|text| text.parse::<i128>().ok());
        let bytes = number(setting("retention.bytes").or_else(|| of_cluster("log.retention.bytes"))).unwrap_or(-1);
        let copies = topic.int_at("spec.replicas").map_or(1, i128::from).max(1);
        let partitions = topic.int_at("spec.partitions").map_or(1, i128::from).max(1);
        let room = room(cluster, kafka);
        if bytes >= 0 {
            let need = bytes.saturating_mul(partitions).saturating_mul(copies);
            // What is allowed to be there and what is meant to be are two things: the last fifth is for the surprise.
            let disks = room.map(|room| room.saturating_mul(USED.1) / USED.0);
            if let Some(disks) = disks.filter(|disks| need > *disks) {
                let at = setting("retention.bytes").map_or_else(|| topic.place(), Placed::place);
                let message = format!(
                    "topic `{}` may keep {} in {partitions} partitions of {copies} copies, and the brokers have {}",
                    topic.name(),
                    gib(need),
                    gib(disks)
                );
                findings
                    .report(at, message)
                    .severity(Severity::Error)
                    .help("keep less, or give the brokers larger disks");
            }
            continue;
        }
        let hours = number(of_cluster("log.retention.hours")).unwrap_or(168);
        let inherited = number(of_cluster("log.retention.ms")).unwrap_or(hours.saturating_mul(3_600_000));
        let time = number(setting("retention.ms")).unwrap_or(inherited);
        let at = setting("retention.ms").map_or_else(|| topic.place(), Placed::place);
        let kept = if time < 0 { "for ever".to_owned() } else { format!("for {}", days(time)) };
        let message = format!(
            "topic `{}` keeps everything {kept}, however much it is: no `retention.bytes` bounds it",
            topic.name()
        );
        let draft = findings.report(at, message);
        draft.help("set `retention.bytes` so that partitions x copies x bytes fit the disks");
        if let (Some(room), true) = (room, time > 0) {
            let rate = room.saturating_mul(1000) / copies / time.max(1) / 1000;
            draft.counterexample(format!(
                "more than {rate} kB/s into this topic alone fill the {} of the brokers",
                gib(room)
            ));
        }
    }
}

/// The bytes that all brokers together may use.
fn room(cluster: &Cluster, kafka: &Object) -> Option<i128> {
    let pools: Vec<&Object> = cluster
        .of_group("kafka.strimzi.io", "KafkaNodePool")
        .filter(|pool| pool.ns() == kafka.ns() && pool.label("strimzi.io/cluster") == Some(kafka.name()))
        .filter(|pool| pool.list("spec.roles").iter().any(|role| role.text() == Some("broker")))
        .collect();
    let disk = |storage: Option<&Node>| {
        let storage = storage?;
        let volumes = storage.list("volumes");
        let one = std::slice::from_ref(storage);
        let sizes =
            if volumes.is_empty() { one } else { volumes }.iter().map(|volume| Quantity::of(volume.get("size")?));
        sizes.sum::<Option<Bytes>>().map(|bytes| bytes.0)
    };
    let all = if pools.is_empty() {
        disk(kafka.at("spec.kafka.storage"))?.checked_mul(i128::from(kafka.int_at("spec.kafka.replicas")?))?
    } else {
        let of_pool =
            |pool: &&Object| disk(pool.at("spec.storage"))?.checked_mul(i128::from(pool.int_at("spec.replicas")?));
        pools.iter().map(of_pool).try_fold(0_i128, |sum, bytes| sum.checked_add(bytes?))?
    };
    Some(all.checked_mul(USED.0)? / USED.1)
}

/// A sum of sizes.
struct Bytes(i128);

impl std::iter::Sum<Quantity> for Bytes {
    fn sum<I: Iterator<Item = Quantity>>(items: I) -> Self {
        Self(items.fold(Quantity::ZERO, Quantity::plus).ceil())
    }
}

fn gib(bytes: i128) -> String {
    format!("{} GiB", bytes >> 30)
}

fn days(millis: i128) -> String {
    let hours = millis / 3_600_000;
    if hours % 24 == 0 && hours > 0 { format!("{} days", hours / 24) } else { format!("{hours} hours") }
}

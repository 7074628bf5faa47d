//! See its page.

use crate::cluster::{Cluster, Defined, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/kafka-cluster-missing",
    severity: Severity::Error,
    looks_at: "topics, users, pools, connectors and rebalances of Strimzi",
    page: include_str!("kafka_cluster_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// The kinds that belong to another object by a label, and the kind of that.
///
/// Source: Strimzi, "Configuring", the label `strimzi.io/cluster` of each kind.
const KINDS: [(&str, &[&str]); 5] = [
    ("KafkaTopic", &["Kafka"]),
    ("KafkaUser", &["Kafka"]),
    ("KafkaNodePool", &["Kafka"]),
    ("KafkaRebalance", &["Kafka"]),
    ("KafkaConnector", &["KafkaConnect", "KafkaMirrorMaker2"]),
];

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let none = cluster.of_group("kafka.strimzi.io", "Kafka").next().is_none();
    for (kind, owners) in KINDS {
        for object in cluster.of_group("kafka.strimzi.io", kind) {
            // A template of rebalances belongs to no cluster: Strimzi, "Using Cruise Control", "Auto-rebalancing".
            if object.annotation("strimzi.io/rebalance-template") == Some("true") {
                continue;
            }
            findings.looked_at_one();
            judge(cluster, object, owners, none, findings);
        }
    }
}

fn judge(cluster: &Cluster, object: &Object, owners: &[&str], none: bool, findings: &mut Findings<'_>) {
    let owner = owners.first().copied().unwrap_or_default();
    let label = object.at("metadata.labels").and_then(|labels| labels.get("strimzi.io/cluster"));
    let Some(name) = label.and_then(Node::text) else {
        findings
            .report(object, format!("{} has no label `strimzi.io/cluster`, so no operator takes it up", object.title()))
            .help(format!("add the label with the name of the {owner}"));
        return;
    };
    let at = label.map_or_else(|| object.place(), Placed::place);
    let all = owners.iter().flat_map(|owner| cluster.of_group("kafka.strimzi.io", owner));
    let called: Vec<&Object> = all.filter(|found| found.name() == name).collect();
    if called.iter().any(|found| found.ns() == object.ns()) {
        return;
    }
    let elsewhere = called.first().copied();
    // The topic and user operators may watch another namespace than that of their cluster.
    let watches = |found: &Object| {
        ["topicOperator", "userOperator"].iter().any(|operator| {
            found.str_at(&format!("spec.entityOperator.{operator}.watchedNamespace")) == Some(object.ns())
        })
    };
    if elsewhere.is_some_and(watches) {
        return;
    }
    let perhaps = owners.iter().any(|owner| !matches!(cluster.defines(owner, object.ns(), name), Defined::No));
    if elsewhere.is_none() && (perhaps || none) {
        findings.unknown(at, format!("{owner} `{name}` is not among the files that could be read"));
        return;
    }
    let draft = findings.report(at, format!("there is no {owner} `{name}` in namespace `{}`", object.ns()));
    draft.help(format!("label it with a {owner} of its own namespace"));
    if let Some(found) = elsewhere {
        draft.related(found, format!("this one is in namespace `{}`", found.ns()));
    }
}

//! See its page.
//!
//! Source: Strimzi, "Configuring Kafka", `rack`; Apache Kafka documentation, "Balancing Replicas Across Racks".

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/brokers-in-one-zone",
    looks_at: "Kafka clusters of several brokers",
    page: include_str!("brokers_in_one_zone.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for kafka in cluster.of_group("kafka.strimzi.io", "Kafka") {
        if cluster.brokers(kafka).is_some_and(|brokers| brokers < 2) {
            continue;
        }
        let Some(spec) = kafka.at("spec.kafka") else { continue };
        findings.looked_at_one();
        let pools = cluster
            .of_group("kafka.strimzi.io", "KafkaNodePool")
            .filter(|pool| pool.ns() == kafka.ns() && pool.label("strimzi.io/cluster") == Some(kafka.name()));
        // One pool for each zone puts its brokers there by an affinity.
        let templates: Vec<&Node> =
            pools.filter_map(|pool| pool.at("spec.template.pod")).chain(spec.at("template.pod")).collect();
        let mut spread = false;
        for template in &templates {
            template.walk(&mut |node| {
                let key = ["topologyKey", "key"].iter().find_map(|key| node.get(key)?.text());
                spread |= matches!(key, Some("topology.kubernetes.io/zone" | "failure-domain.beta.kubernetes.io/zone"));
            });
        }
        let rack = spec.at("rack").is_some_and(|rack| !rack.is_null());
        if rack {
            continue;
        }
        let at = kafka.node().at("spec").and_then(|spec| spec.entry("kafka"));
        let at = at.map_or_else(|| kafka.place(), Placed::place);
        if spread {
            findings
                .report(at, format!("brokers of `{}` are in several zones and don't know in which: copies of a partition may all be in one", kafka.name()))
                .help("add `rack: {topologyKey: topology.kubernetes.io/zone}`");
            continue;
        }
        findings
            .report(at, format!("nothing spreads the brokers of `{}` over zones, nor the copies of a partition: one zone may hold all of them", kafka.name()))
            .counterexample("the zone is lost, and with it every copy of a partition")
            .help("add `rack: {topologyKey: topology.kubernetes.io/zone}`, and a spread constraint by zone in `template.pod`");
    }
}

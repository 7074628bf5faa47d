//! See its page.

use crate::cluster::{Cluster, Object, tolerates};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/brokers-without-home",
    severity: Severity::Error,
    looks_at: "Kafka clusters in clusters whose node groups are all tainted",
    page: include_str!("brokers_without_home.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let nodes = cluster.nodes();
    if nodes.unknown.is_some() || nodes.groups.is_empty() {
        return;
    }
    for (object, part, spec) in brokers(cluster) {
        findings.looked_at_one();
        if nodes.fargate.iter().any(|profile| profile.namespace == object.ns()) {
            continue;
        }
        let pod = spec.at("template.pod");
        let tolerations = pod.map_or(&[][..], |pod| pod.list("tolerations"));
        let mut blocked = Vec::new();
        let mut open = false;
        for group in &nodes.groups {
            let hard = group.taints.iter().filter(|taint| matches!(&*taint.effect, "NoSchedule" | "NoExecute"));
            let taint =
                hard.filter(|taint| !tolerates(tolerations, taint)).map(|taint| format!("taint {taint}")).next();
            match taint {
                // Whether the labels fit is another question.
                None => open = true,
                Some(why) => blocked.push(format!("`{}`: {why}", group.name)),
            }
        }
        if open {
            continue;
        }
        findings
            .report(
                object,
                format!("no node group of {} takes the pods of {} ({part})", cluster.title(), object.title()),
            )
            .counterexample(blocked.join("; "))
            .help(format!(
                "add `template.pod.tolerations` there, and a group that is meant for it{}",
                named_like(context, cluster, object)
            ));
    }
}

/// The parts of Strimzi's objects that make pods with a template: object, what it is, where its spec is.
fn brokers(cluster: &Cluster) -> Vec<(&Object, &'static str, &Node)> {
    let mut found = Vec::new();
    for kafka in cluster.of_group("kafka.strimzi.io", "Kafka") {
        let pools = cluster
            .of_group("kafka.strimzi.io", "KafkaNodePool")
            .any(|pool| pool.ns() == kafka.ns() && pool.label("strimzi.io/cluster") == Some(kafka.name()));
        // With pools the template of the cluster is what a pool's own one adds to.
        if !pools {
            found.extend(kafka.at("spec.kafka").map(|spec| (kafka, "brokers", spec)));
        }
        found.extend(kafka.at("spec.zookeeper").map(|spec| (kafka, "ZooKeeper", spec)));
    }
    for pool in cluster.of_group("kafka.strimzi.io", "KafkaNodePool") {
        let kafka = cluster.kafka_of(pool).and_then(|kafka| kafka.at("spec.kafka"));
        let spec =
            pool.at("spec").filter(|spec| spec.at("template.pod").is_some()).or(kafka).or_else(|| pool.at("spec"));
        found.extend(spec.map(|spec| (pool, "its pods", spec)));
    }
    found
}

fn named_like(_: &Context<'_>, cluster: &Cluster, object: &Object) -> String {
    let group =
        cluster.nodes().groups.iter().find(|group| group.labels.values().flatten().any(|value| value == object.ns()));
    group.map_or_else(String::new, |group| format!(" (`{}` is labelled like the namespace)", group.name))
}

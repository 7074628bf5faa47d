//! See its page.
//!
//! Source: Apache Kafka documentation, "Hardware and OS"; Strimzi, "Configuring Kafka", JVM options.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::quantity::Quantity;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/heap-without-cache",
    looks_at: "brokers with a heap and a request of memory",
    page: include_str!("heap_without_cache.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let pools = cluster.of_group("kafka.strimzi.io", "KafkaNodePool").filter_map(|pool| Some((pool, pool.at("spec")?)));
    let kafkas =
        cluster.of_group("kafka.strimzi.io", "Kafka").filter_map(|kafka| Some((kafka, kafka.at("spec.kafka")?)));
    for (object, spec) in pools.chain(kafkas) {
        let heap = |flag: &str| spec.at("jvmOptions").and_then(|options| options.get(flag));
        let request = spec.at("resources.requests.memory").or_else(|| spec.at("resources.limits.memory"));
        let (Some(most), Some(request)) = (heap("-Xmx"), request) else { continue };
        let (Some(bytes), Some(asked)) = (jvm(most), Quantity::of(request)) else { continue };
        findings.looked_at_one();
        // What brokers serve comes from the page cache, which is the memory beside the heap.
        if bytes.saturating_mul(4) > asked.ceil().saturating_mul(3) {
            findings
                .report(most, format!("the heap of {} may grow to {} of the {} of memory that it asks for: nothing is kept for the page cache, from which Kafka serves", object.title(), most.text().unwrap_or_default(), request.text().unwrap_or_default()))
                .related(request, "asked for")
                .help("keep the heap at half of the request or less; 4 to 6 GiB are enough for most brokers");
        }
        if let Some(least) = heap("-Xms").filter(|least| jvm(least).is_some_and(|least| least != bytes)) {
            findings
                .report(
                    least,
                    format!(
                        "the heap starts at {} and grows to {}: it pauses to grow",
                        least.text().unwrap_or_default(),
                        most.text().unwrap_or_default()
                    ),
                )
                .severity(Severity::Info)
                .help("let both be the same");
        }
    }
}

/// `8g`, `512m`, in bytes.
fn jvm(node: &Node) -> Option<i128> {
    let text = node.text()?.trim();
    let (number, unit) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len()));
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        _ => return None,
    };
    number.parse::<i128>().ok()?.checked_shl(shift)
}

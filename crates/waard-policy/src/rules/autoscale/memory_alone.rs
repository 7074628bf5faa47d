//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/memory-alone",
    looks_at: "horizontal pod autoscalers that measure something",
    page: include_str!("memory_alone.md"),
    check: Check::Object(check),
    ..Rule::BASE
};

/// Source: Kubernetes, "Horizontal Pod Autoscaling", "Algorithm details": pods are added until the average falls below
/// the target, which use of memory that isn't given back never does.
fn check(_: &Context<'_>, _: &Cluster, object: &Object, findings: &mut Findings<'_>) {
    let metrics = object.list("spec.metrics");
    if object.group() != "autoscaling" || object.kind() != "HorizontalPodAutoscaler" || metrics.is_empty() {
        return;
    }
    findings.looked_at_one();
    let name = |metric: &Node| {
        let name = metric.str_at("resource.name").or_else(|| metric.str_at("containerResource.name"));
        name.unwrap_or_default().to_owned()
    };
    let Some(first) = metrics.first().filter(|_| metrics.iter().all(|metric| name(metric) == "memory")) else { return };
    findings
        .report(first, "memory is the only signal: its use follows caches and heaps, not load")
        .counterexample(
            "load doubles and falls again; most runtimes keep the memory, and the pods that were added stay",
        )
        .help("scale by cpu, requests or the length of a queue, and keep memory as a second metric at most");
}

//! See its page.

use crate::cluster::{Cluster, Object, Role};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/utilisation-without-request",
    severity: Severity::Error,
    looks_at: "utilisation metrics of horizontal autoscalers",
    page: include_str!("utilisation_without_request.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for scaler in cluster.of("HorizontalPodAutoscaler") {
        let kind = scaler.str_at("spec.scaleTargetRef.kind").unwrap_or_default();
        let name = scaler.str_at("spec.scaleTargetRef.name").unwrap_or_default();
        let Some(workload) = cluster.workload(kind, scaler.ns(), name) else { continue };
        for (resource, only, at) in metrics(scaler) {
            findings.looked_at_one();
            if cluster.has_default(scaler.ns(), resource, false) {
                continue;
            }
            let counted = workload.containers().filter(|container| {
                matches!(container.role, Role::Main | Role::Sidecar) && only.is_none_or(|only| only == container.name())
            });
            for container in counted.filter(|container| container.request(resource).is_none()) {
                let message = format!(
                    "the autoscaler divides by the request for {resource}, and container `{}` has none",
                    container.name()
                );
                findings.report(container, message).related(at, "this metric").help(format!(
                    "give it a request for {resource}, or measure one container with `type: ContainerResource`"
                ));
            }
        }
    }
}

/// Each metric that divides by requests: the resource, the one container that counts if there is one, and its place.
fn metrics(scaler: &Object) -> Vec<(&str, Option<&str>, &Node)> {
    let utilisation = |target: Option<&Node>| target.is_some_and(|target| target.get("averageUtilization").is_some());
    let new = scaler.list("spec.metrics").iter().filter_map(|metric| {
        if let Some(inner) = metric.get("containerResource") {
            let found = (inner.str_at("name")?, inner.str_at("container"), metric);
            return utilisation(inner.get("target")).then_some(found);
        }
        let inner = metric.get("resource")?;
        let old = inner.get("targetAverageUtilization").is_some();
        (old || utilisation(inner.get("target"))).then_some((inner.str_at("name")?, None, metric))
    });
    let first = scaler.at("spec.targetCPUUtilizationPercentage").map(|node| ("cpu", None, node));
    new.chain(first).collect()
}

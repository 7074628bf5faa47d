//! See its page.

use crate::cluster::{Cluster, Workload, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/container-missing",
    severity: Severity::Error,
    looks_at: "names of containers in autoscalers and in failure policies of jobs",
    page: include_str!("container_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Sources: Kubernetes, "Horizontal Pod Autoscaling", "Container resource metrics": with a container that pods don't have,
/// nothing is measured; kubernetes/autoscaler, `ContainerResourcePolicy`, `containerName`; Kubernetes, "Pod failure
/// policy": a name that isn't in the template is refused.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for scaler in cluster.of("HorizontalPodAutoscaler") {
        let Some(workload) = target(cluster, scaler.ns(), scaler.at("spec.scaleTargetRef")) else { continue };
        for metric in scaler.list("spec.metrics") {
            if let Some(name) = metric.at("containerResource.container") {
                judge(cluster, workload, name, Severity::Error, "it has no metric, and scales nothing by it", findings);
            }
        }
    }
    for vertical in cluster.of_group("autoscaling.k8s.io", "VerticalPodAutoscaler") {
        let Some(workload) = target(cluster, vertical.ns(), vertical.at("spec.targetRef")) else { continue };
        for policy in vertical.list("spec.resourcePolicy.containerPolicies") {
            if let Some(name) = policy.get("containerName").filter(|name| name.text() != Some("*")) {
                judge(cluster, workload, name, Severity::Warning, "the policy bounds nothing", findings);
            }
        }
    }
    for workload in cluster.workloads() {
        let path = match workload.kind {
            WorkloadKind::Job => "spec.podFailurePolicy.rules",
            WorkloadKind::CronJob => "spec.jobTemplate.spec.podFailurePolicy.rules",
            _ => continue,
        };
        for rule in workload.object.list(path) {
            if let Some(name) = rule.at("onExitCodes.containerName") {
                judge(cluster, workload, name, Severity::Error, "the API server refuses the job", findings);
            }
        }
    }
}

fn target<'c>(cluster: &'c Cluster, namespace: &str, target: Option<&Node>) -> Option<Workload<'c>> {
    cluster.workload(target?.str_at("kind")?, namespace, target?.str_at("name")?)
}

fn judge(
    cluster: &Cluster,
    workload: Workload<'_>,
    name: &Node,
    severity: Severity,
    effect: &str,
    findings: &mut Findings<'_>,
) {
    let Some(text) = name.text() else { return };
    findings.looked_at_one();
    if workload.containers().any(|container| container.name() == text) {
        return;
    }
    // What is put into pods as they are made.
    if text == "istio-proxy" && cluster.has_sidecar(workload) {
        return;
    }
    if ["proxy", "agent", "sidecar", "envoy"].iter().any(|part| text.contains(part)) {
        findings
            .unknown(name, format!("something that isn't among the files may put container `{text}` into the pods"));
        return;
    }
    let known: Vec<String> = workload.containers().map(|container| format!("`{}`", container.name())).collect();
    findings
        .report(
            name,
            format!(
                "the pods of {} have no container `{text}`: they have {}",
                workload.object.title(),
                known.join(", ")
            ),
        )
        .severity(severity)
        .related(workload, "the pods")
        .help(format!("name one of its containers: {effect}"));
}

//! See its page.

use crate::cluster::{Cluster, Defined, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/scale-target-missing",
    severity: Severity::Error,
    looks_at: "targets of autoscalers",
    page: include_str!("scale_target_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for (group, kind, path) in [
        ("autoscaling", "HorizontalPodAutoscaler", "spec.scaleTargetRef"),
        ("autoscaling.k8s.io", "VerticalPodAutoscaler", "spec.targetRef"),
        ("keda.sh", "ScaledObject", "spec.scaleTargetRef"),
    ] {
        for scaler in cluster.of_group(group, kind) {
            if let Some(target) = scaler.at(path) {
                judge(cluster, scaler, target, findings);
            }
        }
    }
}

fn judge(cluster: &Cluster, scaler: &Object, target: &Node, findings: &mut Findings<'_>) {
    let Some(name) = target.get("name") else { return };
    let Some(text) = name.text() else { return };
    // KEDA takes a Deployment where none is said.
    let kind = target.str_at("kind").unwrap_or("Deployment");
    let version = target.str_at("apiVersion").unwrap_or("apps/v1");
    let group = version.split_once('/').map_or("", |(group, _)| group);
    findings.looked_at_one();
    if cluster.find_in_group(group, kind, scaler.ns(), text).is_some() {
        return;
    }
    // Custom kinds are made by operators as well as by files.
    let builtin = matches!(kind, "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" | "CronJob");
    if !builtin || !matches!(cluster.defines(kind, scaler.ns(), text), Defined::No) {
        findings.unknown(name, format!("{kind} `{text}` may come from something that isn't among the files"));
        return;
    }
    let message = format!("there is no {kind} `{text}` in namespace `{}` to scale", scaler.ns());
    let draft = findings.report(name, message);
    draft.help("name a workload of the same namespace, by its kind and name");
    let elsewhere = cluster.workloads().find(|workload| workload.object.name() == text);
    if let Some(workload) = elsewhere {
        draft.related(workload.place(), format!("{} has that name", workload.object.title()));
    }
}

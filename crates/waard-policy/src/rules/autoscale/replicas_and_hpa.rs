//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/replicas-and-hpa",
    severity: Severity::Warning,
    looks_at: "workloads that an autoscaler scales",
    page: include_str!("replicas_and_hpa.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let scaled = cluster.of_group("keda.sh", "ScaledObject");
    for scaler in cluster.of("HorizontalPodAutoscaler").chain(scaled) {
        let Some(target) = scaler.at("spec.scaleTargetRef") else { continue };
        let kind = target.str_at("kind").unwrap_or("Deployment");
        let Some(workload) = cluster.workload(kind, scaler.ns(), target.str_at("name").unwrap_or_default()) else {
            continue;
        };
        // With 0 pods a horizontal autoscaler that may not go there is switched off, which is how one is.
        // Source: kubernetes.io, "Horizontal Pod Autoscaling", "Implicit maintenance-mode deactivation".
        let off = scaler.kind() == "HorizontalPodAutoscaler" && scaler.int_at("spec.minReplicas") != Some(0);
        if off && workload.object.int_at("spec.replicas") == Some(0) {
            continue;
        }
        findings.looked_at_one();
        // With 0 an autoscaler is switched off: Kubernetes, "Implicit maintenance-mode deactivation".
        let written = workload.object.at("spec.replicas").filter(|replicas| !replicas.is_null());
        if let Some(replicas) = written.filter(|replicas| replicas.as_int() != Some(0)) {
            let (count, scaler_kind, name) = (replicas.text().unwrap_or_default(), scaler.kind(), scaler.name());
            let message =
                format!("`replicas: {count}` is written while {scaler_kind} `{name}` decides how many there are");
            findings
                .report(replicas, message)
                .related(scaler, "this scales it")
                .help("leave `replicas` out: every apply sets the number back to what is written");
        }
    }
}

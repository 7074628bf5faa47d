//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/hpa-bounds",
    severity: Severity::Error,
    looks_at: "horizontal pod autoscalers",
    page: include_str!("hpa_bounds.md"),
    check: Check::Object(check),
    ..Rule::BASE
};

/// Sources: Kubernetes `pkg/apis/autoscaling/validation/validation.go`, `validateHorizontalPodAutoscalerSpec`:
/// `maxReplicas` is at least 1 and not below `minReplicas`; `minReplicas: 0` needs the gate `HPAScaleToZero` and a
/// metric of type Object or External.
fn check(_: &Context<'_>, _: &Cluster, object: &Object, findings: &mut Findings<'_>) {
    if object.group() != "autoscaling" || object.kind() != "HorizontalPodAutoscaler" {
        return;
    }
    findings.looked_at_one();
    let max_at = object.at("spec.maxReplicas");
    let Some((max, at)) = max_at.and_then(|node| Some((node.as_int()?, node.place()))) else {
        findings.unknown(object, "its `maxReplicas` is no number");
        return;
    };
    // Source: the same API's default.
    let min = object.int_at("spec.minReplicas").unwrap_or(1);
    if min > max || max < 1 {
        findings
            .report(at, format!("`maxReplicas: {max}` is below `minReplicas: {min}`: the API server refuses it"))
            .help("write the larger number as `maxReplicas`");
    } else if min == max {
        findings
            .report(at, format!("`minReplicas` and `maxReplicas` are both {max}: nothing is ever scaled"))
            .severity(Severity::Warning)
            .help("raise `maxReplicas`, or remove the autoscaler and write `replicas`");
    }
    let outside =
        object.list("spec.metrics").iter().any(|metric| matches!(metric.str_at("type"), Some("Object" | "External")));
    if min == 0 && !outside {
        findings
            .report(
                object.at("spec.minReplicas").map_or(at, Placed::place),
                "`minReplicas: 0` has no metric that counts while no pod runs",
            )
            .counterexample("with 0 pods, cpu and memory of pods can't be measured, and nothing starts the first")
            .help("keep at least 1, or scale by a metric of type Object or External");
    }
}

//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/vpa-auto-mode",
    looks_at: "vertical pod autoscalers",
    page: include_str!("vpa_auto_mode.md"),
    fixable: true,
    check: Check::Object(check),
    ..Rule::BASE
};

/// Source: kubernetes/autoscaler `vertical-pod-autoscaler/pkg/apis/autoscaling.k8s.io/v1/types.go`: `Auto` is
/// deprecated and means `Recreate`; it is the default where no mode is written.
fn check(context: &Context<'_>, _: &Cluster, object: &Object, findings: &mut Findings<'_>) {
    if object.group() != "autoscaling.k8s.io" || object.kind() != "VerticalPodAutoscaler" {
        return;
    }
    findings.looked_at_one();
    if let Some(mode) = object.at("spec.updatePolicy.updateMode").filter(|mode| mode.text() == Some("Auto")) {
        findings
            .report(
                mode,
                "the mode `Auto` is deprecated: it means `Recreate`, which evicts pods to change their requests",
            )
            .help("write what is meant: `Recreate`, `InPlaceOrRecreate` (Kubernetes 1.33), `Initial`, or `Off`")
            .fix(context.platform().rewrite(mode, "Recreate"));
    }
}

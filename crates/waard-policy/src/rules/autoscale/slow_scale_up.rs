//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Parameter, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/slow-scale-up",
    looks_at: "horizontal pod autoscalers that can add pods",
    page: include_str!("slow_scale_up.md"),
    parameters: &[Parameter {
        name: "seconds",
        default: 120,
        help: "how long it may take from the smallest to the largest number of pods",
    }],
    check: Check::Object(check),
    ..Rule::BASE
};

/// Metrics are measured every 15 s, and the controller looks every 15 s.
/// Sources: kube-controller-manager `--horizontal-pod-autoscaler-sync-period` and metrics-server `--metric-resolution`,
/// their defaults.
const MEASURED: i64 = 30;

/// Sources: Kubernetes, "Horizontal Pod Autoscaling", "Default behavior" (no window; the larger of 100 % and 4 pods in
/// 15 s), "Scaling policies" and "Stabilization window".
fn check(context: &Context<'_>, _: &Cluster, object: &Object, findings: &mut Findings<'_>) {
    if object.group() != "autoscaling" || object.kind() != "HorizontalPodAutoscaler" {
        return;
    }
    let (min, max) = (object.int_at("spec.minReplicas").unwrap_or(1).max(1), object.int_at("spec.maxReplicas"));
    let Some(max) = max.filter(|max| *max > min) else { return };
    findings.looked_at_one();
    let up = object.at("spec.behavior.scaleUp");
    let at = up.map_or_else(|| object.place(), |up| object.node().entry("spec").map_or(up.place(), |_| up.place()));
    let seconds = context.parameter("seconds");
    if up.and_then(|up| up.str_at("selectPolicy")) == Some("Disabled") {
        findings
            .report(at, format!("adding pods is disabled, so there are never more than {min} by this autoscaler"))
            .help("set `selectPolicy: Max`, or remove the autoscaler");
        return;
    }
    let window = up.and_then(|up| up.int_at("stabilizationWindowSeconds")).unwrap_or(0);
    let written: Vec<Policy> = up.map_or(&[][..], |up| up.list("policies")).iter().filter_map(Policy::of).collect();
    let policies = if written.is_empty() {
        vec![Policy { percent: true, value: 100, period: 15 }, Policy { percent: false, value: 4, period: 15 }]
    } else {
        written
    };
    let least = up.and_then(|up| up.str_at("selectPolicy")) == Some("Min");
    let Some(climb) = climb(&policies, least, min, max, seconds) else {
        findings
            .report(at, format!("from {min} to {max} pods takes more than {seconds} s by its policies"))
            .help(format!("allow more pods in a period, so that {max} are there within {seconds} s"));
        return;
    };
    let whole = window.saturating_add(climb).saturating_add(MEASURED);
    if whole > seconds {
        findings
            .report(at, format!("from {min} to {max} pods takes up to {whole} s, {seconds} s are allowed"))
            .counterexample(format!("{MEASURED} s until it is measured, {window} s of stabilization, {climb} s of policies"))
            .help("set `stabilizationWindowSeconds: 0` for scaling up, allow more pods in a period, or start with more pods");
    }
}

struct Policy {
    percent: bool,
    value: i64,
    period: i64,
}

impl Policy {
    fn of(node: &Node) -> Option<Self> {
        let (value, period) = (node.int_at("value")?, node.int_at("periodSeconds")?);
        (value > 0 && period > 0).then(|| Self { percent: node.str_at("type") == Some("Percent"), value, period })
    }

    /// The most pods that it allows at a moment, from the number at the start of its period.
    fn allows(&self, start: i64) -> i64 {
        if self.percent {
            let hundred = start.saturating_mul(self.value.saturating_add(100));
            hundred.div_euclid(100).saturating_add(i64::from(hundred.rem_euclid(100) != 0))
        } else {
            start.saturating_add(self.value)
        }
    }
}

/// Seconds from `min` to `max`, stepping by 15 s as the controller does; `None` if longer than `most`.
fn climb(policies: &[Policy], least: bool, min: i64, max: i64, most: i64) -> Option<i64> {
    const SYNC: i64 = 15;
    let mut history = vec![min];
    let mut now = min;
    let steps = most.div_euclid(SYNC).clamp(1, 960);
    for step in 0..=steps {
        let allowed = policies.iter().map(|policy| {
            // What it was a period ago.
            let ago = usize::try_from((step - policy.period.div_euclid(SYNC)).max(-1) + 1).unwrap_or_default();
            policy.allows(history.get(ago).copied().unwrap_or(now))
        });
        let allowed = if least { allowed.min() } else { allowed.max() }.unwrap_or(now);
        now = now.max(allowed.min(max));
        if now >= max {
            return Some(step * SYNC);
        }
        history.push(now);
    }
    None
}

//! See its page.

use std::collections::BTreeSet;

use crate::cluster::{Cluster, Object, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/hpa-and-vpa",
    severity: Severity::Error,
    looks_at: "workloads with both a horizontal and a vertical autoscaler",
    page: include_str!("hpa_and_vpa.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for vertical in cluster.of_group("autoscaling.k8s.io", "VerticalPodAutoscaler") {
        let Some(target) = vertical.at("spec.targetRef") else { continue };
        let (kind, name) = (target.str_at("kind").unwrap_or_default(), target.str_at("name").unwrap_or_default());
        let horizontal = cluster.of("HorizontalPodAutoscaler").find(|horizontal| {
            horizontal.ns() == vertical.ns()
                && horizontal.str_at("spec.scaleTargetRef.kind") == Some(kind)
                && horizontal.str_at("spec.scaleTargetRef.name") == Some(name)
        });
        let Some(horizontal) = horizontal else { continue };
        findings.looked_at_one();
        // `Off` only recommends; `Initial` doesn't change a pod that runs.
        let mode = vertical.at("spec.updatePolicy.updateMode").and_then(Node::text).unwrap_or("Auto");
        if matches!(mode, "Off" | "Initial")
            || vertical.at("spec.updatePolicy.updateMode").is_some_and(|mode| mode.as_bool() == Some(false))
        {
            continue;
        }
        let changed = controlled(vertical, cluster.workload(kind, vertical.ns(), name));
        let measured = measured(horizontal);
        let both: Vec<&str> = changed.intersection(&measured).copied().collect();
        if !both.is_empty() {
            let both = both.join(" and ");
            let message = format!(
                "the pods of {kind} `{name}` are scaled by their use of {both}, and the vertical autoscaler changes their requests for {both}"
            );
            findings
                .report(vertical, message)
                .related(horizontal, format!("scales by {both}"))
                .counterexample(format!(
                    "use of {both} rises, the horizontal autoscaler adds pods and the vertical one raises requests: utilisation falls twice, then pods are removed"
                ))
                .help("set `updateMode: Off`, let the vertical one control other resources only, or scale by another metric");
        }
    }
}

/// The resources by whose use the horizontal autoscaler scales.
fn measured(horizontal: &Object) -> BTreeSet<&str> {
    let metrics = horizontal.list("spec.metrics").iter().filter_map(|metric| {
        let name = metric.str_at("resource.name").or_else(|| metric.str_at("containerResource.name"))?;
        let target = metric.at("resource.target").or_else(|| metric.at("containerResource.target"));
        // An average value doesn't depend on requests. The older API has no target.
        let by_value = target.and_then(|target| target.str_at("type")) == Some("AverageValue");
        (!by_value).then_some(name)
    });
    let old = horizontal.at("spec.targetCPUUtilizationPercentage").map(|_| "cpu");
    let mut found: BTreeSet<&str> = metrics.chain(old).collect();
    if horizontal.list("spec.metrics").is_empty() {
        // Without metrics it scales by 80 % of cpu.
        found.insert("cpu");
    }
    found
}

/// The resources whose requests the vertical autoscaler changes in some container.
fn controlled<'v>(vertical: &'v Object, workload: Option<Workload<'_>>) -> BTreeSet<&'v str> {
    const ALL: [&str; 2] = ["cpu", "memory"];
    let policies = vertical.list("spec.resourcePolicy.containerPolicies");
    let by_policy = |policy: &'v Node| -> Vec<&'v str> {
        let off = policy.get("mode").is_some_and(|mode| mode.text() == Some("Off") || mode.as_bool() == Some(false));
        match policy.get("controlledResources") {
            _ if off => Vec::new(),
            Some(listed) => listed.items().iter().filter_map(Node::as_str).collect(),
            None => ALL.to_vec(),
        }
    };
    let named = |name: &str| policies.iter().find(|policy| policy.str_at("containerName") == Some(name));
    let mut found: BTreeSet<&str> = policies.iter().flat_map(by_policy).collect();
    if named("*").is_none() {
        let uncovered =
            workload.is_none_or(|workload| workload.running().any(|container| named(container.name()).is_none()));
        if uncovered {
            found.extend(ALL);
        }
    }
    found
}

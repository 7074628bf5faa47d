//! See its page.

use crate::cluster::{Cluster, Container, Role, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/average-over-sidecars",
    severity: Severity::Info,
    looks_at: "horizontal pod autoscalers that measure use of whole pods",
    page: include_str!("average_over_sidecars.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: Kubernetes, "Horizontal Pod Autoscaling", "Container resource metrics": a resource metric adds up all
/// containers of a pod, so that one of them can be at its limit while the average is low. Stable since 1.30.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for scaler in cluster.of("HorizontalPodAutoscaler") {
        let measured = scaler.list("spec.metrics").iter().filter_map(|metric| metric.at("resource"));
        let measured: Vec<&Node> =
            measured.filter(|resource| resource.str_at("target.type") == Some("Utilization")).collect();
        let (Some(first), Some(kind), Some(name)) =
            (measured.first(), scaler.str_at("spec.scaleTargetRef.kind"), scaler.str_at("spec.scaleTargetRef.name"))
        else {
            continue;
        };
        let Some(workload) = cluster.workload(kind, scaler.ns(), name) else { continue };
        findings.looked_at_one();
        let running: Vec<Container<'_>> = workload.running().collect();
        let injected = injected(cluster, workload);
        let others = match (&running[..], injected) {
            ([] | [_], None) => continue,
            (_, Some(by)) => by.to_owned(),
            (all, None) => {
                let names: Vec<String> = all.iter().map(|container| format!("`{}`", container.name())).collect();
                names.join(" and ")
            }
        };
        let resource = first.str_at("name").unwrap_or_default();
        let main =
            running.iter().find(|container| container.role == Role::Main).map_or("", |container| container.name());
        let share = |container: &Container<'_>| container.request(resource).unwrap_or_default().millis();
        let draft = findings.report(
            *first,
            format!(
                "utilisation of {resource} is averaged over all containers of the pods of {kind} `{name}`: {others}"
            ),
        );
        let all: i128 = running.iter().map(share).sum();
        if let Some(own) =
            running.iter().find(|container| container.name() == main).map(share).filter(|own| *own > 0 && *own < all)
        {
            draft.counterexample(format!(
                "`{main}` at 100 % of its {resource} and the others idle is {} % of the pod",
                own.saturating_mul(100).checked_div(all).unwrap_or(100)
            ));
        }
        draft.help(format!("measure `{main}` alone with a metric of type ContainerResource"));
        draft.related(workload, "its pods");
    }
}

/// Who puts a proxy into the pods.
fn injected(cluster: &Cluster, workload: Workload<'_>) -> Option<&'static str> {
    let key = "sidecar.istio.io/inject";
    let own = workload.pod_label(key).or_else(|| workload.pod_annotation(key));
    let namespace = cluster.find("Namespace", "", workload.object.ns())?;
    let on = namespace.label("istio-injection") == Some("enabled") || namespace.label("istio.io/rev").is_some();
    match own {
        Some("false") => None,
        Some("true") => Some("the proxy of Istio too"),
        _ => on.then_some("the proxy of Istio too"),
    }
}

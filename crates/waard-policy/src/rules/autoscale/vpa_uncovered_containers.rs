//! See its page.

use crate::cluster::{Cluster, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/vpa-uncovered-containers",
    looks_at: "vertical pod autoscalers with policies for containers, whose workloads are known",
    page: include_str!("vpa_uncovered_containers.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// A container without a policy of its own falls under `*`; without that, it is scaled without bounds.
/// Source: kubernetes/autoscaler `vertical-pod-autoscaler/pkg/apis/autoscaling.k8s.io/v1/types.go`,
/// `PodResourcePolicy`.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for vertical in cluster.of_group("autoscaling.k8s.io", "VerticalPodAutoscaler") {
        let policies = vertical.list("spec.resourcePolicy.containerPolicies");
        let target = (vertical.str_at("spec.targetRef.kind"), vertical.str_at("spec.targetRef.name"));
        let (Some(kind), Some(name), Some(first)) = (target.0, target.1, policies.first()) else { continue };
        let off = vertical.at("spec.updatePolicy.updateMode").and_then(Node::text) == Some("Off");
        let Some(workload) = cluster.workload(kind, vertical.ns(), name).filter(|_| !off) else { continue };
        findings.looked_at_one();
        let named = |name: &str| policies.iter().any(|policy| policy.str_at("containerName") == Some(name));
        if named("*") {
            continue;
        }
        let mut uncovered: Vec<String> = workload
            .running()
            .map(|container| container.name().to_owned())
            .filter(|container| !named(container))
            .collect();
        if is_injected(cluster, workload) && !named("istio-proxy") {
            uncovered.push("istio-proxy".to_owned());
        }
        if uncovered.is_empty() {
            continue;
        }
        let all: Vec<String> = uncovered.iter().map(|name| format!("`{name}`")).collect();
        findings
            .report(first, format!("its policies leave out {}, which is then scaled without bounds", all.join(" and ")))
            .related(workload, "the pods")
            .help("add `{containerName: '*', mode: 'Off'}` for what isn't listed");
    }
}

fn is_injected(cluster: &Cluster, workload: Workload<'_>) -> bool {
    let key = "sidecar.istio.io/inject";
    let own = workload.pod_label(key).or_else(|| workload.pod_annotation(key));
    let namespace = cluster.find("Namespace", "", workload.object.ns());
    own != Some("false")
        && namespace.is_some_and(|namespace| {
            namespace.label("istio-injection") == Some("enabled") || namespace.label("istio.io/rev").is_some()
        })
}

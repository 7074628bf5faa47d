//! See its page.

use std::collections::BTreeSet;

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/quota-needs-requests",
    severity: Severity::Error,
    looks_at: "containers in namespaces with a quota over cpu or memory",
    page: include_str!("quota_needs_requests.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// What each key of `hard` asks of every container: a resource, and whether it is the limit.
const ASKED: [(&str, &str, bool); 6] = [
    ("cpu", "cpu", false),
    ("requests.cpu", "cpu", false),
    ("limits.cpu", "cpu", true),
    ("memory", "memory", false),
    ("requests.memory", "memory", false),
    ("limits.memory", "memory", true),
];

/// Source: Kubernetes, "Resource Quotas": where a quota over cpu or memory is enforced, every new pod has to say a request
/// or a limit for it, else the control plane may refuse it; `pkg/quota/v1/evaluator/core/pods.go`, `Constraints`.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let mut judged: BTreeSet<(&str, &str, bool)> = BTreeSet::new();
    for quota in cluster.of("ResourceQuota") {
        if quota.at("spec.scopes").is_some() || quota.at("spec.scopeSelector").is_some() {
            continue;
        }
        for hard in quota.node().map("spec.hard") {
            let Some((_, resource, limit)) = ASKED.iter().find(|(key, ..)| *key == hard.key()) else { continue };
            if !judged.insert((quota.ns(), resource, *limit)) {
                continue;
            }
            for workload in cluster.workloads().filter(|workload| workload.object.ns() == quota.ns()) {
                findings.looked_at_one();
                let path = if *limit { "resources.limits" } else { "resources.requests" };
                // Since 1.34 the pod as a whole may say it.
                let of_pod = workload.pod_at(path).is_some_and(|map| map.get(resource).is_some());
                if of_pod || cluster.has_default(quota.ns(), resource, *limit) {
                    continue;
                }
                let lacks = workload.containers().find(|container| {
                    if *limit { container.limit(resource).is_none() } else { container.request(resource).is_none() }
                });
                let Some(container) = lacks else { continue };
                let what = if *limit { "limit" } else { "request" };
                findings
                    .report(
                        container,
                        format!(
                            "container `{}` has no {what} for {resource}, and quota `{}` of namespace `{}` counts these: the API server refuses the pods",
                            container.name(),
                            quota.name(),
                            quota.ns()
                        ),
                    )
                    .related(hard, "this is counted")
                    .help(format!("give it a {what}, or write a LimitRange with a default for the namespace"));
            }
        }
    }
}

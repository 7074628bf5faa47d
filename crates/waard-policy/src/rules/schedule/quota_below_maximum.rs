//! See its page.

use crate::cluster::{Cluster, Workload, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::quantity::Quantity;
use crate::rule::{Check, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/quota-below-maximum",
    looks_at: "quotas of namespaces over pods, cpu and memory",
    page: include_str!("quota_below_maximum.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// What quotas count, by the keys of `hard`: the resource, and whether its limit counts.
///
/// Source: Kubernetes, "Resource Quotas", "Compute Resource Quota": `cpu` and `memory` are the same as `requests.cpu` and
/// `requests.memory`.
const COUNTED: [(&str, &str, bool); 8] = [
    ("pods", "", false),
    ("count/pods", "", false),
    ("cpu", "cpu", false),
    ("requests.cpu", "cpu", false),
    ("limits.cpu", "cpu", true),
    ("memory", "memory", false),
    ("requests.memory", "memory", false),
    ("limits.memory", "memory", true),
];

/// Workloads at their largest number against the quota. Jobs, which come and go, and what the files don't say are left
/// out, so that a finding is certain.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for quota in cluster.of("ResourceQuota") {
        // A quota with scopes counts some pods only.
        if quota.at("spec.scopes").is_some() || quota.at("spec.scopeSelector").is_some() {
            continue;
        }
        let here: Vec<Workload<'_>> = cluster
            .workloads()
            .filter(|workload| {
                workload.object.ns() == quota.ns()
                    && !matches!(workload.kind, WorkloadKind::Job | WorkloadKind::CronJob | WorkloadKind::DaemonSet)
            })
            .collect();
        for hard in quota.node().map("spec.hard") {
            let Some((key, resource, limit)) = COUNTED.iter().find(|(key, ..)| *key == hard.key()) else { continue };
            findings.looked_at_one();
            let Some(allowed) = Quantity::of(hard.value()) else {
                findings.unknown(hard, format!("the quota for `{key}` is no quantity"));
                continue;
            };
            let each = |workload: &Workload<'_>| match (*resource, *limit) {
                ("", _) => Quantity::from_whole(1),
                (resource, false) => workload.requests(resource),
                (resource, true) => {
                    let limits = workload.running().filter_map(|container| container.limit(resource));
                    limits.fold(Quantity::ZERO, Quantity::plus)
                }
            };
            let (mut most, mut open) = (Quantity::ZERO, None);
            for workload in &here {
                match cluster.most_pods(*workload) {
                    Some(pods) => most = most.plus(each(workload).times(i128::from(pods.max(0)))),
                    None => open = Some(*workload),
                }
            }
            if most <= allowed {
                if let Some(workload) = open {
                    findings.unknown(hard, format!("how many pods {} makes is not known", workload.object.title()));
                }
                continue;
            }
            let show = |quantity: Quantity| match *resource {
                "cpu" => format!("{}m", quantity.millis()),
                "memory" => format!("{}Mi", quantity.ceil().div_euclid(1 << 20)),
                _ => quantity.ceil().to_string(),
            };
            let draft = findings.report(
                hard,
                format!(
                    "the workloads of namespace `{}` come to {} of `{key}` at their largest, and quota `{}` allows {}",
                    quota.ns(),
                    show(most),
                    quota.name(),
                    show(allowed)
                ),
            );
            draft.counterexample(
                "the autoscaler asks for more pods, and the API server refuses them: the load stays on those that run",
            );
            draft.help("raise the quota, or lower the largest numbers of pods");
            let largest = here.iter().max_by_key(|workload| {
                each(workload).times(i128::from(cluster.most_pods(**workload).unwrap_or_default()))
            });
            if let Some(workload) = largest {
                let pods = cluster.most_pods(*workload).unwrap_or_default();
                draft.related(*workload, format!("up to {pods} pods of {}", show(each(workload))));
            }
        }
    }
}

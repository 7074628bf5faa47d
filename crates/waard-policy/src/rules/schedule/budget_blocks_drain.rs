//! See its page.

use crate::cluster::{Cluster, Selector, Workload, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/budget-blocks-drain",
    severity: Severity::Error,
    looks_at: "disruption budgets that select pods of known workloads",
    page: include_str!("budget_blocks_drain.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Sources: Kubernetes, "Specifying a Disruption Budget", which names the budgets that no drain passes;
/// `pkg/controller/disruption/disruption.go`: percentages are rounded up, both of them.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for budget in cluster.of("PodDisruptionBudget") {
        let least = budget.at("spec.minAvailable");
        let most = budget.at("spec.maxUnavailable");
        // In policy/v1 an empty selector takes all pods of the namespace.
        let selector = budget.at("spec.selector").map(Selector::of);
        let of_controllers: Vec<Workload<'_>> = selector
            .into_iter()
            .flat_map(|selector| cluster.selected(budget.ns(), selector))
            .filter(|workload| {
                matches!(
                    workload.kind,
                    WorkloadKind::Deployment
                        | WorkloadKind::StatefulSet
                        | WorkloadKind::ReplicaSet
                        | WorkloadKind::ReplicationController
                )
            })
            .collect();
        if let Some(at) = most.filter(|most| is_nothing(most)) {
            findings.looked_at_one();
            findings
                .report(
                    at,
                    format!(
                        "`maxUnavailable: {}` lets no pod be evicted: no node under them can ever be drained",
                        at.text().unwrap_or_default()
                    ),
                )
                .help("allow 1");
            continue;
        }
        if of_controllers.is_empty() || (least.is_none() && most.is_none()) {
            continue;
        }
        findings.looked_at_one();
        let mut pods = 0_i64;
        let mut unknown = None;
        for workload in &of_controllers {
            match fewest(cluster, *workload) {
                Some(count) => pods = pods.saturating_add(count),
                None => unknown = Some(*workload),
            }
        }
        if let Some(workload) = unknown {
            findings.unknown(budget, format!("how many pods {} makes is not known", workload.object.title()));
            continue;
        }
        let Some((at, wanted)) = least.and_then(|least| Some((least, wanted(least, pods)?))) else { continue };
        if pods > 0 && wanted >= pods {
            let draft = findings.report(
                at,
                format!(
                    "`minAvailable: {}` of {pods} pods lets none be evicted: no node under them can be drained",
                    at.text().unwrap_or_default()
                ),
            );
            draft.help(if pods == 1 {
                "run 2 pods, or write `maxUnavailable: 1`"
            } else {
                "write `maxUnavailable: 1`"
            });
            draft.counterexample(format!(
                "{pods} pods run, {wanted} have to: a drain waits for ever, and so does every upgrade of nodes"
            ));
            for workload in of_controllers.iter().take(3) {
                draft.related(
                    *workload,
                    format!("{} pods at the fewest", fewest(cluster, *workload).unwrap_or_default()),
                );
            }
        }
    }
}

fn is_nothing(node: &Node) -> bool {
    node.text().is_some_and(|text| text.strip_suffix('%').unwrap_or(text).parse() == Ok(0_i64))
}

/// How many pods `minAvailable` wants of so many.
fn wanted(node: &Node, pods: i64) -> Option<i64> {
    let text = node.text()?;
    match text.strip_suffix('%') {
        Some(percent) => {
            let hundredths = percent.parse::<i64>().ok()?.saturating_mul(pods);
            Some(hundredths.div_euclid(100) + i64::from(hundredths.rem_euclid(100) != 0))
        }
        None => text.parse().ok(),
    }
}

/// The fewest pods of a workload: those of its autoscaler, if it has one.
fn fewest(cluster: &Cluster, workload: Workload<'_>) -> Option<i64> {
    let scaler = cluster.autoscaler_of(workload);
    match scaler {
        Some(scaler) => scaler.at("spec.minReplicas").map_or(Some(1), Node::as_int),
        None => workload.replicas(),
    }
}

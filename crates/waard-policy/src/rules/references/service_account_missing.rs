//! See its page.

use crate::cluster::{Cluster, Defined, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/service-account-missing",
    severity: Severity::Error,
    looks_at: "workloads that name a service account",
    page: include_str!("service_account_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for workload in cluster.workloads() {
        judge(cluster, workload, findings);
    }
}

fn judge(cluster: &Cluster, workload: Workload<'_>, findings: &mut Findings<'_>) {
    let name = workload.service_account();
    if name == "default" || name.is_empty() {
        return;
    }
    let namespace = workload.object.ns();
    let at = workload.pod_at("serviceAccountName").or_else(|| workload.pod_at("serviceAccount"));
    let at = at.map_or_else(|| workload.place(), Placed::place);
    findings.looked_at_one();
    match cluster.defines("ServiceAccount", namespace, name) {
        Defined::Object(_) | Defined::Made(_) => {}
        Defined::Perhaps(_) => {
            findings
                .unknown(at, format!("service account `{name}` may come from something that isn't among the files"));
        }
        Defined::No => {
            let title = workload.object.title();
            let draft = findings.report(
                at,
                format!("nothing makes service account `{name}` in namespace `{namespace}`, as which the pods of {title} run"),
            );
            draft.help("make the service account; until then admission refuses every pod, and the workload has none");
            if let Some(account) = cluster.of("ServiceAccount").find(|account| account.name() == name) {
                draft.related(account, format!("this one is in namespace `{}`", account.ns()));
            }
        }
    }
}

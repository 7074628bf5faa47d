//! See its page.
//!
//! Source: Kubernetes, "Configure Service Accounts for Pods", on opting out of API credential automounting: the pod's field wins.

use crate::cluster::{Cluster, Defined};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::rules::references::controller_without_rights::is_controller;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/service-account-token",
    severity: Severity::Warning,
    looks_at: "workloads",
    page: include_str!("service_account_token.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for workload in cluster.workloads() {
        // A controller needs its token; that it has no rights is a finding of its own.
        if workload.pod_spec().is_none() || workload.running().any(is_controller) {
            continue;
        }
        findings.looked_at_one();
        let (namespace, name) = (workload.object.ns(), workload.service_account());
        let account = cluster.find("ServiceAccount", namespace, name);
        let setting = workload.pod_at("automountServiceAccountToken").filter(|node| !node.is_null());
        let setting = setting.or_else(|| account?.at("automountServiceAccountToken"));
        if setting.and_then(crate::yaml::Node::as_bool) == Some(false) || cluster.has_binding(namespace, name) {
            continue;
        }
        if let Defined::Perhaps(_) | Defined::Made(_) = cluster.defines("RoleBinding", namespace, "") {
            findings.unknown(workload, "something that isn't among the files may give its service account rights");
            continue;
        }
        let at = setting.map_or_else(|| workload.place(), Placed::place);
        let message = format!(
            "pods of {} carry a token of service account `{name}`, to which no binding gives rights",
            workload.object.title()
        );
        let draft = findings.report(at, message);
        draft.help("set `automountServiceAccountToken: false`, or bind the role that the pods need");
        if let Some(account) = account {
            draft.related(account, "the service account");
        }
    }
}

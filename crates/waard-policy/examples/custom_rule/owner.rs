//! See its page.

use waard_policy::{Check, Context, Findings, Parameter, Rule, Severity, Workload};

/// Workloads say which team answers for them.
pub(crate) static RULE: Rule = Rule {
    id: "house/owner",
    severity: Severity::Warning,
    since: "2026.11",
    looks_at: "workloads",
    page: include_str!("owner.md"),
    parameters: &[Parameter { name: "replicas", default: 1, help: "workloads of fewer replicas need no owner" }],
    check: Check::Workload(check),
    ..Rule::BASE
};

/// The label that the paging system reads.
const LABEL: &str = "example.com/team";

fn check(context: &Context<'_>, workload: Workload<'_>, findings: &mut Findings<'_>) {
    let least = context.parameter("replicas");
    // What an autoscaler decides stands in no manifest: a workload that is small today may be large tonight.
    let replicas = workload.replicas();
    if replicas.is_some_and(|replicas| replicas < least) {
        return;
    }
    findings.looked_at_one();
    let title = workload.object.title();
    match workload.object.labels().iter().find(|label| label.key() == LABEL) {
        None => {
            findings
                .report(workload.object, format!("{title} has no label `{LABEL}`"))
                .help("name the team that is called at night, as it is called in the paging system");
        }
        Some(label) => match label.value().text() {
            // A template engine fills it in later.
            Some(text) if text.contains("${") => findings.unknown(label, "the team is filled in later"),
            Some(text) if !text.is_empty() => {}
            _ => {
                findings.report(label, format!("the label `{LABEL}` of {title} is empty")).help("name the team");
            }
        },
    }
}

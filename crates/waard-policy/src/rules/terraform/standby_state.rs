//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use waard_model::topology::Duty;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/standby-state",
    severity: Severity::Error,
    looks_at: "backends of standby regions",
    page: include_str!("standby_state.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for file in context.platform().topologies() {
        let Some(topology) = file.topology() else { continue };
        for root in context.platform().roots().iter().filter(|root| root.is_applied()) {
            let Some(region) = root.region() else { continue };
            // The same region may stand by in one environment and serve in another: the path tells them apart.
            let standbys = topology.environments().values().filter(|environment| {
                let name = environment.name().as_str();
                topology.environments().len() == 1 || root.path().split('/').any(|part| part == name)
            });
            let standby = standbys
                .flat_map(|environment| environment.regions().values())
                .find(|found| found.name().as_str() == region && found.is_standby());
            let Some(standby) = standby else { continue };
            let Duty::Standby { protects, .. } = standby.duty() else { continue };
            for backend in root.s3_backends() {
                let Some(argument) = backend.argument("region") else { continue };
                findings.looked_at_one();
                if argument.value.as_str() == Some(protects.as_str()) {
                    findings
                        .report(
                            argument,
                            format!("the state of standby `{region}` is kept in `{protects}`, the region that it stands in for"),
                        )
                        .help(format!("keep it in a bucket in `{region}`"))
                        .related(file.place_of(&standby.path()), "the standby");
                }
            }
        }
    }
}

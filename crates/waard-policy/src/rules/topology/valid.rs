//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "topology/valid",
    severity: Severity::Error,
    looks_at: "topologies",
    page: include_str!("valid.md"),
    waivable: false,
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for file in context.platform().topologies() {
        findings.looked_at_one();
        for problem in &file.problems {
            let at = file.place_of_problem(problem);
            let draft = findings.report(at, problem.message.clone());
            if let Some(help) = &problem.help {
                draft.help(help.clone());
            }
        }
    }
}

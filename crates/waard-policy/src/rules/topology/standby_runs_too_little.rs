//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::wish::{plans, without_role};

/// The rule.
pub static RULE: Rule = Rule {
    id: "topology/standby-runs-too-little",
    looks_at: "standbys of plans that say what runs there",
    page: include_str!("standby_runs_too_little.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for plan in plans(context.platform()) {
        for standby in plan.standbys() {
            let Some(entry) = standby.services_entry() else { continue };
            let own: Vec<String> = standby.services().iter().map(|(_, name)| without_role(name)).collect();
            for link in plan.protected_by(standby) {
                let Some(protected) = plan.region(&link.name) else { continue };
                findings.looked_at_one();
                let missing: Vec<String> = protected
                    .services()
                    .iter()
                    .filter(|(_, name)| !own.contains(&without_role(name)))
                    .map(|(_, name)| format!("`{name}`"))
                    .collect();
                if missing.is_empty() {
                    continue;
                }
                let message = format!(
                    "`{}` stands in for `{}` and doesn't run {} of it",
                    standby.name,
                    protected.name,
                    missing.join(", ")
                );
                let draft = findings.report(entry, message).related(protected, "what it stands in for");
                draft.help("let it run everything that must go on, and the stores that that needs");
            }
        }
    }
}

//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::wish::plans;

/// The rule.
pub static RULE: Rule = Rule {
    id: "topology/pairing-in-prose",
    severity: Severity::Info,
    looks_at: "standbys of plans",
    page: include_str!("pairing_in_prose.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for plan in plans(context.platform()) {
        for standby in plan.standbys() {
            findings.looked_at_one();
            let links = plan.protected_by(standby);
            let Some(link) = links.first() else {
                findings.unknown(standby, "nothing says what it stands in for");
                continue;
            };
            if link.prose {
                let message = format!(
                    "that `{}` stands in for `{}` is said in a sentence, which nothing but a reader understands",
                    standby.name, link.name
                );
                findings.report(link.place, message).help(format!("say it with a key: `protects: {}`", link.name));
            }
        }
    }
}

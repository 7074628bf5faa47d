//! See its page.
//!
//! Source: Terraform, "Version constraints", best practices.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Constraint, Root};

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/required-version",
    severity: Severity::Warning,
    looks_at: "root modules",
    page: include_str!("required_version.md"),
    fixable: true,
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    // Modules that others call say what they need at least, and leave the rest to who calls them.
    if !root.is_applied() || root.blocks().is_empty() || !root.is_whole() {
        return;
    }
    findings.looked_at_one();
    let said = root.of_kind("terraform").find_map(|block| block.get("required_version"));
    let Some(expr) = said else {
        findings
            .report(root.place(), "no `required_version`: any version of Terraform may plan and write the state")
            .help("set `required_version`, such as `>= 1.10, < 2.0`");
        return;
    };
    let Some(constraint) = expr.as_str().and_then(Constraint::parse) else {
        findings.unknown(expr, "it is no version constraint that can be read");
        return;
    };
    let text = expr.as_str().unwrap_or_default();
    if constraint.below.is_none() {
        // Terraform 1 promises that what it plans, every later 1 does. What a `>= 0.13` is for is not known.
        let bounded = (constraint.lowest.is_some_and(|[major, ..]| major == 1))
            .then(|| context.platform().rewrite_literal(expr, &format!("{text}, < 2.0")));
        findings
            .report(expr, format!("`{text}` has no upper bound: a future major version may plan and write the state"))
            .help("add one: `< 2.0`")
            .fix(bounded.flatten());
    }
    if constraint.lowest.is_none() {
        findings
            .report(expr, format!("`{text}` has no lower bound: any old version of Terraform may plan"))
            .help("add the version that you test with: `>= 1.10`");
    }
}

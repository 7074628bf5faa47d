//! See its page.
//!
//! Source: Terraform's changelog of each version.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Block;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Constraint, Root};

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/version-too-low",
    severity: Severity::Warning,
    looks_at: "root modules that say which Terraform they need",
    page: include_str!("version_too_low.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    let said = root.of_kind("terraform").find_map(|block| block.get("required_version"));
    let Some(expr) = said else { return };
    let Some(constraint) = expr.as_str().and_then(Constraint::parse) else { return };
    findings.looked_at_one();
    let lowest = constraint.lowest.unwrap_or_default();
    let newest =
        root.blocks().iter().flat_map(needs).filter(|(version, ..)| *version > lowest).max_by_key(|need| need.0);
    if let Some((version, what, place)) = newest {
        let [major, minor, _] = version;
        findings
            .report(
                expr,
                format!(
                    "`{}` lets Terraform in that doesn't know {what}, which is there from {major}.{minor} on",
                    expr.as_str().unwrap_or_default()
                ),
            )
            .help(format!("ask for `>= {major}.{minor}`"))
            .related(place, "used here");
    }
}

/// What a block uses, with the version that brought it.
fn needs(block: &Block) -> Vec<([u64; 3], &'static str, Place)> {
    let mut found = Vec::new();
    match &*block.kind {
        "ephemeral" => found.push(([1, 10, 0], "`ephemeral` blocks", block.place())),
        "removed" => found.push(([1, 7, 0], "`removed` blocks", block.place())),
        "import" => found.push(([1, 5, 0], "`import` blocks", block.place())),
        "check" => found.push(([1, 5, 0], "`check` blocks", block.place())),
        "moved" => found.push(([1, 1, 0], "`moved` blocks", block.place())),
        "resource" => {
            let write_only = block.body.arguments.iter().find(|argument| argument.name.ends_with("_wo"));
            found.extend(write_only.map(|argument| ([1, 11, 0], "write-only arguments", argument.place())));
        }
        "variable" => {
            let ephemeral = block.argument("ephemeral");
            found.extend(ephemeral.map(|argument| ([1, 10, 0], "ephemeral variables", argument.place())));
            let optional = block.get("type").filter(|expr| has_optional(expr));
            found.extend(optional.map(|expr| ([1, 3, 0], "`optional(…)`", expr.place())));
        }
        "terraform" => {
            let lock = block.blocks("backend").find_map(|backend| backend.argument("use_lockfile"));
            found.extend(lock.map(|argument| ([1, 10, 0], "`use_lockfile`", argument.place())));
        }
        _ => {}
    }
    found
}

fn has_optional(expr: &crate::hcl::Expr) -> bool {
    match &expr.kind {
        crate::hcl::ExprKind::Call { name, args } => &**name == "optional" || args.iter().any(has_optional),
        crate::hcl::ExprKind::Object(entries) => entries.iter().any(|(_, value)| has_optional(value)),
        crate::hcl::ExprKind::List(items) => items.iter().any(has_optional),
        _ => false,
    }
}

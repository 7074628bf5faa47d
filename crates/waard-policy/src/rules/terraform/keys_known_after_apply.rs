//! See its page.
//!
//! Source: Terraform, "The for_each meta-argument", limitations on values.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::{Expr, ExprKind, Reference};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/keys-known-after-apply",
    severity: Severity::Error,
    looks_at: "blocks with `for_each`",
    page: include_str!("keys_known_after_apply.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for block in root.blocks() {
        let Some(argument) = block.argument("for_each") else { continue };
        findings.looked_at_one();
        let Some(reference) = key(&argument.value).into_iter().find(|reference| is_made(root, reference)) else {
            continue;
        };
        findings
            .report(
                argument,
                format!(
                    "`{}` is known only once it is there, so the keys of `{}` can't be planned",
                    dotted(reference),
                    block.address()
                ),
            )
            .help("use keys that are written out, and put what is made later into the values of a map");
    }
}

/// What the keys of a `for_each` refer to.
fn key(expr: &Expr) -> Vec<&Reference> {
    match &expr.kind {
        ExprKind::Call { name, args } if matches!(&**name, "toset" | "tolist" | "concat" | "compact" | "distinct") => {
            args.iter().flat_map(key).collect()
        }
        ExprKind::List(items) => items.iter().filter_map(Expr::as_reference).collect(),
        ExprKind::Object(entries) => {
            entries.iter().filter_map(|(key, _)| key.computed.as_deref().and_then(Expr::as_reference)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether it is an attribute of a resource of the same root that no argument sets.
fn is_made(root: &Root, reference: &Reference) -> bool {
    let Some(block) = root.block(&reference.dotted_pair()) else { return false };
    let attribute = reference.name(2).unwrap_or_default();
    &*block.kind == "resource"
        && reference.steps.len() == 3
        && block.get(attribute).is_none()
        && (matches!(attribute, "id" | "arn" | "endpoint") || attribute.ends_with("_id") || attribute.ends_with("_arn"))
}

fn dotted(reference: &Reference) -> String {
    reference.dotted()
}

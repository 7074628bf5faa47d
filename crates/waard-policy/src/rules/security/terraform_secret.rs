//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::{Block, Expr, ExprKind};
use crate::rule::{Check, Rule, Severity};
use crate::secrets::in_clear;
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/terraform-secret",
    severity: Severity::Error,
    looks_at: "arguments, defaults and local values of Terraform",
    page: include_str!("terraform_secret.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for block in root.blocks() {
        let named = (&*block.kind == "variable").then(|| block.label(0)).flatten();
        arguments(block, named, findings);
    }
}

fn arguments(block: &Block, named: Option<&str>, findings: &mut Findings<'_>) {
    for argument in &block.body.arguments {
        // A variable's value has the variable's name.
        let name = match (named, &*argument.name) {
            (Some(variable), "default") => variable,
            (Some(_), _) => continue,
            (None, name) => name,
        };
        values(name, &argument.value, findings);
    }
    for inner in &block.body.blocks {
        arguments(inner, None, findings);
    }
}

fn values(name: &str, expr: &Expr, findings: &mut Findings<'_>) {
    match &expr.kind {
        ExprKind::Text(text) => {
            findings.looked_at_one();
            // Write-only arguments keep a value out of the state, and not out of the file.
            let name = name.strip_suffix("_wo").unwrap_or(name);
            let name = if name == "secret_string" { "secret" } else { name };
            if let Some(what) = in_clear(name, text) {
                findings.report(expr, format!("`{name}` is {what}, in clear")).help(
                    "let AWS keep it (`manage_master_user_password`), read it from a store of secrets, or pass it as a write-only argument; then change it",
                );
            }
        }
        ExprKind::Object(entries) => {
            for (key, value) in entries {
                values(key.text.as_deref().unwrap_or_default(), value, findings);
            }
        }
        ExprKind::List(items) => items.iter().for_each(|item| values(name, item, findings)),
        ExprKind::Call { args, .. } => args.iter().for_each(|arg| values("", arg, findings)),
        ExprKind::Conditional(parts) => parts.iter().skip(1).for_each(|part| values(name, part, findings)),
        _ => {}
    }
}

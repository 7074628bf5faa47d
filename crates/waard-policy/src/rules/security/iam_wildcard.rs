//! See its page.
//!
//! Source: AWS IAM user guide, "IAM JSON policy elements: Action" and "Grant a user permissions to pass a role to an AWS service".

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::{Block, Expr};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Root, Statement};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/iam-wildcard",
    severity: Severity::Warning,
    looks_at: "policies of IAM",
    page: include_str!("iam_wildcard.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    let identity = ["aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy"];
    let policies = identity.iter().flat_map(|kind| root.resources(kind)).filter_map(|block| block.get("policy"));
    let inline = root.resources("aws_iam_role").flat_map(|role| role.blocks("inline_policy").collect::<Vec<_>>());
    let inline = inline.filter_map(|policy: &Block| policy.get("policy"));
    for expr in policies.chain(inline) {
        // Documents are judged where they are written.
        if expr.as_reference().is_some_and(|reference| reference.name(1) == Some("aws_iam_policy_document")) {
            continue;
        }
        findings.looked_at_one();
        judge(root, expr, findings);
    }
    for document in root.data("aws_iam_policy_document") {
        findings.looked_at_one();
        for statement in root.policy_document(document) {
            report(&statement, findings);
        }
    }
}

fn judge(root: &Root, expr: &Expr, findings: &mut Findings<'_>) {
    match root.policy(expr) {
        Some(statements) => statements.iter().for_each(|statement| report(statement, findings)),
        None => findings.unknown(expr, "what the policy says is not among the files"),
    }
}

fn report(statement: &Statement, findings: &mut Findings<'_>) {
    // Policies of resources name principals, and their `*` is the resource itself.
    if !statement.allows || !statement.principals.is_empty() || statement.open && statement.actions.is_empty() {
        return;
    }
    let everywhere = statement.resources.iter().any(|resource| resource == "*");
    for action in &statement.actions {
        let service = action.strip_suffix(":*");
        let (severity, what) = match (action.as_str(), service) {
            ("*" | "*:*", _) => (Severity::Error, "every action of every service"),
            _ if !everywhere || !statement.conditions.is_empty() => continue,
            ("iam:PassRole", _) => (Severity::Warning, "handing any role to any service"),
            ("sts:AssumeRole", _) => (Severity::Warning, "taking any role that lets it"),
            (_, Some("iam")) => (Severity::Error, "all of IAM: it may give itself every right"),
            (_, Some(_)) => (Severity::Warning, "every action of the service on every resource"),
            _ => continue,
        };
        findings
            .report(statement, format!("the policy allows `{action}`: {what}"))
            .severity(severity)
            .help("name the actions and the ARNs that are needed");
    }
}

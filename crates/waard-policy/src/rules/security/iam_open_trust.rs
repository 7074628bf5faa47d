//! See its page.
//!
//! Source: AWS IAM user guide, "AWS JSON policy elements: Principal" and "Create a role for OpenID Connect federation".

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/iam-open-trust",
    severity: Severity::Error,
    looks_at: "roles of IAM",
    page: include_str!("iam_open_trust.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for role in root.resources("aws_iam_role") {
        let Some(expr) = role.get("assume_role_policy") else { continue };
        findings.looked_at_one();
        let name = role.address();
        let Some(statements) = root.policy(expr) else {
            findings.unknown(expr, format!("who may take `{name}` is not among the files"));
            continue;
        };
        for statement in statements.iter().filter(|statement| statement.allows && !statement.open) {
            let any = statement.principals.iter().any(|(kind, who)| who == "*" && matches!(kind.as_str(), "*" | "AWS"));
            if any && statement.conditions.is_empty() {
                findings
                    .report(statement, format!("everybody with an AWS account may take the role `{name}`"))
                    .help("name the accounts, roles or services, or add a condition on `aws:PrincipalOrgID`");
            }
        }
        // What a provider of identities tells apart, the condition has to ask for. Its name may be known only later.
        for statement in statements.iter().filter(|statement| statement.allows) {
            let web = statement.actions.iter().any(|action| action == "sts:AssumeRoleWithWebIdentity");
            let asked = statement.conditions.iter().any(|variable| variable.ends_with(":sub") || variable == "?");
            if web && !asked && !statement.open {
                findings
                    .report(
                        statement,
                        format!("everybody whom the provider of identities knows may take the role `{name}`: no condition asks for the subject"),
                    )
                    .help("add a condition on `<provider>:sub`, such as `system:serviceaccount:<namespace>:<name>`");
            }
        }
    }
}

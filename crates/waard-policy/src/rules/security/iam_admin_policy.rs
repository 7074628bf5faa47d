//! See its page.
//!
//! Source: AWS managed policy reference.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Expr;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Known;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/iam-admin-policy",
    severity: Severity::Error,
    looks_at: "policies that roles, nodes and service accounts are given",
    page: include_str!("iam_admin_policy.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// Policies of AWS that give everything, or the way to it, with what they give.
const ADMIN: [(&str, &str); 3] = [
    ("AdministratorAccess", "everything"),
    ("IAMFullAccess", "all of IAM, and by that everything"),
    ("PowerUserAccess", "everything but IAM"),
];

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for root in context.platform().roots() {
        for kind in [
            "aws_iam_role_policy_attachment",
            "aws_iam_user_policy_attachment",
            "aws_iam_group_policy_attachment",
            "aws_iam_policy_attachment",
        ] {
            for block in root.resources(kind) {
                let Some(expr) = block.get("policy_arn") else { continue };
                findings.looked_at_one();
                let Some(arn) = root.text(block, "policy_arn") else { continue };
                judge(&arn, expr, &block.address(), findings);
            }
        }
        for (kind, list) in
            [("aws_iam_role", "managed_policy_arns"), ("aws_iam_role_policy_attachments_exclusive", "policy_arns")]
        {
            for block in root.resources(kind) {
                for expr in block.get(list).map_or(&[][..], Expr::items) {
                    findings.looked_at_one();
                    let Known::Text(arn) = root.known(expr) else { continue };
                    judge(&arn, expr, &block.address(), findings);
                }
            }
        }
    }
    for config in context.platform().clusters().iter().flat_map(crate::cluster::Cluster::configs) {
        let groups = ["managedNodeGroups", "nodeGroups"].into_iter().flat_map(|key| config.list(key));
        let groups = groups.map(|group| ("node group", group.str_at("name"), group.list("iam.attachPolicyARNs")));
        let accounts = config
            .list("iam.serviceAccounts")
            .iter()
            .map(|account| ("service account", account.str_at("metadata.name"), account.list("attachPolicyARNs")));
        let of_addons = config.list("addons").iter().flat_map(|addon| addon.list("podIdentityAssociations"));
        let pods = config.list("iam.podIdentityAssociations").iter().chain(of_addons).map(|account| {
            ("service account", account.str_at("serviceAccountName"), account.list("permissionPolicyARNs"))
        });
        for (what, name, arns) in groups.chain(accounts).chain(pods) {
            for node in arns {
                findings.looked_at_one();
                let whom = format!("{what} `{}`", name.unwrap_or_default());
                judge(node.text().unwrap_or_default(), node, &whom, findings);
            }
        }
    }
}

fn judge(arn: &str, at: impl Placed, whom: &str, findings: &mut Findings<'_>) {
    let Some((_, name)) = arn.rsplit_once('/').filter(|(before, _)| before.contains(":iam::aws:policy")) else {
        return;
    };
    if let Some((_, what)) = ADMIN.iter().find(|(admin, _)| *admin == name) {
        findings
            .report(at, format!("`{name}` gives {what} to {whom}"))
            .help("write a policy that names the actions and the ARNs that are needed");
    }
}

//! See its page.
//!
//! Source: Amazon S3 user guide, "Blocking public access to your Amazon S3 storage": on for new buckets since April 2023, while the flags
//! of `aws_s3_bucket_public_access_block` are false by default.

use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/public-bucket",
    severity: Severity::Error,
    looks_at: "buckets that say who may read them",
    page: include_str!("public_bucket.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for kind in ["aws_s3_bucket_acl", "aws_s3_bucket"] {
        for block in root.resources(kind) {
            let Some(argument) = block.argument("acl") else { continue };
            findings.looked_at_one();
            if let Some(acl) =
                root.text(block, "acl").filter(|acl| acl.starts_with("public-") || acl == "authenticated-read")
            {
                let message = format!("the ACL `{acl}` of `{}` opens the bucket to the world", block.address());
                findings.report(argument, message).help("remove the ACL, and serve files through CloudFront");
            }
        }
    }
    for kind in ["aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"] {
        for block in root.resources(kind) {
            findings.looked_at_one();
            for flag in ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"] {
                if root.flag(block, flag, false) == Some(false) {
                    let at = block.argument(flag).map_or_else(|| block.place(), Placed::place);
                    let message = format!("`{}` lets public access through: `{flag}` is false", block.address());
                    findings.report(at, message).severity(Severity::Warning).help(format!("set `{flag} = true`"));
                }
            }
        }
    }
    for block in root.resources("aws_s3_bucket_policy") {
        let Some(expr) = block.get("policy") else { continue };
        findings.looked_at_one();
        let Some(statements) = root.policy(expr) else {
            findings.unknown(expr, "what the policy says is not among the files");
            continue;
        };
        for statement in statements.iter().filter(|statement| statement.allows && statement.conditions.is_empty()) {
            let any = statement.principals.iter().any(|(kind, who)| who == "*" && matches!(kind.as_str(), "*" | "AWS"));
            if any {
                let message = format!("`{}` lets everybody {}", block.address(), statement.actions.join(", "));
                findings.report(statement, message).help("name who may, or add a condition such as `aws:SourceArn`");
            }
        }
    }
}

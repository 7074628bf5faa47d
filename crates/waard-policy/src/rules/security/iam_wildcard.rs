//! See its page.
//!
//! Source: AWS IAM user guide, "IAM JSON policy elements: Action" and "Grant a user permissions to pass a role to an AWS service".

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::{Block, Expr};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Root, Statement, policy_of_yaml};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/iam-wildcard",
    severity: Severity::Warning,
    looks_at: "policies of IAM",
    page: include_str!("iam_wildcard.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    platform.roots().iter().for_each(|root| terraform(root, findings));
    for config in platform.clusters().iter().flat_map(Cluster::configs) {
        for policy in policies(config.node()) {
            findings.looked_at_one();
            for statement in policy_of_yaml(policy) {
                report(&statement, findings);
            }
        }
    }
}

/// The policies that are written out in a ClusterConfig of eksctl.
/// Source: its schema, `pkg/apis/eksctl.io/v1alpha5/assets/schema.json`.
fn policies(config: &Node) -> impl Iterator<Item = &Node> {
    let groups = ["managedNodeGroups", "nodeGroups"].into_iter().flat_map(|key| config.list(key));
    let groups = groups.filter_map(|group| group.at("iam.attachPolicy"));
    let accounts = config.list("iam.serviceAccounts").iter().filter_map(|account| account.get("attachPolicy"));
    let addons = config.list("addons").iter().filter_map(|addon| addon.get("attachPolicy"));
    let of_addons = config.list("addons").iter().flat_map(|addon| addon.list("podIdentityAssociations"));
    let pods = config.list("iam.podIdentityAssociations").iter().chain(of_addons);
    groups.chain(accounts).chain(addons).chain(pods.filter_map(|pod| pod.get("permissionPolicy")))
}

fn terraform(root: &Root, findings: &mut Findings<'_>) {
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

/// `*`, or an ARN of everything of a service: `arn:aws:s3:::*`.
fn is_everything(resource: &str) -> bool {
    resource == "*" || resource.splitn(6, ':').nth(5).is_some_and(|name| name == "*" || name == "*/*")
}

fn report(statement: &Statement, findings: &mut Findings<'_>) {
    // Policies of resources name principals, and their `*` is the resource itself.
    if !statement.allows || !statement.principals.is_empty() || statement.open && statement.actions.is_empty() {
        return;
    }
    let everywhere = statement.resources.iter().any(|resource| is_everything(resource));
    let any_role = statement.resources.iter().any(|resource| resource.ends_with(":role/*"));
    if everywhere && statement.conditions.is_empty() && !statement.other_than.is_empty() {
        let left_out = statement.other_than.join("`, `");
        findings
            .report(
                statement,
                format!("the policy allows everything but `{left_out}`, of all services that there are and will be"),
            )
            .help("name the actions and the ARNs that are needed");
    }
    for action in &statement.actions {
        let service = action.strip_suffix(":*");
        let (severity, what) = match (action.as_str(), service) {
            ("*" | "*:*", _) => (Severity::Error, "every action of every service"),
            _ if !statement.conditions.is_empty() => continue,
            ("iam:PassRole" | "sts:AssumeRole", _) if !everywhere && !any_role => continue,
            ("iam:PassRole", _) => (Severity::Warning, "handing any role to any service"),
            ("sts:AssumeRole", _) => (Severity::Warning, "taking any role that lets it"),
            _ if !everywhere => continue,
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

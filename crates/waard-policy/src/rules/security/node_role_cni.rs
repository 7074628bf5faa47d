//! See its page.
//!
//! Source: eksctl `pkg/apis/eksctl.io/v1alpha5/defaults.go`, `IAMServiceAccountsWithImplicitServiceAccounts`.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/node-role-cni",
    severity: Severity::Warning,
    looks_at: "node groups of eksctl",
    page: include_str!("node_role_cni.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for config in cluster.configs() {
        let oidc = config.at("iam.withOIDC").filter(|node| node.as_bool() == Some(true));
        let addon = config.list("addons").iter().find(|addon| addon.str_at("name") == Some("vpc-cni"));
        let pod_identity =
            config.list("addons").iter().any(|addon| addon.str_at("name") == Some("eks-pod-identity-agent"));
        for group in config.list("nodeGroups").iter().chain(config.list("managedNodeGroups")) {
            let Some(arns) = group.at("iam.attachPolicyARNs").filter(|node| node.is_list()) else { continue };
            findings.looked_at_one();
            let own = oidc.is_some() || (pod_identity && addon.is_some());
            let cni = arns
                .items()
                .iter()
                .find(|arn| arn.text().is_some_and(|arn| arn.ends_with("policy/AmazonEKS_CNI_Policy")));
            let Some(cni) = cni.filter(|_| own) else { continue };
            let name = group.get("name").and_then(Node::text).unwrap_or_default();
            let message = format!(
                "the nodes of `{name}` may change network interfaces, though the VPC CNI has a role of its own in this cluster"
            );
            let draft = findings.report(cni, message);
            draft.help("remove `AmazonEKS_CNI_Policy` from the nodes");
            if let Some(oidc) = oidc {
                draft.related(oidc, "with it eksctl gives the VPC CNI a role by its service account");
            }
        }
    }
}

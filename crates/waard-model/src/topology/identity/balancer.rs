//! AWS Load Balancer Controller: it makes and changes load balancers, and only those of its own cluster.
//!
//! Source: kubernetes-sigs/aws-load-balancer-controller 3.5.0 `docs/install/iam_policy.json`, action by action. What that
//! policy allows on everything is kept here to this region, or to resources of it, and what it allows on everything
//! with the controller's tag is kept to those with this cluster's.

use super::{Identity, Place, Statement};
use crate::topology::SystemRole;

/// The tag that the controller gives to what it makes; its value is the cluster's name.
const CLUSTER_TAG: &str = "elbv2.k8s.aws/cluster";

pub(super) fn identity(place: Place<'_>) -> Identity {
    let identity = place.of_system("aws-load-balancer-controller", SystemRole::Balancer);
    identity.allows(reading(place).into_iter().chain(groups(place)).chain(balancers(place)))
}

/// The statement, for what has the cluster's tag, in a request or already.
fn tagged(place: Place<'_>, statement: Statement, tag: &str) -> Statement {
    statement.when("StringEquals", format!("aws:{tag}/{CLUSTER_TAG}"), [place.cluster()])
}

fn reading(place: Place<'_>) -> Vec<Statement> {
    let look = [
        "ec2:DescribeAccountAttributes",
        "ec2:DescribeAddresses",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeCoipPools",
        "ec2:DescribeInstances",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeIpamPools",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeTags",
        "ec2:DescribeVpcPeeringConnections",
        "ec2:DescribeVpcs",
        "ec2:GetCoipPoolUsage",
        "ec2:GetSecurityGroupsForVpc",
        "elasticloadbalancing:DescribeCapacityReservation",
        "elasticloadbalancing:DescribeListenerAttributes",
        "elasticloadbalancing:DescribeListenerCertificates",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeSSLPolicies",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
        "elasticloadbalancing:DescribeTrustStores",
    ];
    let protect = [
        "acm:DescribeCertificate",
        "acm:ListCertificates",
        "cognito-idp:DescribeUserPoolClient",
        "waf-regional:AssociateWebACL",
        "waf-regional:DisassociateWebACL",
        "waf-regional:GetWebACL",
        "waf-regional:GetWebACLForResource",
        "wafv2:AssociateWebACL",
        "wafv2:DisassociateWebACL",
        "wafv2:GetWebACL",
        "wafv2:GetWebACLForResource",
    ];
    let shield = ["shield:CreateProtection", "shield:DeleteProtection", "shield:DescribeProtection"];
    vec![
        Statement::new("MakeServiceRole", &["iam:CreateServiceLinkedRole"], ["*"]).when(
            "StringEquals",
            "iam:AWSServiceName",
            ["elasticloadbalancing.amazonaws.com"],
        ),
        place.here(Statement::new("LookAround", &look, ["*"])),
        place.here(Statement::new("FindCertificatesAndProtect", &protect, ["*"])),
        Statement::new(
            "ReadCertificates",
            &["iam:GetServerCertificate"],
            [place.global("iam", "server-certificate/*")],
        ),
        Statement::new("Shield", &shield, [place.global("shield", "protection/*")]),
        Statement::new("ListOfAccount", &["iam:ListServerCertificates", "shield:GetSubscriptionState"], ["*"]),
    ]
}

/// Security groups: those that it makes, and rules in that of the nodes.
fn groups(place: Place<'_>) -> Vec<Statement> {
    let group = || place.arn("ec2", "security-group/*");
    let rule = || place.arn("ec2", "security-group-rule/*");
    let rules = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"];
    let make = ["ec2:CreateSecurityGroup"];
    vec![
        Statement::new("ChangeRules", &rules, [group(), rule()]),
        Statement::new("MakeGroups", &make, [group(), place.arn("ec2", "vpc/*")]),
        tagged(place, Statement::new("TagNewGroups", &["ec2:CreateTags"], [group()]), "RequestTag").when(
            "StringEquals",
            "ec2:CreateAction",
            ["CreateSecurityGroup"],
        ),
        tagged(place, Statement::new("TagOwnGroups", &["ec2:CreateTags", "ec2:DeleteTags"], [group()]), "ResourceTag")
            .when("Null", format!("aws:RequestTag/{CLUSTER_TAG}"), ["true"]),
        tagged(place, Statement::new("DeleteOwnGroups", &["ec2:DeleteSecurityGroup"], [group()]), "ResourceTag"),
    ]
}

/// Load balancers, target groups, listeners and rules.
fn balancers(place: Place<'_>) -> Vec<Statement> {
    let elb = |kinds: &[&str]| {
        kinds.iter().map(|kind| place.arn("elasticloadbalancing", &format!("{kind}/*"))).collect::<Vec<_>>()
    };
    let large = || elb(&["loadbalancer/app", "loadbalancer/net", "targetgroup"]);
    let small = || elb(&["listener/app", "listener/net", "listener-rule/app", "listener-rule/net"]);
    let tag = ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"];
    let make = ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"];
    let listen = [
        "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:CreateRule",
        "elasticloadbalancing:DeleteListener",
        "elasticloadbalancing:DeleteRule",
    ];
    let change_listeners = [
        "elasticloadbalancing:AddListenerCertificates",
        "elasticloadbalancing:ModifyListener",
        "elasticloadbalancing:ModifyRule",
        "elasticloadbalancing:RemoveListenerCertificates",
        "elasticloadbalancing:SetRulePriorities",
        "elasticloadbalancing:SetWebAcl",
    ];
    let change = [
        "elasticloadbalancing:DeleteLoadBalancer",
        "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:ModifyCapacityReservation",
        "elasticloadbalancing:ModifyIpPools",
        "elasticloadbalancing:ModifyListenerAttributes",
        "elasticloadbalancing:ModifyLoadBalancerAttributes",
        "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:ModifyTargetGroupAttributes",
        "elasticloadbalancing:SetIpAddressType",
        "elasticloadbalancing:SetSecurityGroups",
        "elasticloadbalancing:SetSubnets",
    ];
    let register = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"];
    let both = || large().into_iter().chain(small());
    vec![
        tagged(place, Statement::new("MakeBalancers", &make, large()), "RequestTag"),
        Statement::new("MakeListeners", &listen, both()),
        tagged(place, Statement::new("TagOwn", &tag, large()), "ResourceTag").when(
            "Null",
            format!("aws:RequestTag/{CLUSTER_TAG}"),
            ["true"],
        ),
        Statement::new("TagListeners", &tag, small()),
        tagged(place, Statement::new("TagNew", &["elasticloadbalancing:AddTags"], large()), "RequestTag").when(
            "StringEquals",
            "elasticloadbalancing:CreateAction",
            ["CreateLoadBalancer", "CreateTargetGroup"],
        ),
        tagged(place, Statement::new("ChangeOwn", &change, both()), "ResourceTag"),
        Statement::new("RegisterTargets", &register, elb(&["targetgroup"])),
        Statement::new("ChangeListeners", &change_listeners, both()),
    ]
}

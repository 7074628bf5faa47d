//! Karpenter: it starts and stops instances, and only those of its own cluster.
//!
//! Source: aws/karpenter-provider-aws 1.14.1, the CloudFormation template of "Getting Started with Karpenter", statement
//! by statement; names of role and queue are ours.

use super::{Identity, Place, Statement};
use crate::topology::SystemRole;

/// The label that Karpenter's instances have as a tag.
const NODE_POOL: &str = "karpenter.sh/nodepool";
/// The tag of instance profiles that Karpenter makes.
const NODE_CLASS: &str = "karpenter.k8s.aws/ec2nodeclass";
const REGION: &str = "topology.kubernetes.io/region";

pub(super) fn identity(place: Place<'_>) -> Identity {
    let identity = place.of_system("karpenter", SystemRole::Karpenter);
    identity.allows(instances(place).into_iter().chain(profiles(place)).chain(others(place)))
}

/// The tags by which the cluster's own are known, in a request or on what exists.
fn owned(place: Place<'_>, statement: Statement, tag: &str) -> Statement {
    let owner = format!("aws:{tag}/kubernetes.io/cluster/{}", place.cluster());
    let statement = statement.when("StringEquals", owner, ["owned"]);
    if tag == "RequestTag" {
        return statement.when("StringEquals", "aws:RequestTag/eks:eks-cluster-name", [place.cluster()]);
    }
    statement
}

fn instances(place: Place<'_>) -> Vec<Statement> {
    let start = ["ec2:CreateFleet", "ec2:RunInstances"];
    let ec2 = |kinds: &[&str]| kinds.iter().map(|kind| place.arn("ec2", &format!("{kind}/*"))).collect::<Vec<_>>();
    let mut given: Vec<String> =
        ["image", "snapshot"].iter().map(|kind| place.foreign("ec2", &format!("{kind}/*"))).collect();
    given.extend(ec2(&["capacity-reservation", "placement-group", "security-group", "subnet"]));
    let made = ec2(&["fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume"]);
    let pool = |tag: &str| format!("aws:{tag}/{NODE_POOL}");
    vec![
        Statement::new("StartFromGiven", &start, given),
        owned(place, Statement::new("StartFromOwnTemplates", &start, ec2(&["launch-template"])), "ResourceTag").when(
            "StringLike",
            pool("ResourceTag"),
            ["*"],
        ),
        owned(
            place,
            Statement::new(
                "StartWithTags",
                &["ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"],
                made.clone(),
            ),
            "RequestTag",
        )
        .when("StringLike", pool("RequestTag"), ["*"]),
        owned(place, Statement::new("TagWhatIsStarted", &["ec2:CreateTags"], made), "RequestTag")
            .when("StringEquals", "ec2:CreateAction", ["CreateFleet", "CreateLaunchTemplate", "RunInstances"])
            .when("StringLike", pool("RequestTag"), ["*"]),
        owned(place, Statement::new("TagOwnInstances", &["ec2:CreateTags"], ec2(&["instance"])), "ResourceTag")
            .when("StringLike", pool("ResourceTag"), ["*"])
            .when("StringEqualsIfExists", "aws:RequestTag/eks:eks-cluster-name", [place.cluster()])
            .when(
                "ForAllValues:StringEquals",
                "aws:TagKeys",
                ["Name", "eks:eks-cluster-name", "karpenter.sh/nodeclaim"],
            ),
        owned(
            place,
            Statement::new(
                "StopOwn",
                &["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"],
                ec2(&["instance", "launch-template"]),
            ),
            "ResourceTag",
        )
        .when("StringLike", pool("ResourceTag"), ["*"]),
    ]
}

fn profiles(place: Place<'_>) -> Vec<Statement> {
    let region = place.region.name().as_str();
    let profiles = || [place.global("iam", "instance-profile/*")];
    let tagged = |statement: Statement, tag: &str| {
        owned(place, statement, tag).when("StringEquals", format!("aws:{tag}/{REGION}"), [region]).when(
            "StringLike",
            format!("aws:{tag}/{NODE_CLASS}"),
            ["*"],
        )
    };
    let role = place.global("iam", &format!("role/{}", place.region.cluster().node_role()));
    let change = ["iam:AddRoleToInstanceProfile", "iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile"];
    let tag = Statement::new("TagOwnProfiles", &["iam:TagInstanceProfile"], profiles());
    vec![
        Statement::new("PassNodeRole", &["iam:PassRole"], [role]).when(
            "StringEquals",
            "iam:PassedToService",
            ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"],
        ),
        tagged(Statement::new("MakeProfiles", &["iam:CreateInstanceProfile"], profiles()), "RequestTag"),
        tagged(tagged(tag, "ResourceTag"), "RequestTag"),
        tagged(Statement::new("ChangeOwnProfiles", &change, profiles()), "ResourceTag"),
        Statement::new("ReadProfiles", &["iam:GetInstanceProfile"], profiles()),
        Statement::new("ListProfiles", &["iam:ListInstanceProfiles"], ["*"]),
    ]
}

fn others(place: Place<'_>) -> Vec<Statement> {
    let look = [
        "ec2:DescribeCapacityReservations",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceStatus",
        "ec2:DescribeInstanceTypeOfferings",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeInstances",
        "ec2:DescribeLaunchTemplates",
        "ec2:DescribePlacementGroups",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSpotPriceHistory",
        "ec2:DescribeSubnets",
    ];
    let cluster = || place.arn("eks", &format!("cluster/{}", place.cluster()));
    let queue = place.arn("sqs", &place.region.cluster().interruption_queue());
    vec![
        Statement::new("FindApi", &["eks:DescribeCluster"], [cluster()]),
        place.own(Statement::new(
            "HearOfInterruptions",
            &["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
            [queue],
        )),
        Statement::new("HearOfZonalShifts", &["arc-zonal-shift:GetManagedResource"], ["*"]).when(
            "StringLike",
            "arc-zonal-shift:ResourceIdentifier",
            [cluster()],
        ),
        place.here(Statement::new("LookAround", &look, ["*"])),
        Statement::new("FindImages", &["ssm:GetParameter"], [place.foreign("ssm", "parameter/aws/service/*")]),
        Statement::new("ReadPrices", &["pricing:GetProducts"], ["*"]),
    ]
}

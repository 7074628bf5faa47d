//! What the cluster itself runs: add-ons and controllers.

use super::{Identity, Place, Statement, balancer, karpenter, managed_policy};
use crate::spec::{Addon, AutoscalerKind};
use crate::topology::{Region, Store, StoreKind, SystemRole, reserved};

/// Those that the cluster has.
pub(super) fn identities(place: Place<'_>) -> Vec<Identity> {
    let mut found: Vec<Identity> = addons(place).collect();
    match place.region.cluster().settings().autoscaler.kind {
        AutoscalerKind::ClusterAutoscaler => found.push(cluster_autoscaler(place)),
        AutoscalerKind::Karpenter => found.push(karpenter::identity(place)),
    }
    // Brokers that a standby region reads from have load balancers too.
    if place.region.is_exposed() || place.environment.mirrored(place.region).is_some() {
        found.push(balancer::identity(place));
        found.push(external_dns(place));
    }
    found.extend(external_secrets(place));
    found.extend(cloudwatch(place));
    found.extend(alertmanager(place));
    found
}

/// EKS add-ons, with AWS' own policies: the add-on and its policy are made by the same hand.
/// Sources: Amazon EKS User Guide, "Amazon VPC CNI plugin for Kubernetes"; AWS Managed Policy Reference,
/// "AmazonEBSCSIDriverPolicyV2", which allows volumes that the driver made itself only, and "AmazonEFSCSIDriverPolicy".
fn addons(place: Place<'_>) -> impl Iterator<Item = Identity> {
    let known = [
        (Addon::VpcCni, "aws-node", SystemRole::Cni, "AmazonEKS_CNI_Policy"),
        (Addon::EbsCsi, "ebs-csi-controller-sa", SystemRole::EbsCsi, "AmazonEBSCSIDriverPolicyV2"),
        (Addon::EfsCsi, "efs-csi-controller-sa", SystemRole::EfsCsi, "service-role/AmazonEFSCSIDriverPolicy"),
    ];
    let installed = &place.region.cluster().settings().addons;
    known.into_iter().filter(|(addon, ..)| installed.contains(addon)).map(move |(addon, account, role, policy)| {
        Identity {
            managed: vec![managed_policy(place.region.name(), policy)],
            addon: Some(addon),
            ..place.of_system(account, role)
        }
    })
}

/// It looks at all groups, and changes only those of its own cluster, which EKS tags so by itself.
/// Source: kubernetes/autoscaler `cluster-autoscaler/cloudprovider/aws/README.md`, "Full Cluster Autoscaler Features
/// Policy"; Amazon EKS User Guide, "Managed node groups" (tags for auto-discovery).
fn cluster_autoscaler(place: Place<'_>) -> Identity {
    let describe = [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
    ];
    let change = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"];
    let groups = place.arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*");
    let tag = format!("aws:ResourceTag/k8s.io/cluster-autoscaler/{}", place.cluster());
    // Labels and taints of a group without nodes.
    let nodegroup = place.arn("eks", &format!("nodegroup/{}/*/*", place.cluster()));
    place.of_system("cluster-autoscaler", SystemRole::Autoscaler).allows([
        place.here(Statement::new("LookAtGroups", &describe, ["*"])),
        Statement::new("LookAtNodegroups", &["eks:DescribeNodegroup"], [nodegroup]),
        Statement::new("ResizeOwnGroups", &change, [groups]).when("StringEquals", tag, ["owned"]),
    ])
}

/// It writes the public names of this region's load balancers, and its notes beside them, whatever the zone's id.
/// Source: kubernetes-sigs/external-dns `docs/tutorials/aws.md`; Amazon Route 53 Developer Guide, "Using IAM policy
/// conditions for fine-grained access control".
fn external_dns(place: Place<'_>) -> Identity {
    let zones = || [format!("arn:{}:route53:::hostedzone/*", place.partition())];
    let names = format!("*{}", place.environment.origin_host(place.region));
    let read = ["route53:ListResourceRecordSets", "route53:ListTagsForResources"];
    place.identity(reserved::EXTERNAL_DNS_NAMESPACE, "external-dns", SystemRole::Dns).allows([
        Statement::new("ChangeOwnNames", &["route53:ChangeResourceRecordSets"], zones()).when(
            "ForAllValues:StringLike",
            "route53:ChangeResourceRecordSetsNormalizedRecordNames",
            [names],
        ),
        Statement::new("ReadZones", &read, zones()),
        Statement::new("ListZones", &["route53:ListHostedZones"], ["*"]),
    ])
}

/// It reads exactly the secrets that pods here refer to. Where a standby region mirrors Kafka clusters from here, it
/// writes there what the mirror needs; in that standby region it reads it.
/// Source: external-secrets/external-secrets `docs/provider/aws-secrets-manager.md`; AWS Secrets Manager User Guide,
/// "Secret ARNs end in six random characters".
fn external_secrets(place: Place<'_>) -> Option<Identity> {
    let (environment, region, platform) = (place.environment, place.region, &place.spec.platform);
    let mut names: Vec<String> = region
        .secrets()
        .values()
        .flat_map(|secrets| secrets.keys())
        .map(|secret| environment.secret_name(platform, secret))
        .collect();
    if let Some((primary, stores)) = environment.mirrors(region) {
        names.extend(stores.iter().flat_map(|store| mirror_secrets(place, store, primary)));
    }
    names.sort();
    names.dedup();
    let mut statements = Vec::new();
    if !names.is_empty() {
        let arns = names.iter().map(|name| place.arn("secretsmanager", &format!("secret:{name}-??????")));
        let read = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
        statements.push(place.own(Statement::new("ReadSecrets", &read, arns)));
        statements.push(place.keys("DecryptSecrets", region.name(), "secretsmanager", &["kms:Decrypt"]));
    }
    if let Some((standby, stores)) = environment.mirrored(region) {
        // A secret that is made has no random characters yet.
        let secrets = stores.iter().flat_map(|store| mirror_secrets(place, store, region));
        let arns = secrets.flat_map(|name| {
            ["", "-??????"].map(|end| place.arn_in(standby.name(), "secretsmanager", &format!("secret:{name}{end}")))
        });
        let write = [
            "secretsmanager:CreateSecret",
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:TagResource",
            "secretsmanager:UntagResource",
        ];
        statements.push(place.own(Statement::new("WriteMirrorSecrets", &write, arns)));
        let keys = ["kms:Decrypt", "kms:GenerateDataKey"];
        statements.push(place.keys("EncryptMirrorSecrets", standby.name(), "secretsmanager", &keys));
    }
    if statements.is_empty() {
        return None;
    }
    let namespace = reserved::EXTERNAL_SECRETS_NAMESPACE;
    Some(place.identity(namespace, "external-secrets", SystemRole::Secrets).allows(statements))
}

/// Credentials, and the authority that the brokers' certificates are judged by.
fn mirror_secrets(place: Place<'_>, store: &Store, primary: &Region) -> [String; 2] {
    let name = place.environment.mirror_secret(&place.spec.platform, store, primary);
    [format!("{name}-ca"), name]
}

/// Metrics of what isn't in the cluster: load balancers, databases, caches.
/// Source: prometheus-community/yet-another-cloudwatch-exporter `README.md`, "IAM".
fn cloudwatch(place: Place<'_>) -> Option<Identity> {
    let managed = |kind: &StoreKind| matches!(kind, StoreKind::Database(_) | StoreKind::Cache(_));
    let needed = place.region.is_exposed() || place.region.stores().values().any(|store| managed(store.kind()));
    let read =
        ["cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics", "tag:GetResources"];
    let namespace = place.spec.observability.metrics.namespace.as_str();
    needed.then(|| {
        let statements = [place.here(Statement::new("ReadMetrics", &read, ["*"]))];
        place.identity(namespace, "cloudwatch-exporter", SystemRole::Metrics).allows(statements)
    })
}

/// Alerts go to a topic of this region, whose address has the account in it.
fn alertmanager(place: Place<'_>) -> Option<Identity> {
    place.environment.account()?;
    let topic = place.arn("sns", &place.environment.alert_topic(&place.spec.platform));
    let namespace = place.spec.observability.metrics.namespace.as_str();
    let keys = ["kms:Decrypt", "kms:GenerateDataKey"];
    Some(place.identity(namespace, "alertmanager", SystemRole::Alerts).allows([
        Statement::new("PublishAlerts", &["sns:Publish"], [topic]),
        place.keys("EncryptAlerts", place.region.name(), "sns", &keys),
    ]))
}

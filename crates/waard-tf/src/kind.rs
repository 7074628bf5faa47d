//! Kinds of values: what an argument is for, and what an attribute holds.

/// What a value is. Implemented by markers that have no values of their own.
pub trait Kind {}

/// A kind whose values may be written as text that is known now.
pub trait Textual: Kind {}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub enum $name {}
            impl Kind for $name {}
        )+
    };
}

kinds! {
    /// Any text: names, descriptions, ranges, schedules.
    Text,
    /// The id of a VPC.
    VpcId,
    /// The id of a subnet.
    SubnetId,
    /// The id of a security group.
    SecurityGroupId,
    /// The id of a prefix list.
    PrefixListId,
    /// The id of a route table.
    RouteTableId,
    /// The id of an internet gateway.
    InternetGatewayId,
    /// The id of a NAT gateway.
    NatGatewayId,
    /// The allocation id of an Elastic IP address.
    AllocationId,
    /// The id of a VPC peering connection.
    PeeringId,
    /// The ARN of an IAM role.
    RoleArn,
    /// The name of an IAM role.
    RoleName,
    /// The ARN of an IAM policy.
    PolicyArn,
    /// The ARN of a KMS key.
    KeyArn,
    /// The id of a KMS key.
    KeyId,
    /// The name of a CloudWatch log group.
    LogGroupName,
    /// The ARN of a CloudWatch log group.
    LogGroupArn,
    /// The name of an EKS cluster.
    ClusterName,
    /// The ARN of an EKS cluster.
    ClusterArn,
    /// The id of a launch template.
    LaunchTemplateId,
    /// A version of a launch template.
    LaunchTemplateVersion,
    /// The name of a managed node group.
    NodeGroupName,
    /// The name of an Auto Scaling group.
    AutoScalingGroupName,
    /// The name of an EKS add-on.
    AddonName,
    /// The ARN of an SQS queue.
    QueueArn,
    /// The URL of an SQS queue.
    QueueUrl,
    /// The ARN of what EventBridge tells: a queue or a topic.
    EventTargetArn,
    /// The ARN of an SNS topic.
    TopicArn,
    /// The name of an EventBridge rule.
    EventRuleName,
    /// The ARN of an EventBridge rule.
    EventRuleArn,
    /// The identifier of an RDS instance.
    DbInstanceId,
    /// The ARN of an RDS instance.
    DbInstanceArn,
    /// The name of a DB subnet group.
    DbSubnetGroupName,
    /// The name of a DB parameter group.
    DbParameterGroupName,
    /// The id of a replication group of ElastiCache.
    ReplicationGroupId,
    /// The id of a global replication group of ElastiCache.
    GlobalReplicationGroupId,
    /// The name of a subnet group of ElastiCache.
    CacheSubnetGroupName,
    /// The name of a parameter group of ElastiCache.
    CacheParameterGroupName,
    /// The name of a bucket.
    BucketName,
    /// The ARN of a bucket.
    BucketArn,
    /// The regional domain name of a bucket.
    BucketDomainName,
    /// The ARN of a secret of Secrets Manager.
    SecretArn,
    /// The name of a backup vault.
    BackupVaultName,
    /// The ARN of a backup vault.
    BackupVaultArn,
    /// The id of a backup plan.
    BackupPlanId,
    /// The id of a public hosted zone.
    ZoneId,
    /// The ARN of a public hosted zone.
    ZoneArn,
    /// The id of a health check of Route 53.
    HealthCheckId,
    /// The ARN of a health check of Route 53.
    HealthCheckArn,
    /// The ARN of a certificate.
    CertificateArn,
    /// A domain name.
    DomainName,
    /// The id of a CloudFront distribution.
    DistributionId,
    /// The ARN of a CloudFront distribution.
    DistributionArn,
    /// The ARN of a function of CloudFront.
    FunctionArn,
    /// The name of a source of logs that AWS delivers.
    DeliverySourceName,
    /// The ARN of a destination of logs that AWS delivers.
    DeliveryDestinationArn,
    /// The id of a cache policy of CloudFront.
    CachePolicyId,
    /// The id of an origin request policy of CloudFront.
    OriginRequestPolicyId,
    /// The id of a response headers policy of CloudFront.
    ResponseHeadersPolicyId,
    /// The ARN of a web ACL.
    WebAclArn,
    /// The id of an AWS account.
    AccountIdOf,
    /// The name of an alarm of CloudWatch.
    AlarmName,
    /// The ARN of an alarm of CloudWatch.
    AlarmArn,
    /// The name of a repository of ECR.
    RepositoryName,
    /// The name of a schedule group of EventBridge Scheduler.
    ScheduleGroupName,
}

impl Textual for Text {}
impl Textual for DomainName {}
impl Textual for BucketName {}
impl Textual for LogGroupName {}
impl Textual for RoleName {}
impl Textual for PolicyArn {}

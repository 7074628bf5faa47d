//! Names of what AWS holds, where Kubernetes and Terraform must say the same one.
//!
//! What belongs to a cluster is called `<cluster>-<part>`; a cluster's name is unique across regions and accounts.

use std::collections::BTreeMap;

use super::{Cluster, Environment, Region, Store};
use crate::name::{PlatformName, RegionName, StoreName};
use crate::spec::Spec;

/// What has a role of its own in AWS, beside the workloads, which have one each under their own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SystemRole {
    /// AWS Load Balancer Controller.
    Balancer,
    /// Cluster Autoscaler.
    Autoscaler,
    /// Karpenter's controller.
    Karpenter,
    /// External Secrets Operator.
    Secrets,
    /// ExternalDNS.
    Dns,
    /// The EBS CSI driver's controller.
    EbsCsi,
    /// The EFS CSI driver's controller.
    EfsCsi,
    /// The VPC CNI.
    Cni,
    /// The exporter of CloudWatch metrics.
    Metrics,
    /// Alertmanager.
    Alerts,
}

impl SystemRole {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Balancer,
        Self::Autoscaler,
        Self::Karpenter,
        Self::Secrets,
        Self::Dns,
        Self::EbsCsi,
        Self::EfsCsi,
        Self::Cni,
        Self::Metrics,
        Self::Alerts,
    ];

    /// The last part of the role's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Balancer => "balancer",
            Self::Autoscaler => "autoscaler",
            Self::Karpenter => "karpenter",
            Self::Secrets => "secrets",
            Self::Dns => "dns",
            Self::EbsCsi => "ebs-csi",
            Self::EfsCsi => "efs-csi",
            Self::Cni => "cni",
            Self::Metrics => "metrics",
            Self::Alerts => "alerts",
        }
    }
}

impl Cluster {
    /// `<cluster>-<part>`: what something that belongs to the cluster is called.
    fn part(&self, part: &str) -> String {
        format!("{}-{part}", self.name)
    }

    /// The IAM role that a workload's pods have.
    pub fn workload_role(&self, workload: &crate::name::WorkloadName) -> String {
        self.part(workload.as_str())
    }

    /// The IAM role of something that the cluster itself runs: with a dot, which no workload's name has.
    pub fn system_role(&self, role: SystemRole) -> String {
        format!("{}.{}", self.name, role.as_str())
    }

    /// The security group of the load balancer: who may reach it from outside.
    pub fn balancer_security_group(&self) -> String {
        self.part("balancer")
    }

    /// Another one of it: health checks of Route 53 may reach it. With the CDN in the same group they would be more rules
    /// than a group has.
    pub fn balancer_health_group(&self) -> String {
        self.part("balancer-health")
    }

    /// The regional web ACL in front of the load balancer.
    pub fn balancer_acl(&self) -> String {
        self.part("balancer")
    }

    /// The bucket of the load balancer's access logs.
    pub fn log_bucket(&self) -> String {
        self.part("logs")
    }

    /// The bucket of Terraform's states of the region. The key that encrypts it has this name too.
    pub fn state_bucket(&self) -> String {
        self.part("terraform")
    }

    /// The IAM role of the nodes that Karpenter starts.
    pub fn node_role(&self) -> String {
        format!("{}.node", self.name)
    }

    /// The queue by which Karpenter hears of interruptions.
    pub fn interruption_queue(&self) -> String {
        self.part("interruption")
    }
}

impl Environment {
    /// The tags of everything in AWS that belongs to the environment: whose it is, and what made it.
    pub fn tags(&self, spec: &Spec) -> BTreeMap<String, String> {
        let mut tags = vec![
            ("environment", self.name.to_string()),
            ("managed-by", "waard".to_owned()),
            ("platform", spec.platform.to_string()),
        ];
        tags.extend(spec.owner.iter().map(|owner| ("owner", owner.to_string())));
        tags.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    /// The name in AWS Secrets Manager of a secret that pods refer to. It holds a JSON object, whose properties are the keys.
    pub fn secret_name(&self, platform: &PlatformName, secret: &str) -> String {
        format!("{platform}/{}/{secret}", self.name)
    }

    /// The name in AWS Secrets Manager, in the standby region, of the credentials to copy a Kafka cluster with.
    /// The primary region's cluster writes it, and beside it, as `<name>-ca`, the certificate of its authority.
    pub fn mirror_secret(&self, platform: &PlatformName, store: &Store, primary: &Region) -> String {
        self.secret_name(platform, &format!("kafka-mirror-{}-{}", store.name(), primary.name()))
    }

    /// The bucket of a store in a region.
    pub fn bucket_name(&self, platform: &PlatformName, region: &RegionName, store: &StoreName) -> String {
        format!("{platform}-{}-{region}-{store}", self.name)
    }

    /// The SNS topic that alerts go to, one in each region.
    pub fn alert_topic(&self, platform: &PlatformName) -> String {
        format!("{platform}-{}-alerts", self.name)
    }

    /// The public name of a region's load balancer, which the CDN and DNS steering lead to.
    pub fn origin_host(&self, region: &Region) -> String {
        format!("{}.origin.{}", region.name, self.domain)
    }
}

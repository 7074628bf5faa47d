//! What pods may do in AWS: every identity of a cluster, with the least that it needs.
//!
//! An identity is a service account of the cluster and an IAM role that its pods get through EKS Pod Identity; no key
//! is stored, and no pod has the rights of its node. What makes the cluster makes the roles too: eksctl or Terraform.
//! An identity that isn't here has no rights in AWS.
//!
//! Where the account is not known, ARNs have `*` in its place, and a condition keeps the statement to the account
//! that the role itself lives in.

mod balancer;
mod karpenter;
mod statement;
mod system;
mod workload;

use super::{Environment, Region, SystemRole, Topology, reserved};
use crate::name::RegionName;
use crate::spec::{Addon, Spec};

pub use statement::{Conditions, Policy, Statement};

/// The most characters that the policies of a role may have together, white space not counted.
/// Source: IAM User Guide, "IAM and AWS STS quotas", "IAM inline policies".
pub(super) const LONGEST_POLICY: usize = 10_240;

/// What an EC2 instance needs to be a node: join, pull images, and be reached through Systems Manager. Not the rights
/// of the VPC CNI, which has a role of its own.
/// Source: Amazon EKS User Guide, "Amazon EKS node IAM role".
pub const NODE_POLICIES: [&str; 3] =
    ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"];

/// A service account, and the IAM role that its pods have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The namespace of the service account.
    pub namespace: String,
    /// The service account.
    pub service_account: String,
    /// The name of the role.
    pub role: String,
    /// What the role allows.
    pub statements: Vec<Statement>,
    /// ARNs of AWS' own policies that the role has, where AWS recommends them and keeps them up to date.
    pub managed: Vec<String>,
    /// The EKS add-on that brings the service account with it.
    pub addon: Option<Addon>,
}

impl Topology {
    /// Every identity of a region's cluster, in the order of their service accounts.
    pub fn identities(&self, environment: &Environment, region: &Region) -> Vec<Identity> {
        identities(&self.spec, environment, region)
    }
}

pub(super) fn identities(spec: &Spec, environment: &Environment, region: &Region) -> Vec<Identity> {
    let place = Place { spec, environment, region };
    let mut found = system::identities(place);
    found.extend(workload::identities(place));
    found.sort_by(|a, b| (&a.namespace, &a.service_account).cmp(&(&b.namespace, &b.service_account)));
    found
}

/// The ARN of a policy of AWS' own.
pub fn managed_policy(region: &RegionName, name: &str) -> String {
    format!("arn:{}:iam::aws:policy/{name}", region.partition())
}

/// Where an identity is for.
#[derive(Clone, Copy)]
struct Place<'t> {
    spec: &'t Spec,
    environment: &'t Environment,
    region: &'t Region,
}

impl<'t> Place<'t> {
    fn partition(self) -> &'static str {
        self.region.name().partition()
    }

    fn account(self) -> &'t str {
        self.environment.account().map_or("*", crate::name::AccountId::as_str)
    }

    fn cluster(self) -> &'t str {
        self.region.cluster().name()
    }

    /// The ARN of something in this region.
    fn arn(self, service: &str, resource: &str) -> String {
        self.arn_in(self.region.name(), service, resource)
    }

    /// The ARN of something in another region.
    fn arn_in(self, region: &RegionName, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{region}:{}:{resource}", self.partition(), self.account())
    }

    /// The ARN of something that belongs to no region.
    fn global(self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}::{}:{resource}", self.partition(), self.account())
    }

    /// The ARN of something in this region that belongs to no account, or to one of AWS' own.
    fn foreign(self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}::{resource}", self.partition(), self.region.name())
    }

    /// The statement, kept to what the own account has.
    fn own(self, statement: Statement) -> Statement {
        let account = self.environment.account().map_or("${aws:PrincipalAccount}", crate::name::AccountId::as_str);
        statement.when("StringEquals", "aws:ResourceAccount", [account])
    }

    /// The statement, kept to calls to this region: for actions that can't be kept to a resource.
    fn here(self, statement: Statement) -> Statement {
        statement.when("StringEquals", "aws:RequestedRegion", [self.region.name().as_str()])
    }

    /// What may be done with keys, only through a service that encrypts with them.
    /// Which key that is, the service knows: its own, that of the account, or one of the platform.
    fn keys(self, sid: &str, region: &RegionName, service: &str, actions: &[&str]) -> Statement {
        let through = format!("{service}.{region}.{}", region.dns_suffix());
        let keys = Statement::new(sid, actions, [self.arn_in(region, "kms", "key/*")]);
        self.own(keys.when("StringEquals", "kms:ViaService", [through]))
    }

    fn identity(self, namespace: &str, service_account: &str, role: SystemRole) -> Identity {
        Identity {
            namespace: namespace.to_owned(),
            service_account: service_account.to_owned(),
            role: self.region.cluster().system_role(role),
            statements: Vec::new(),
            managed: Vec::new(),
            addon: None,
        }
    }

    fn of_system(self, service_account: &str, role: SystemRole) -> Identity {
        self.identity(reserved::SYSTEM_NAMESPACE, service_account, role)
    }
}

impl Identity {
    fn allows(self, statements: impl IntoIterator<Item = Statement>) -> Self {
        Self { statements: statements.into_iter().collect(), ..self }
    }

    /// How long its policy is, as IAM counts.
    pub(super) fn policy_length(&self) -> usize {
        Policy(&self.statements).length()
    }
}

//! Names, each with the rule of the system that it ends up in.
//!
//! Names that are joined into longer ones (`<platform>-<environment>-<region>`) are short enough that
//! the joined name stays inside AWS' and Kubernetes' limits; what can only be judged when joined is
//! judged in [`crate::topology`].

use crate::scalar::{Charset, text};

mod aws;
mod git;
mod image;
mod kubernetes;
mod plain;

pub use aws::{
    AccountId, AddonName, AddonVersion, ArnPattern, AwsAction, CacheNodeType, DbInstanceClass, EngineVersion,
    InstanceType, RegionName, SubnetId, TlsPolicy, VpcId, ZoneName,
};
pub use git::{GitPath, GitRepository, GitRevision};
pub use image::ImageRef;
pub use kubernetes::{
    ClusterVersion, ContainerName, EnvVarName, LabelKey, LabelValue, MountPath, Namespace, PortName, SecretKeyRef,
    TaintEffect, TaintSpec,
};
pub(crate) use plain::secret_like;
pub use plain::{Argument, EnvValue, HeaderName, HostName, Owner, PathPattern, Text, TopicName, UrlPath};

const fn lower_or_digit(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

const fn lower_digit_dash(c: char) -> bool {
    lower_or_digit(c) || c == '-'
}

/// `a-z0-9-`, starting with a letter and ending with a letter or digit: a DNS label that a Service may have too.
const fn dns_label(max: usize) -> Charset {
    Charset {
        max,
        first: ("a lower-case letter", |c| c.is_ascii_lowercase()),
        inner: ("lower-case letters, digits and `-`", lower_digit_dash),
        last: ("a lower-case letter or a digit", lower_or_digit),
    }
}

text! {
    /// The platform's name, the prefix of nearly everything: 1 to 20 characters of a DNS label.
    PlatformName, "a platform name", "1 to 20 lower-case letters, digits and `-`, starting with a letter",
    r"^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$", "waardhaven", |t| dns_label(20).check(t)
}

text! {
    /// An environment's name: 1 to 16 characters of a DNS label.
    EnvironmentName, "an environment name", "1 to 16 lower-case letters, digits and `-`, starting with a letter",
    r"^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$", "production", |t| dns_label(16).check(t)
}

text! {
    /// The name of a cluster profile.
    ProfileName, "a profile name", "1 to 32 lower-case letters, digits and `-`, starting with a letter",
    r"^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$", "full", |t| dns_label(32).check(t)
}

text! {
    /// The name of a node group: unique in its cluster, and the value of the label `workload-type` on its nodes.
    NodeGroupName, "a node group name", "1 to 32 lower-case letters, digits and `-`, starting with a letter",
    r"^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$", "system", |t| dns_label(32).check(t)
}

text! {
    /// A workload's name. Its objects are called `<platform>-<workload>`.
    WorkloadName, "a workload name", "1 to 30 lower-case letters, digits and `-`, starting with a letter",
    r"^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$", "api", |t| dns_label(30).check(t)
}

text! {
    /// The name of a database, cache, Kafka cluster or bucket, unique among all of them.
    StoreName, "a store name", "1 to 24 lower-case letters, digits and `-`, starting with a letter",
    r"^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$", "database", |t| dns_label(24).check(t)
}

text! {
    /// The name of a volume of a workload.
    VolumeName, "a volume name", "1 to 32 lower-case letters, digits and `-`, starting with a letter",
    r"^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$", "tmp", |t| dns_label(32).check(t)
}

text! {
    /// What a node group can be reserved for: a workload or a Kafka cluster, by name.
    OccupantName, "a workload or Kafka cluster", "1 to 30 lower-case letters, digits and `-`, starting with a letter",
    r"^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$", "api", |t| dns_label(30).check(t)
}

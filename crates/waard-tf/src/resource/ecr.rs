//! Registries of container images.

use crate::kind::{AccountIdOf, KeyArn, RepositoryName, Text};
use crate::schema::{block, resource};
use crate::value::{Json, Map, Value};

resource! {
    /// A repository of images.
    pub struct Repository = "aws_ecr_repository" {
        /// Where it is, if not in the region of the root.
        optional region: Value<'r, Text>,
        required name: Value<'r, Text>,
        /// `IMMUTABLE`: a tag that was given once always names the same image.
        optional image_tag_mutability: Value<'r, Text>,
        optional tags: Map<'r>,
        optional image_scanning_configuration: ImageScanning<'r>,
        optional encryption_configuration: RepositoryEncryption<'r>,
    }
    reads { name: RepositoryName }

    /// Which images of a repository are deleted.
    pub struct RepositoryLifecycle = "aws_ecr_lifecycle_policy" {
        optional region: Value<'r, Text>,
        required repository: Value<'r, RepositoryName>,
        required policy: Json<'r>,
    }

    /// Who else may pull.
    pub struct RepositoryPolicy = "aws_ecr_repository_policy" {
        optional region: Value<'r, Text>,
        required repository: Value<'r, RepositoryName>,
        required policy: Json<'r>,
    }

    /// What is copied to which regions: one for each registry and region.
    pub struct RegistryReplication = "aws_ecr_replication_configuration" {
        optional region: Value<'r, Text>,
        required replication_configuration: RegistryReplicationRules<'r>,
    }
}

block! {
    /// Whether images are searched for known weaknesses.
    pub struct ImageScanning {
        required scan_on_push: bool,
    }

    /// How images are encrypted.
    pub struct RepositoryEncryption {
        /// `KMS` or `AES256`.
        required encryption_type: Value<'r, Text>,
        /// The key of AWS for ECR, if none.
        optional kms_key: Value<'r, KeyArn>,
    }

    /// At most ten rules, and 25 destinations in all of them.
    pub struct RegistryReplicationRules {
        required rule: Vec<RegistryRule<'r>>,
    }

    /// A rule of the replication of a registry.
    pub struct RegistryRule {
        required destination: Vec<RegistryDestination<'r>>,
        /// At most 100; without one, everything is copied.
        optional repository_filter: Vec<RepositoryFilter<'r>>,
    }

    /// Where images are copied to.
    pub struct RegistryDestination {
        required region: Value<'r, Text>,
        /// The account.
        required registry_id: Value<'r, AccountIdOf>,
    }

    /// Which repositories are copied.
    pub struct RepositoryFilter {
        required filter: Value<'r, Text>,
        /// `PREFIX_MATCH`.
        required filter_type: Value<'r, Text>,
    }
}

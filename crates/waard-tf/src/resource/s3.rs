//! Buckets. What is said of a bucket is a resource of its own each time.

use crate::kind::{BucketArn, BucketDomainName, BucketName, KeyArn, RoleArn, Text};
use crate::schema::{block, resource};
use crate::value::{Json, List, Map, Value};

resource! {
    /// A bucket.
    pub struct Bucket = "aws_s3_bucket" {
        /// Where it is, if not in the region of the root.
        optional region: Value<'r, Text>,
        required bucket: Value<'r, BucketName>,
        optional tags: Map<'r>,
    }
    reads { arn: BucketArn, bucket: BucketName, bucket_regional_domain_name: BucketDomainName }

    /// Whose the objects of a bucket are.
    pub struct BucketOwnershipControls = "aws_s3_bucket_ownership_controls" {
        optional region: Value<'r, Text>,
        required bucket: Value<'r, BucketName>,
        required rule: OwnershipRule<'r>,
    }

    /// What keeps a bucket from the public, whatever else is said of it.
    pub struct BucketPublicAccessBlock = "aws_s3_bucket_public_access_block" {
        optional region: Value<'r, Text>,
        required bucket: Value<'r, BucketName>,
        required block_public_acls: bool,
        required block_public_policy: bool,
        required ignore_public_acls: bool,
        required restrict_public_buckets: bool,
    }

    /// Whether a bucket keeps old versions.
    pub struct BucketVersioning = "aws_s3_bucket_versioning" {
        optional region: Value<'r, Text>,
        required bucket: Value<'r, BucketName>,
        required versioning_configuration: VersioningConfiguration<'r>,
    }

    /// How objects are encrypted.
    pub struct BucketEncryption = "aws_s3_bucket_server_side_encryption_configuration" {
        optional region: Value<'r, Text>,
        required bucket: Value<'r, BucketName>,
        required rule: EncryptionRule<'r>,
    }

    /// Who may do what with a bucket.
    pub struct BucketPolicy = "aws_s3_bucket_policy" {
        optional region: Value<'r, Text>,
        required bucket: Value<'r, BucketName>,
        required policy: Json<'r>,
    }

    /// What becomes of objects with time.
    pub struct BucketLifecycle = "aws_s3_bucket_lifecycle_configuration" {
        optional region: Value<'r, Text>,
        required bucket: Value<'r, BucketName>,
        required rule: Vec<LifecycleRule<'r>>,
    }

    /// Where it is recorded who asked for what.
    pub struct BucketLogging = "aws_s3_bucket_logging" {
        optional region: Value<'r, Text>,
        required bucket: Value<'r, BucketName>,
        required target_bucket: Value<'r, BucketName>,
        required target_prefix: Value<'r, Text>,
        optional target_object_key_format: TargetObjectKeyFormat<'r>,
    }

    /// Which bucket of another region gets a copy of each object.
    pub struct BucketReplication = "aws_s3_bucket_replication_configuration" {
        optional region: Value<'r, Text>,
        required bucket: Value<'r, BucketName>,
        required role: Value<'r, RoleArn>,
        required rule: Vec<ReplicationRule<'r>>,
    }
}

block! {
    /// `BucketOwnerEnforced`: the bucket's owner's, and no access lists.
    pub struct OwnershipRule {
        required object_ownership: Value<'r, Text>,
    }

    /// `Enabled` or `Suspended`.
    pub struct VersioningConfiguration {
        required status: Value<'r, Text>,
    }

    /// How objects are encrypted that say nothing else.
    pub struct EncryptionRule {
        /// One data key for many objects: fewer questions to KMS.
        optional bucket_key_enabled: bool,
        /// `SSE-C`, or `NONE`.
        optional blocked_encryption_types: List<'r, Text>,
        required apply_server_side_encryption_by_default: EncryptionByDefault<'r>,
    }

    /// With what.
    pub struct EncryptionByDefault {
        /// `aws:kms` or `AES256`.
        required sse_algorithm: Value<'r, Text>,
        /// Only with `aws:kms`.
        optional kms_master_key_id: Value<'r, KeyArn>,
    }

    /// A rule of a lifecycle.
    pub struct LifecycleRule {
        required id: Value<'r, Text>,
        required status: Value<'r, Text>,
        required filter: LifecycleFilter<'r>,
        optional transition: Vec<Transition<'r>>,
        optional expiration: Expiration<'r>,
        optional noncurrent_version_expiration: NoncurrentExpiration<'r>,
        optional abort_incomplete_multipart_upload: AbortUploads<'r>,
    }

    /// Which objects: all of them, with nothing said.
    pub struct LifecycleFilter {}

    /// When objects move to another class.
    pub struct Transition {
        required days: i64,
        required storage_class: Value<'r, Text>,
    }

    /// When objects are deleted: exactly one of these.
    pub struct Expiration {
        optional days: i64,
        /// Markers of deletion with nothing behind them any more.
        optional expired_object_delete_marker: bool,
    }

    /// When old versions are deleted.
    pub struct NoncurrentExpiration {
        required noncurrent_days: i64,
    }

    /// When uploads are given up that nobody has finished.
    pub struct AbortUploads {
        required days_after_initiation: i64,
    }

    /// What the names of logs are made of.
    pub struct TargetObjectKeyFormat {
        required partitioned_prefix: PartitionedPrefix<'r>,
    }

    /// Account, region, bucket and day.
    pub struct PartitionedPrefix {
        /// `EventTime` or `DeliveryTime`.
        required partition_date_source: Value<'r, Text>,
    }

    /// What is copied, and where to.
    pub struct ReplicationRule {
        required id: Value<'r, Text>,
        /// Which of several rules for the same objects comes first; with a filter there must be one.
        optional priority: i64,
        required status: Value<'r, Text>,
        required filter: ReplicationFilter<'r>,
        required delete_marker_replication: Switch<'r>,
        required source_selection_criteria: SourceSelection<'r>,
        required destination: ReplicationDestination<'r>,
    }

    /// Which objects: all of them, with nothing said.
    pub struct ReplicationFilter {}

    /// `Enabled` or `Disabled`.
    pub struct Switch {
        required status: Value<'r, Text>,
    }

    /// Which objects that are no ordinary ones are copied too.
    pub struct SourceSelection {
        required sse_kms_encrypted_objects: Switch<'r>,
    }

    /// Where copies go.
    pub struct ReplicationDestination {
        required bucket: Value<'r, BucketArn>,
        required encryption_configuration: ReplicaEncryption<'r>,
        /// With `replication_time`.
        required metrics: ReplicationMetrics<'r>,
        required replication_time: ReplicationTime<'r>,
    }

    /// The key that copies are encrypted with, in the region of the bucket that they go to.
    pub struct ReplicaEncryption {
        required replica_kms_key_id: Value<'r, KeyArn>,
    }

    /// How late copies are, as metrics and events.
    pub struct ReplicationMetrics {
        required status: Value<'r, Text>,
        required event_threshold: Minutes<'r>,
    }

    /// By when copies are there.
    pub struct ReplicationTime {
        required status: Value<'r, Text>,
        required time: Minutes<'r>,
    }

    /// 15 is the only value that S3 takes.
    pub struct Minutes {
        required minutes: i64,
    }
}

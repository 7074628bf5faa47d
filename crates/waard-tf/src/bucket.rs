//! A bucket as every bucket is here: nobody's but the account's, encrypted, over TLS only, and swept.

use crate::kind::{BucketArn, BucketName, KeyArn, Text};
use crate::policy::{Statement, policy};
use crate::resource::s3::{
    AbortUploads, Bucket, BucketEncryption, BucketLifecycle, BucketLogging, BucketOwnershipControls, BucketPolicy,
    BucketPublicAccessBlock, BucketVersioning, EncryptionByDefault, EncryptionRule, Expiration, LifecycleFilter,
    LifecycleRule, Minutes, NoncurrentExpiration, OwnershipRule, PartitionedPrefix, ReplicaEncryption,
    ReplicationDestination, ReplicationFilter, ReplicationMetrics, ReplicationRule, ReplicationTime, SourceSelection,
    Switch, TargetObjectKeyFormat, Transition, VersioningConfiguration,
};
use crate::root::{Address, Handle, Meta, Root};
use crate::value::{Ref, Value, join};

/// What differs from bucket to bucket.
pub(crate) struct BucketSettings<'r> {
    /// What it is called in the root.
    pub(crate) label: String,
    /// Its name: unique in all of AWS, 3 to 63 characters.
    pub(crate) name: String,
    /// Its region, if not that of the root.
    pub(crate) region: Option<String>,
    /// The key that encrypts it. Without one S3 encrypts with its own: all that load balancers and S3's own access logs
    /// can write to. Sources: User Guide for Application Load Balancers, "Access logs", requirements; Amazon S3 User
    /// Guide, "Enabling Amazon S3 server access logging".
    pub(crate) key: Option<Ref<'r, KeyArn>>,
    /// Keep old versions.
    pub(crate) versioned: bool,
    /// For how many days old versions are kept, at least one. Forever, if `None`.
    pub(crate) old_versions: Option<i64>,
    /// After how many days objects move to a colder class, in Terraform's spelling, in order.
    pub(crate) tiers: Vec<(i64, &'static str)>,
    /// After how many days objects are deleted. Never, if `None`.
    pub(crate) expire_after: Option<i64>,
    /// The bucket in the same region that records who asked for what.
    pub(crate) logs: Option<Made<'r>>,
    /// Refuse every plan that would destroy it.
    pub(crate) keep: bool,
}

impl BucketSettings<'_> {
    /// With versions that are kept for 90 days, and without anything else.
    pub(crate) fn new(label: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            name: name.into(),
            region: None,
            key: None,
            versioned: true,
            old_versions: Some(90),
            tiers: Vec::new(),
            expire_after: None,
            logs: None,
            keep: false,
        }
    }
}

/// What others need of a bucket.
#[derive(Clone)]
pub(crate) struct Made<'r> {
    pub(crate) arn: Ref<'r, BucketArn>,
    pub(crate) name: Ref<'r, BucketName>,
    /// What must be there before anything is copied from or to it.
    pub(crate) versioning: Address<'r>,
    /// What must be there before a service of AWS writes into it.
    pub(crate) policy: Address<'r>,
}

/// So long an upload may take, in days. Parts of one that is never finished cost as much as objects, and nobody sees them.
const UPLOAD_DAYS: i64 = 7;

/// What logs of buckets begin with, in the bucket of logs.
pub(crate) const LOGS_OF_BUCKETS: &str = "buckets/";

/// Makes a bucket. `allowed` is what its policy allows or denies beside requests without TLS: for services of AWS, mostly,
/// because who is in the account is allowed by policies of IAM.
pub(crate) fn bucket<'r>(
    root: &mut Root<'r>,
    settings: BucketSettings<'r>,
    allowed: impl FnOnce(&Ref<'r, BucketArn>) -> Vec<Statement<'r>>,
) -> Made<'r> {
    let rules = rules(&settings);
    let BucketSettings { label, name, region, key, versioned, logs, keep, .. } = settings;
    let label = label.as_str();
    let region = || region.as_ref().map(Value::from);
    let made = Bucket { region: region(), ..Bucket::new(name) };
    let made = root.resource_as(label, made, Meta { prevent_destroy: keep, ..Meta::default() });
    let bucket = || made.bucket();
    let rule = OwnershipRule::new("BucketOwnerEnforced");
    root.resource(label, BucketOwnershipControls { region: region(), ..BucketOwnershipControls::new(bucket(), rule) });
    let closed = BucketPublicAccessBlock::new(bucket(), true, true, true, true);
    let closed = root.resource(label, BucketPublicAccessBlock { region: region(), ..closed });
    // Not `Disabled`: a bucket that once had versions can't go back to that.
    let status = VersioningConfiguration::new(if versioned { "Enabled" } else { "Suspended" });
    let versioning = BucketVersioning { region: region(), ..BucketVersioning::new(bucket(), status) };
    let versioning = root.resource(label, versioning);
    root.resource(
        label,
        BucketEncryption { region: region(), ..BucketEncryption::new(bucket(), encryption(key.as_ref())) },
    );
    let (arn, policy) = (made.arn(), statements(&made, allowed));
    // S3 refuses two changes of who may do what at the same time.
    let meta = Meta { depends_on: vec![closed.address()], ..Meta::default() };
    let policy =
        root.resource_as(label, BucketPolicy { region: region(), ..BucketPolicy::new(bucket(), policy) }, meta);
    // The provider asks for this order.
    let meta = Meta { depends_on: vec![versioning.address()], ..Meta::default() };
    let lifecycle = BucketLifecycle { region: region(), ..BucketLifecycle::new(bucket(), rules) };
    root.resource_as(label, lifecycle, meta);
    if let Some(target) = logs {
        let by_day = TargetObjectKeyFormat::new(PartitionedPrefix::new("EventTime"));
        let logging = BucketLogging {
            region: region(),
            target_object_key_format: Some(by_day),
            ..BucketLogging::new(bucket(), &target.name, LOGS_OF_BUCKETS)
        };
        root.resource_as(label, logging, Meta { depends_on: vec![target.policy.clone()], ..Meta::default() });
    }
    Made { arn, name: made.bucket(), versioning: versioning.address(), policy: policy.address() }
}

/// Keys that customers send with each request are refused: who has stolen a right to write could encrypt everything with
/// one that nobody else knows. Source: Amazon S3 User Guide, "Blocking or unblocking SSE-C for a general purpose bucket".
fn encryption<'r>(key: Option<&Ref<'r, KeyArn>>) -> EncryptionRule<'r> {
    let default = match key {
        Some(key) => EncryptionByDefault { kms_master_key_id: Some(key.into()), ..EncryptionByDefault::new("aws:kms") },
        None => EncryptionByDefault::new("AES256"),
    };
    EncryptionRule {
        bucket_key_enabled: key.map(|_| true),
        blocked_encryption_types: Some(["SSE-C"].into()),
        ..EncryptionRule::new(default)
    }
}

fn statements<'r>(
    made: &Handle<'r, Bucket<'r>>,
    allowed: impl FnOnce(&Ref<'r, BucketArn>) -> Vec<Statement<'r>>,
) -> crate::value::Json<'r> {
    let arn = made.arn();
    let objects: Value<'r, Text> = join([(&arn).into(), "/*".into()]);
    let tls = Statement::deny("DenyWithoutTls", &["s3:*"]).anyone().on(arn.clone()).on(objects).when(
        "Bool",
        "aws:SecureTransport",
        "false",
    );
    policy(std::iter::once(tls).chain(allowed(&arn)))
}

/// Source: Amazon S3 User Guide, "Lifecycle configuration elements": a rule that removes markers of deletion says nothing
/// else of expiration; and "Expiring objects": in a bucket with versions, an object that expires becomes an old version.
fn rules<'r>(settings: &BucketSettings<'r>) -> Vec<LifecycleRule<'r>> {
    let rule = |id: &str| LifecycleRule::new(id, "Enabled", LifecycleFilter::new());
    let mut rules = Vec::new();
    if !settings.tiers.is_empty() {
        let moves = settings.tiers.iter().map(|(days, class)| Transition::new(*days, *class));
        rules.push(LifecycleRule { transition: Some(moves.collect()), ..rule("colder") });
    }
    if let Some(days) = settings.expire_after {
        rules.push(LifecycleRule {
            expiration: Some(Expiration { days: Some(days), ..Expiration::new() }),
            ..rule("expire")
        });
    }
    // Without versions too: there may be some of earlier days.
    if let Some(days) = settings.old_versions {
        rules.push(LifecycleRule {
            noncurrent_version_expiration: Some(NoncurrentExpiration::new(days)),
            ..rule("old-versions")
        });
    }
    rules.push(LifecycleRule {
        expiration: Some(Expiration { expired_object_delete_marker: Some(true), ..Expiration::new() }),
        abort_incomplete_multipart_upload: Some(AbortUploads::new(UPLOAD_DAYS)),
        ..rule("sweep")
    });
    rules
}

/// The only time that S3 promises for copies, in minutes.
/// Source: Amazon S3 API Reference, `ReplicationTimeValue`.
const COPIED_WITHIN: i64 = 15;

/// What encrypts the copies, of the key there: also a key for the bucket, from which those of its objects are made.
pub(crate) const ENCRYPT_COPIES: [&str; 2] = ["kms:Encrypt", "kms:GenerateDataKey"];

/// A rule that copies all objects of a bucket, encrypted ones too, to another within that time. With `deletions`, what is
/// deleted in one is deleted in the other.
pub(crate) fn copied<'r>(
    id: &str,
    deletions: bool,
    to: &Ref<'r, BucketArn>,
    key: &Ref<'r, KeyArn>,
) -> ReplicationRule<'r> {
    let within = || Minutes::new(COPIED_WITHIN);
    let destination = ReplicationDestination::new(
        to,
        ReplicaEncryption::new(key),
        ReplicationMetrics::new("Enabled", within()),
        ReplicationTime::new("Enabled", within()),
    );
    ReplicationRule {
        priority: Some(1),
        ..ReplicationRule::new(
            id,
            "Enabled",
            ReplicationFilter::new(),
            Switch::new(if deletions { "Enabled" } else { "Disabled" }),
            SourceSelection::new(Switch::new("Enabled")),
            destination,
        )
    }
}

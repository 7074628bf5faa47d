//! Buckets of the platform, and their copies.
//!
//! A bucket that has a copy in the standby region is copied object by object, within 15 minutes. S3 asks for that at the
//! bucket that is copied from; it needs the other one, so that it stands in the root of the standby region, which is applied
//! after the other. The way back after a failover isn't there: what a region that stands by writes would get into the data
//! of the one that serves.

use waard_model::spec::{BucketSpec, StandbyCopy, StorageClass};
use waard_model::topology::{Region, Store, StoreKind};

use super::{Base, outputs};
use crate::bucket::{self, BucketSettings, Made};
use crate::kind::{BucketArn, KeyArn, Text};
use crate::policy::{Statement, assumed_by, policy};
use crate::resource::iam::{Role, RolePolicy};
use crate::resource::s3::BucketReplication;
use crate::root::{Meta, Root};
use crate::site::{Site, days};
use crate::value::{Json, Ref, Value, join};

pub(crate) fn buckets<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) {
    let stores = || {
        site.region.stores().values().filter_map(|store| match store.kind() {
            StoreKind::Bucket(spec) => Some((&**store, spec)),
            _ => None,
        })
    };
    if stores().next().is_none() {
        return;
    }
    root.file(
        "buckets",
        "Buckets: for nobody outside of the account, and kept when they are taken out of here with objects in them.",
    );
    let mut copies = Vec::new();
    for (store, spec) in stores() {
        root.from(store.path());
        if let Some(purpose) = &spec.purpose {
            root.why(purpose.as_str());
        }
        let made = bucket::bucket(root, settings(site, base, store, spec), |_| Vec::new());
        if spec.standby != StandbyCopy::Replica {
            continue;
        }
        match (site.protects(), site.standby()) {
            (Some(primary), _) if primary.stores().contains_key(store.name()) => {
                copies.push(Copy {
                    store,
                    primary,
                    from: root.read(&outputs::bucket(site, primary, store.name())),
                    to: made,
                });
            }
            (None, Some(standby)) if standby.stores().contains_key(store.name()) => {
                let output = outputs::bucket(site, site.region, store.name());
                root.publish(&output, "A bucket that is copied.", &made.arn, standby.name().as_str());
            }
            _ => {}
        }
    }
    root.from(site.region.path());
    if site.copies_buckets() {
        let output = outputs::data_key(site, site.region);
        let to = site.standby().map(|standby| standby.name().as_str()).unwrap_or_default();
        root.publish(&output, "The key that encrypts data.", &base.keys.data, to);
    }
    replicate(root, site, base, &copies);
}

impl Site<'_> {
    /// True if a bucket of this region has a copy in the region that protects it.
    fn copies_buckets(self) -> bool {
        let copied = |store: &Store, standby: &Region| {
            matches!(store.kind(), StoreKind::Bucket(spec) if spec.standby == StandbyCopy::Replica)
                && standby.stores().contains_key(store.name())
        };
        self.standby().is_some_and(|standby| self.region.stores().values().any(|store| copied(store, standby)))
    }
}

fn settings<'r>(site: Site<'_>, base: &Base<'r>, store: &Store, spec: &BucketSpec) -> BucketSettings<'r> {
    let name = site.environment.bucket_name(site.topology.platform(), site.region.name(), store.name());
    BucketSettings {
        key: Some(base.keys.data.clone()),
        // S3 copies from and to buckets with versions only.
        versioned: spec.versioned || spec.standby == StandbyCopy::Replica,
        old_versions: days(spec.old_versions),
        tiers: spec.tiers.iter().filter_map(|tier| Some((days(tier.after)?, class(tier.class)))).collect(),
        expire_after: spec.expire_after.and_then(days),
        logs: base.logs.clone(),
        keep: true,
        ..BucketSettings::new(store.name().as_str(), name)
    }
}

const fn class(class: StorageClass) -> &'static str {
    match class {
        StorageClass::StandardIa => "STANDARD_IA",
        StorageClass::IntelligentTiering => "INTELLIGENT_TIERING",
        StorageClass::GlacierIr => "GLACIER_IR",
        StorageClass::Glacier => "GLACIER",
        StorageClass::DeepArchive => "DEEP_ARCHIVE",
    }
}

/// A bucket of this standby region, and the one that it is a copy of.
struct Copy<'r, 't> {
    store: &'t Store,
    primary: &'t Region,
    from: Ref<'r, BucketArn>,
    to: Made<'r>,
}

fn replicate<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>, copies: &[Copy<'r, '_>]) {
    let Some(primary) = copies.first().map(|copy| copy.primary) else {
        return;
    };
    let key = root.read(&outputs::data_key(site, primary));
    root.file("bucket_copies", "Copies of the buckets of the region that this one protects: each object within 15 minutes. What was there before is not copied.\nS3 Batch Replication does that, once.");
    root.why("What S3 may do to copy: read there, write here.");
    let name = format!("{}.buckets", site.cluster());
    let s3_role = root.resource("buckets", Role::new(name, assumed_by("s3.amazonaws.com", &["sts:AssumeRole"])));
    let allowed = policy(statements(site, base, primary, copies, &key));
    let allowed = root.resource("buckets", RolePolicy::new("copy", s3_role.name(), allowed));
    for copy in copies {
        root.from(copy.store.path());
        let rule = bucket::copied(site.region.name().as_str(), true, &copy.to.arn, &base.keys.data);
        let from = site.environment.bucket_name(site.topology.platform(), primary.name(), copy.store.name());
        let replication = BucketReplication {
            region: Some(Value::known(primary.name().as_str())),
            ..BucketReplication::new(from, s3_role.arn(), vec![rule])
        };
        let depends_on = vec![copy.to.versioning.clone(), allowed.address()];
        root.resource_as(copy.store.name().as_str(), replication, Meta { depends_on, ..Meta::default() });
    }
}

/// Source: Amazon S3 User Guide, "Setting up permissions for live replication", and "Replicating encrypted objects": with
/// bucket keys, what is encrypted belongs to the bucket, else to the object.
fn statements<'r>(
    site: Site<'_>,
    base: &Base<'r>,
    primary: &Region,
    copies: &[Copy<'r, '_>],
    key: &Ref<'r, KeyArn>,
) -> Vec<Statement<'r>> {
    let objects = |bucket: &Ref<'r, BucketArn>| -> Value<'r, Text> { join([bucket.into(), "/*".into()]) };
    let from = || copies.iter().map(|copy| &copy.from);
    let to = || copies.iter().map(|copy| &copy.to.arn);
    let through = |region: &Region| format!("s3.{}.{}", region.name(), region.name().dns_suffix());
    let of = |buckets: Vec<&Ref<'r, BucketArn>>| {
        let each = buckets.into_iter().flat_map(|bucket| [Json::from(bucket.clone()), Json::from(objects(bucket))]);
        Json::list(each)
    };
    let on_all = |statement: Statement<'r>, all: Vec<Value<'r, Text>>| all.into_iter().fold(statement, Statement::on);
    let read = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"];
    let write = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"];
    vec![
        on_all(
            Statement::allow("List", &["s3:GetReplicationConfiguration", "s3:ListBucket"]),
            from().map(Ref::text).collect(),
        ),
        on_all(Statement::allow("Read", &read), from().map(objects).collect()),
        on_all(Statement::allow("Write", &write), to().map(objects).collect()),
        Statement::allow("Decrypt", &["kms:Decrypt"])
            .on(key.clone())
            .when("StringLike", "kms:ViaService", through(primary))
            .when("StringLike", "kms:EncryptionContext:aws:s3:arn", of(from().collect())),
        Statement::allow("Encrypt", &bucket::ENCRYPT_COPIES)
            .on(base.keys.data.clone())
            .when("StringLike", "kms:ViaService", through(site.region))
            .when("StringLike", "kms:EncryptionContext:aws:s3:arn", of(to().collect())),
    ]
}

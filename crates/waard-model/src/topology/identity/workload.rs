//! Workloads: the buckets that they use, and the permissions that the topology gives them.
//!
//! A database or cache asks for a password, a Kafka cluster for a certificate: none of them for an identity of AWS.

use super::{Identity, Place, Statement};
use crate::topology::{StoreKind, Workload};

pub(super) fn identities(place: Place<'_>) -> impl Iterator<Item = Identity> {
    place.region.workloads().values().filter_map(move |workload| identity(place, workload))
}

fn identity(place: Place<'_>, workload: &Workload) -> Option<Identity> {
    let mut statements = buckets(place, workload);
    for (index, permission) in workload.spec().permissions.iter().enumerate() {
        let actions: Vec<&str> = permission.actions.iter().map(crate::name::AwsAction::as_str).collect();
        let on = permission.on.iter().map(crate::name::ArnPattern::as_str);
        statements.push(Statement::new(format!("Permission{}", index + 1), &actions, on));
    }
    (!statements.is_empty()).then(|| Identity {
        namespace: workload.namespace().to_string(),
        service_account: format!("{}-{}", place.spec.platform, workload.name()),
        role: place.region.cluster().workload_role(workload.name()),
        statements,
        managed: Vec::new(),
        addon: None,
    })
}

/// Exactly the buckets that it uses, as they are called here, in the own account: a bucket of the same name elsewhere is
/// somebody else's.
fn buckets(place: Place<'_>, workload: &Workload) -> Vec<Statement> {
    let stores = workload.uses().iter().filter_map(|name| place.region.stores().get(name));
    let buckets: Vec<String> = stores
        .filter(|store| matches!(store.kind(), StoreKind::Bucket(_)))
        .map(|store| {
            let name = place.environment.bucket_name(&place.spec.platform, place.region.name(), store.name());
            format!("arn:{}:s3:::{name}", place.partition())
        })
        .collect();
    if buckets.is_empty() {
        return Vec::new();
    }
    let objects: Vec<String> = buckets.iter().map(|bucket| format!("{bucket}/*")).collect();
    let list = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"];
    let change =
        ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"];
    // What a key of a bucket encrypts belongs to the bucket, or to an object of it.
    // Source: Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys", "Encryption context".
    let context: Vec<String> = buckets.iter().chain(&objects).cloned().collect();
    let keys = place.keys("EncryptObjects", place.region.name(), "s3", &["kms:Decrypt", "kms:GenerateDataKey"]).when(
        "StringLike",
        "kms:EncryptionContext:aws:s3:arn",
        context,
    );
    vec![
        place.own(Statement::new("ListBuckets", &list, buckets)),
        place.own(Statement::new("ReadAndWriteObjects", &change, objects)),
        keys,
    ]
}

//! The bucket of a region's access logs: those of its load balancer, and those of its buckets.
//!
//! Both are written by services of AWS, in the same region only, and into nothing that a key of ours encrypts; so they share
//! one bucket, under prefixes of their own. Server access logs say of every request to a bucket who made it, and cost what
//! they take up; data events of CloudTrail would say the same within minutes, at a price for each request.
//! Source: Amazon S3 User Guide, "Logging options for Amazon S3".

use waard_model::topology::StoreKind;

use crate::bucket::{self, BucketSettings, LOGS_OF_BUCKETS, Made};
use crate::kind::{AccountIdOf, BucketArn, Text};
use crate::policy::Statement;
use crate::root::Root;
use crate::site::Site;
use crate::value::{Json, Ref, Value, join};

/// So long access logs are kept, in days: as long as flow logs. They hold addresses of people.
const LOG_DAYS: i64 = 90;

/// What logs of the load balancer begin with: its attributes say the same.
const LOGS_OF_BALANCER: &str = "balancer";

/// `None` where nothing writes access logs.
pub(crate) fn logs<'r>(root: &mut Root<'r>, site: Site<'_>, account: &Ref<'r, AccountIdOf>) -> Option<Made<'r>> {
    let balancer = site.region.is_exposed() && site.topology.spec().ingress.access_logs;
    let buckets = site.region.stores().values().any(|store| matches!(store.kind(), StoreKind::Bucket(_)));
    if !balancer && !buckets {
        return None;
    }
    root.file("logs", "Access logs.");
    root.why(
        "Encrypted with S3's own keys: load balancers and S3 itself write no logs into a bucket with another one.",
    );
    let settings = BucketSettings {
        expire_after: Some(LOG_DAYS),
        // A log is never written twice. For so long one that somebody deleted can be had back.
        old_versions: Some(7),
        ..BucketSettings::new("logs", site.region.cluster().log_bucket())
    };
    let made = bucket::bucket(root, settings, |bucket| {
        let from_balancer = balancer.then(|| balancer_logs(bucket, account));
        let from_buckets = buckets.then(|| bucket_logs(site, bucket, account));
        from_balancer.into_iter().chain(from_buckets).collect()
    });
    root.output("log_bucket", "The bucket of access logs.", &made.name);
    Some(made)
}

/// Source: User Guide for Application Load Balancers, "Enable access logs", "Attach a policy to your S3 bucket": one service
/// for load balancers in all regions.
fn balancer_logs<'r>(bucket: &Ref<'r, BucketArn>, account: &Ref<'r, AccountIdOf>) -> Statement<'r> {
    let logs: Value<'r, Text> =
        join([bucket.into(), format!("/{LOGS_OF_BALANCER}/AWSLogs/").into(), account.into(), "/*".into()]);
    Statement::allow("LogsOfBalancer", &["s3:PutObject"])
        .service("logdelivery.elasticloadbalancing.amazonaws.com")
        .on(logs)
}

/// Source: Amazon S3 User Guide, "Enabling Amazon S3 server access logging", "Grant permissions to the logging service
/// principal using a bucket policy".
fn bucket_logs<'r>(site: Site<'_>, bucket: &Ref<'r, BucketArn>, account: &Ref<'r, AccountIdOf>) -> Statement<'r> {
    let logs: Value<'r, Text> = join([bucket.into(), format!("/{LOGS_OF_BUCKETS}*").into()]);
    let sources = format!("arn:{}:s3:::{}-*", site.partition(), site.cluster());
    Statement::allow("LogsOfBuckets", &["s3:PutObject"])
        .service("logging.s3.amazonaws.com")
        .on(logs)
        .when("ArnLike", "aws:SourceArn", Json::from(sources))
        .when("StringEquals", "aws:SourceAccount", account.clone())
}

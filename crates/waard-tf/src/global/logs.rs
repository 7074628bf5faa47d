//! Who asked the CDN for what, and what the firewall stopped: in one bucket, which lies where the state of this root
//! lies. With users in the EU that is in the EU, though the CDN is managed from us-east-1.

use super::cdn::Made;
use super::hosts::Host;
use super::{CENTRE, Site, digest};
use crate::bucket::{BucketSettings, bucket};
use crate::kind::{AccountIdOf, DeliveryDestinationArn, Text};
use crate::policy::Statement;
use crate::resource::delivery::{Delivery, DeliveryDestination, DeliverySource, DestinationResource};
use crate::root::{Meta, Root};
use crate::value::{Ref, Value, join};

const HEAD: &str = "\
Who asked the CDN for what, and what the firewall stopped. The bucket's name begins as AWS WAF wants it to.";

/// So long logs are kept, in days, as those of the load balancers.
const DAYS: i64 = 90;

/// What is recorded of a request: what an incident is looked into with, and no cookies.
/// Source: Amazon CloudFront Developer Guide, "Log file format", standard logs.
const FIELDS: [&str; 22] = [
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "ssl-protocol",
    "ssl-cipher",
    "cs-protocol-version",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
];

/// The longest name of a source of logs. Source: Amazon CloudWatch Logs API Reference, `PutDeliverySource`, `name`.
const LONGEST_NAME: usize = 60;

/// Where logs go.
pub(super) struct Logs<'r> {
    pub(super) arn: Ref<'r, crate::kind::BucketArn>,
    pub(super) policy: crate::root::Address<'r>,
    destination: Ref<'r, DeliveryDestinationArn>,
}

/// Sources: AWS WAF Developer Guide, "Sending traffic logs to an Amazon S3 bucket"; Amazon CloudWatch Logs User Guide,
/// "Logs sent to Amazon S3", permissions.
pub(super) fn bucket_of_logs<'r>(root: &mut Root<'r>, site: Site<'_>, account: &Ref<'r, AccountIdOf>) -> Logs<'r> {
    root.file("logs", HEAD);
    let settings = BucketSettings {
        // A log is never written twice. For so long one that somebody deleted can be had back.
        old_versions: Some(7),
        expire_after: Some(DAYS),
        ..BucketSettings::new("logs", format!("aws-waf-logs-{}", site.named("edge")))
    };
    let partition = site.partition();
    let made = bucket(root, settings, |arn| {
        let objects: Value<'r, Text> = join([arn.into(), "/AWSLogs/".into(), account.into(), "/*".into()]);
        let from: Value<'r, Text> =
            join([format!("arn:{partition}:logs:{CENTRE}:").into(), account.into(), ":*".into()]);
        let service = "delivery.logs.amazonaws.com";
        let ours = |statement: Statement<'r>| {
            statement.when("StringEquals", "aws:SourceAccount", account.clone()).when(
                "ArnLike",
                "aws:SourceArn",
                from.clone(),
            )
        };
        vec![
            ours(Statement::allow("Write", &["s3:PutObject"]).service(service).on(objects)).when(
                "StringEquals",
                "s3:x-amz-acl",
                "bucket-owner-full-control",
            ),
            ours(Statement::allow("Look", &["s3:GetBucketAcl", "s3:ListBucket"]).service(service).on(arn.clone())),
        ]
    });
    let destination = DeliveryDestination {
        region: Some(CENTRE.into()),
        output_format: Some("json".into()),
        ..DeliveryDestination::new(site.named("edge"), DestinationResource::new(&made.arn))
    };
    let destination = root.resource("logs", destination).arn();
    Logs { arn: made.arn, policy: made.policy, destination }
}

/// Source: Amazon CloudFront Developer Guide, "Configure standard logging (v2)".
pub(super) fn delivery<'r>(root: &mut Root<'r>, site: Site<'_>, host: &Host<'_>, of: &Made<'r>, to: &Logs<'r>) {
    root.file("logs", HEAD);
    let here = || Some(CENTRE.into());
    let mut name = site.named(&host.name.as_str().replace('.', "-"));
    if name.len() > LONGEST_NAME {
        name = site.named(&format!("{:08x}", digest(host.name.as_str())));
    }
    let source = DeliverySource { region: here(), ..DeliverySource::new(name, "ACCESS_LOGS", &of.arn) };
    let source = root.resource(host.label(), source).name();
    let fields = FIELDS.into_iter().collect();
    let delivery = Delivery { region: here(), record_fields: Some(fields), ..Delivery::new(source, &to.destination) };
    let meta = Meta { depends_on: vec![to.policy.clone()], ..Meta::default() };
    root.resource_as(host.label(), delivery, meta);
}

//! See its page.
//!
//! Source: Amazon S3 user guide, "Requirements and considerations for replication".

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::{Block, Expr};
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "data/replication-without-versions",
    severity: Severity::Error,
    looks_at: "replication of buckets",
    page: include_str!("replication_without_versions.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for replication in root.resources("aws_s3_bucket_replication_configuration") {
        findings.looked_at_one();
        let targets = replication.blocks("rule").flat_map(|rule| rule.blocks("destination").collect::<Vec<_>>());
        let sides = replication.get("bucket").into_iter().map(|expr| ("source", expr));
        let sides = sides.chain(targets.filter_map(|target| target.get("bucket")).map(|expr| ("destination", expr)));
        for (side, expr) in sides {
            let Some(bucket) = bucket_of(root, expr) else {
                // A destination in another region is most often made by another root.
                if side == "source" {
                    findings.unknown(expr, "the source is not among these files");
                }
                continue;
            };
            let of_bucket = root.resources("aws_s3_bucket_versioning").filter(|versioning| {
                versioning
                    .get("bucket")
                    .and_then(|expr| bucket_of(root, expr))
                    .is_some_and(|found| std::ptr::eq(found, bucket))
            });
            // What is made for each of several buckets may be made for this one.
            let elsewhere = root.resources("aws_s3_bucket_versioning").any(|versioning| {
                versioning.get("for_each").is_some()
                    || versioning.get("bucket").is_none_or(|expr| bucket_of(root, expr).is_none())
            });
            if bucket.may_have("versioning") {
                continue;
            }
            let mut versioning = of_bucket.filter_map(|versioning| versioning.block("versioning_configuration"));
            let status = versioning.next().map(|block| root.text(block, "status"));
            match status {
                Some(Some(status)) if status == "Enabled" => {}
                Some(None) => {
                    findings.unknown(expr, "whether its versions are kept depends on what the files don't say");
                }
                None if elsewhere => {
                    findings.unknown(expr, "whether its versions are kept depends on what the files don't say");
                }
                _ => {
                    findings
                        .report(
                            expr.place(),
                            format!(
                                "`{}` keeps no versions, which the {side} of a replication has to",
                                bucket.address()
                            ),
                        )
                        .help("add an `aws_s3_bucket_versioning` with `status = \"Enabled\"`")
                        .related(bucket, "the bucket");
                }
            }
        }
    }
}

fn bucket_of<'r>(root: &'r Root, expr: &Expr) -> Option<&'r Block> {
    let reference = expr.as_reference().filter(|reference| reference.root() == Some("aws_s3_bucket"))?;
    root.block(&reference.dotted_pair())
}

//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Expr;
use crate::rule::{Check, Rule};
use crate::wish::{is_named, wishes};

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/policy-without-effect",
    looks_at: "schedules and storage tiers that a document about cost wants",
    page: include_str!("policy_without_effect.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// Nothing carries out what such a document says: something among the artifacts has to.
fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    for wish in wishes(platform, &["schedul"]) {
        if wish.value().entries().is_empty() {
            continue;
        }
        findings.looked_at_one();
        let schedules = platform.roots().iter().any(|root| {
            ["aws_autoscaling_schedule", "aws_scheduler_schedule"]
                .iter()
                .any(|kind| root.resources(kind).next().is_some())
        });
        let scaled = platform.clusters().iter().any(|cluster| {
            cluster.of_group("keda.sh", "ScaledObject").next().is_some()
                || cluster.of("CronJob").any(|job| is_named(wish.key(), [job.name(), job.ns()]))
        });
        let there = platform.clusters().iter().any(|cluster| {
            is_named(wish.key(), [cluster.name()])
                || cluster.of("Namespace").any(|namespace| is_named(wish.key(), [namespace.name()]))
        }) || platform.roots().iter().any(|root| is_named(wish.key(), [root.path()]));
        if there && (schedules || scaled) {
            continue;
        }
        let message = if there {
            format!("hours are wanted for `{}`, and no schedule is among the files", wish.key())
        } else {
            format!("hours are wanted for `{}`, and no cluster, namespace or root module is named like it", wish.key())
        };
        findings.report(wish, message).help(
            "write a schedule that scales it (`aws_autoscaling_schedule`, a CronJob, a ScaledObject), or leave it out",
        );
    }
    for wish in wishes(platform, &["storage", "tier", "lifecycle"]) {
        let tiers = wish.value().entries().iter().filter(|tier| {
            tier.value().text().is_some_and(|text| text.trim().ends_with("days") || text.trim().ends_with('d'))
        });
        if tiers.count() < 2 {
            continue;
        }
        findings.looked_at_one();
        let kinds = ["aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_intelligent_tiering_configuration"];
        let found = platform.roots().iter().any(|root| kinds.iter().any(|kind| root.resources(kind).next().is_some()));
        if found {
            continue;
        }
        // A module that can't be read may make it.
        let module = platform
            .roots()
            .iter()
            .flat_map(|root| root.of_kind("module"))
            .find(|module| module.get("source").and_then(Expr::as_str).is_some_and(|source| source.contains("s3")));
        match module {
            Some(module) => findings.unknown(module, "the module may make the bucket and its lifecycle"),
            None => {
                findings
                    .report(
                        wish,
                        format!(
                            "ages are wanted for the storage of `{}`, and no lifecycle of a bucket is among the files",
                            wish.key()
                        ),
                    )
                    .help("write an `aws_s3_bucket_lifecycle_configuration` for its bucket");
            }
        }
    }
}

//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Block;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/storage-tiers",
    severity: Severity::Error,
    looks_at: "lifecycle rules of S3 buckets",
    page: include_str!("storage_tiers.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

/// Sources: Amazon S3, "Transitioning objects using Amazon S3 Lifecycle", "Supported transitions" (objects only move down
/// this list) and "Constraints": 30 days before STANDARD_IA and ONEZONE_IA, and 30 days in them before an archive; API
/// `LifecycleExpiration`: objects expire after their last transition. Days of GLACIER, GLACIER_IR and DEEP_ARCHIVE are
/// charged even if an object leaves before: "Amazon S3 storage classes", minimum storage duration.
const TIERS: [(&str, i64); 6] = [
    ("STANDARD_IA", 30),
    ("INTELLIGENT_TIERING", 0),
    ("ONEZONE_IA", 30),
    ("GLACIER_IR", 90),
    ("GLACIER", 90),
    ("DEEP_ARCHIVE", 180),
];

struct Step<'b> {
    days: i64,
    tier: usize,
    name: &'static str,
    least: i64,
    block: &'b Block,
}

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for bucket in root.resources("aws_s3_bucket_lifecycle_configuration") {
        for rule in bucket.blocks("rule") {
            if root.argument(rule, "status").is_some_and(|status| status.as_str() == Some("Disabled")) {
                continue;
            }
            for (kind, days, expires) in [
                ("transition", "days", "expiration"),
                ("noncurrent_version_transition", "noncurrent_days", "noncurrent_version_expiration"),
            ] {
                if rule.blocks(kind).next().is_none() {
                    continue;
                }
                findings.looked_at_one();
                judge(root, rule, (kind, days, expires), findings);
            }
        }
    }
}

fn judge(root: &Root, rule: &Block, (kind, days, expires): (&str, &str, &str), findings: &mut Findings<'_>) {
    let mut steps = Vec::new();
    for block in rule.blocks(kind) {
        let class = root.text(block, "storage_class");
        let tier = class.and_then(|class| TIERS.iter().enumerate().find(|(_, (name, _))| *name == class));
        let (Some((tier, (name, least))), Some(days)) =
            (tier, root.argument(block, days).and_then(|days| days.as_int()))
        else {
            // A date in the place of days, or what the files don't say.
            return findings.unknown(block, "days or storage class of a transition are not known");
        };
        steps.push(Step { days, tier, name, least: *least, block });
    }
    if rule.dynamic(kind).is_some() {
        return findings.unknown(rule, "not all transitions are known");
    }
    steps.sort_by_key(|step| step.days);
    for step in &steps {
        if matches!(step.name, "STANDARD_IA" | "ONEZONE_IA") && step.days < 30 && kind == "transition" {
            findings
                .report(
                    step.block,
                    format!("objects move to {} after {} days, S3 refuses less than 30", step.name, step.days),
                )
                .help("wait 30 days, or move them to INTELLIGENT_TIERING, which takes them at once");
        }
    }
    for (before, after) in steps.iter().zip(steps.iter().skip(1)) {
        let between = after.days - before.days;
        if after.tier <= before.tier || between == 0 {
            findings
                .report(after.block, format!("objects move to {} after {} days and to {} after {}: S3 moves them only to colder classes, one after the other", before.name, before.days, after.name, after.days))
                .related(before.block, "the transition before")
                .help("order the classes: STANDARD_IA, INTELLIGENT_TIERING, ONEZONE_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE");
        } else if between < before.least {
            // Only 30 days in the infrequent-access classes are enforced; days of archives are charged.
            let refused = before.least == 30;
            let draft = findings.report(
                after.block,
                format!(
                    "objects leave {} after {between} days, {} are {}",
                    before.name,
                    before.least,
                    if refused { "needed" } else { "charged" }
                ),
            );
            draft.related(before.block, format!("they arrive after {} days", before.days));
            draft.help(format!("move them to {} after {} days or later", after.name, before.days + before.least));
            if !refused {
                draft.severity(Severity::Warning);
            }
        }
    }
    let expiry = rule.block(expires).and_then(|expiry| Some((expiry, root.argument(expiry, days)?.as_int()?)));
    if let (Some((block, expiry)), Some(last)) = (expiry, steps.last())
        && expiry > 0
    {
        if expiry <= last.days {
            findings
                .report(
                    block,
                    format!("objects end after {expiry} days, before they move to {} after {}", last.name, last.days),
                )
                .related(last.block, "the last transition")
                .help("let them end after their last transition, or leave that out");
        } else if expiry - last.days < last.least {
            findings
                .report(
                    block,
                    format!(
                        "objects end {} days after they moved to {}, which charges {} days",
                        expiry - last.days,
                        last.name,
                        last.least
                    ),
                )
                .severity(Severity::Warning)
                .related(last.block, "the last transition")
                .help("keep them longer, or leave the last transition out");
        }
    }
}

//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::terraform::Known;

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/logs-for-ever",
    looks_at: "log groups and the logs of control planes",
    page: include_str!("logs_for_ever.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// Sources: Amazon CloudWatch Logs, `PutRetentionPolicy`: without one, events never expire; eksctl schema,
/// `cloudWatch.clusterLogging.logRetentionInDays`.
fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for root in context.platform().roots() {
        for block in root.resources("aws_cloudwatch_log_group") {
            findings.looked_at_one();
            let days = root.argument(block, "retention_in_days");
            match days.as_ref().map(|days| (days, days.as_int())) {
                Some((Known::Unknown, _)) => findings.unknown(block, "how long it keeps its events is not known"),
                None | Some((Known::Null, _) | (_, Some(0))) => {
                    findings
                        .report(block, format!("log group `{}` keeps its events for ever", block.address()))
                        .help("set `retention_in_days`");
                }
                Some(_) => {}
            }
        }
    }
    for cluster in context.platform().clusters() {
        for config in cluster.configs() {
            let Some(logging) = config.at("cloudWatch.clusterLogging") else { continue };
            if logging.list("enableTypes").is_empty() {
                continue;
            }
            findings.looked_at_one();
            if logging.int_at("logRetentionInDays").unwrap_or(0) == 0 {
                findings
                    .report(logging, format!("the control plane's logs of {} are kept for ever", cluster.title()))
                    .help("set `logRetentionInDays`");
            }
        }
    }
}

//! See its page.
//!
//! Source: Terraform AWS provider, `aws_db_instance` and `aws_rds_cluster`, arguments and their defaults.

use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Parameter, Rule, Severity};
use crate::terraform::{Known, Root};

/// The rule.
pub static RULE: Rule = Rule {
    id: "data/backup-retention",
    severity: Severity::Error,
    looks_at: "databases",
    page: include_str!("backup_retention.md"),
    parameters: &[Parameter { name: "days", default: 7, help: "the fewest days that backups are kept" }],
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    let least = context.parameter("days");
    for block in root.written_databases() {
        // RDS makes none by itself for an instance, and keeps a cluster's for a day.
        let default = i64::from(block.label(0) != Some("aws_db_instance"));
        findings.looked_at_one();
        let days = match root.argument(block, "backup_retention_period") {
            None | Some(Known::Null) => Some(default),
            Some(known) => known.as_int(),
        };
        let at = block.argument("backup_retention_period").map_or_else(|| block.place(), Placed::place);
        let help = format!("set `backup_retention_period` to {least} days or more");
        match days {
            None => findings.unknown(at, "how long backups are kept depends on what the files don't say"),
            Some(0) => {
                let message =
                    format!("`{}` has no backups: nothing brings back what is deleted by mistake", block.address());
                findings.report(at, message).help(help);
            }
            Some(days) if days < least => {
                let message = format!("backups of `{}` are kept for {days} of {least} days", block.address());
                findings.report(at, message).severity(Severity::Warning).help(help);
            }
            Some(_) => {}
        }
    }
}

//! See its page.
//!
//! Source: Terraform AWS provider, `aws_db_instance` and `aws_rds_cluster`, arguments and their defaults.

use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "data/final-snapshot",
    severity: Severity::Warning,
    looks_at: "databases",
    page: include_str!("final_snapshot.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for block in root.written_databases() {
        findings.looked_at_one();
        let severity = if root.is_for_trial(block) { Severity::Info } else { Severity::Warning };
        match root.flag(block, "skip_final_snapshot", false) {
            None => findings.unknown(block, "`skip_final_snapshot` depends on what the files don't say"),
            Some(true) => {
                let at = block.argument("skip_final_snapshot").map_or_else(|| block.place(), Placed::place);
                let message = format!("deleting `{}` leaves nothing: `skip_final_snapshot` is true", block.address());
                findings
                    .report(at, message)
                    .severity(severity)
                    .help("set it to false, and name a `final_snapshot_identifier`");
            }
            Some(false) if block.get("final_snapshot_identifier").is_none() => {
                let message = format!("`{}` can't be deleted or replaced: it names no final snapshot", block.address());
                findings.report(block, message).severity(Severity::Info).help("set `final_snapshot_identifier`");
            }
            Some(false) => {}
        }
    }
}

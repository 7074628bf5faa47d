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
    id: "data/deletion-protection",
    severity: Severity::Warning,
    looks_at: "databases and buckets",
    page: include_str!("deletion_protection.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for block in root.written_databases() {
        findings.looked_at_one();
        let lifecycle = block.block("lifecycle");
        let prevented = lifecycle.is_some_and(|block| root.flag(block, "prevent_destroy", false) == Some(true));
        match root.flag(block, "deletion_protection", false) {
            Some(true) => {}
            _ if prevented => {}
            None => findings.unknown(block, "`deletion_protection` depends on what the files don't say"),
            Some(false) => {
                let at = block.argument("deletion_protection").map_or_else(|| block.place(), Placed::place);
                let severity = if root.is_for_trial(block) { Severity::Info } else { Severity::Warning };
                let message = format!("one apply may delete `{}` with all of its data", block.address());
                findings.report(at, message).severity(severity).help("set `deletion_protection = true`");
            }
        }
    }
    for block in root.resources("aws_s3_bucket") {
        let Some(argument) = block.argument("force_destroy") else { continue };
        findings.looked_at_one();
        let lifecycle = block.block("lifecycle");
        let prevented = lifecycle.is_some_and(|block| root.flag(block, "prevent_destroy", false) == Some(true));
        if !prevented && root.flag(block, "force_destroy", false) == Some(true) {
            let severity = if root.is_for_trial(block) { Severity::Info } else { Severity::Warning };
            let message = format!("one apply may delete `{}` with everything in it", block.address());
            findings.report(argument, message).severity(severity).help("remove `force_destroy`");
        }
    }
}

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
    id: "data/single-zone",
    severity: Severity::Warning,
    looks_at: "databases and caches",
    page: include_str!("single_zone.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for (kind, flag) in
        [("aws_db_instance", "multi_az"), ("aws_elasticache_replication_group", "automatic_failover_enabled")]
    {
        for block in root.resources(kind).filter(|block| !root.is_copy(block)) {
            findings.looked_at_one();
            match root.flag(block, flag, false) {
                Some(true) => {}
                None => findings.unknown(block, format!("`{flag}` depends on what the files don't say")),
                Some(false) => {
                    let at = block.argument(flag).map_or_else(|| block.place(), Placed::place);
                    let message = format!(
                        "`{}` is in one zone: when the zone fails, or its machine, it is away until somebody acts",
                        block.address()
                    );
                    // Where nobody is served, that may be what is wanted.
                    let severity = if root.is_for_trial(block) { Severity::Info } else { Severity::Warning };
                    findings.report(at, message).severity(severity).help(format!("set `{flag} = true`"));
                }
            }
        }
    }
}

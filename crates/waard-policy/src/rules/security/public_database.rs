//! See its page.
//!
//! Source: Terraform AWS provider, `aws_db_instance`: `publicly_accessible` is false by default.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/public-database",
    severity: Severity::Error,
    looks_at: "databases",
    page: include_str!("public_database.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for kind in ["aws_db_instance", "aws_rds_cluster_instance", "aws_docdb_cluster_instance", "aws_redshift_cluster"] {
        for block in root.resources(kind) {
            findings.looked_at_one();
            match root.flag(block, "publicly_accessible", false) {
                Some(false) => {}
                Some(true) => {
                    let at = block.argument("publicly_accessible");
                    let message = format!("`{}` has a public address", block.address());
                    let help = "set `publicly_accessible = false`, and reach it from inside of the VPC";
                    match at {
                        Some(argument) => findings.report(argument, message).help(help),
                        None => findings.report(block, message).help(help),
                    };
                }
                None => findings.unknown(block, "whether it has a public address depends on what the files don't say"),
            }
        }
    }
}

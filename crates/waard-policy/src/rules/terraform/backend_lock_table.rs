//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/backend-lock-table",
    severity: Severity::Warning,
    looks_at: "S3 backends",
    page: include_str!("backend_lock_table.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for backend in root.s3_backends() {
        findings.looked_at_one();
        if let Some(table) = backend.argument("dynamodb_table") {
            findings
                .report(
                    table,
                    "`dynamodb_table` is deprecated: since Terraform 1.11 the state is locked by a file beside it",
                )
                .help("set `use_lockfile = true`, keep both for one release, then remove the table");
        }
    }
}

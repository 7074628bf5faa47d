//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Known, Root};

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/backend-without-lock",
    severity: Severity::Error,
    looks_at: "S3 backends",
    page: include_str!("backend_without_lock.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for backend in root.s3_backends() {
        findings.looked_at_one();
        let by_file = root.argument(backend, "use_lockfile");
        if backend.argument("dynamodb_table").is_some() || by_file.as_ref().and_then(Known::as_bool) == Some(true) {
            continue;
        }
        // The rest of a partial configuration is given to `terraform init`.
        if backend.argument("bucket").is_none() {
            findings.unknown(backend, "the rest of the backend is given to `terraform init`");
            continue;
        }
        findings
            .report(backend, "nothing locks the state: two applies at once can each lose what the other did")
            .help("set `use_lockfile = true`, which needs Terraform 1.10 or newer");
    }
}

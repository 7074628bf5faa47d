//! See its page.
//!
//! Source: Terraform, "Backend type: s3"; Amazon S3 user guide: since 2023-01-05 all new objects are encrypted with SSE-S3.

use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/backend-encryption",
    severity: Severity::Info,
    looks_at: "backends in S3",
    page: include_str!("backend_encryption.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for backend in root.s3_backends() {
        // What isn't written may be given when it is initialised.
        if backend.get("bucket").is_none() {
            continue;
        }
        findings.looked_at_one();
        if root.flag(backend, "encrypt", false) == Some(true) {
            continue;
        }
        let (at, severity, message) = match backend.argument("encrypt") {
            Some(argument) => (
                argument.place(),
                Severity::Warning,
                "`encrypt` is false: the state, with every secret in it, is as encrypted as its bucket is",
            ),
            None => (
                backend.place(),
                Severity::Info,
                "`encrypt` isn't set: the state, with every secret in it, is as encrypted as its bucket is",
            ),
        };
        findings
            .report(at, message)
            .severity(severity)
            .help("set `encrypt = true`, and `kms_key_id` to a key that few may use");
    }
}

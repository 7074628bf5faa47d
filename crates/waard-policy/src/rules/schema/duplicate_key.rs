//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::platform::FileKind;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::TrapKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/duplicate-key",
    severity: Severity::Error,
    looks_at: "YAML files",
    page: include_str!("duplicate_key.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for file in context.platform().files().iter().filter(|file| file.kind() == FileKind::Yaml) {
        findings.looked_at_one();
        for trap in file.traps() {
            if let TrapKind::DuplicateKey { key, first } = &trap.kind {
                findings
                    .report(trap.place, format!("the key `{key}` stands twice in this mapping"))
                    .related(*first, "first here")
                    .help("keep one of the two; the API server refuses both, and readers that don't take the last one");
            }
        }
    }
}

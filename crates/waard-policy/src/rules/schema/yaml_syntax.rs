//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::platform::FileKind;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/yaml-syntax",
    severity: Severity::Error,
    looks_at: "YAML files",
    page: include_str!("yaml_syntax.md"),
    waivable: false,
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for file in context.platform().files().iter().filter(|file| file.kind() == FileKind::Yaml) {
        findings.looked_at_one();
        for fault in file.faults() {
            findings.report(fault.place, fault.message.clone()).help(fault.help.clone());
        }
    }
}

//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::platform::FileKind;
use crate::rule::{Check, Rule};
use crate::yaml::TrapKind;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/ambiguous-scalar",
    looks_at: "YAML files",
    page: include_str!("ambiguous_scalar.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for file in context.platform().files().iter().filter(|file| file.kind() == FileKind::Yaml) {
        findings.looked_at_one();
        // Files of other tools, such as workflows with the key `on`, are read by these tools alone.
        let of_objects = file.traps().iter().filter(|trap| context.platform().subject(trap.place).0.is_some());
        for trap in of_objects {
            match &trap.kind {
                TrapKind::Boolean { text } => {
                    findings
                        .report(
                            trap.place,
                            format!(
                                "`{text}` without quotes is a boolean for kubectl and a text for readers of YAML 1.2"
                            ),
                        )
                        .help("write `true` or `false` if a boolean is meant, and quotes if it is a text");
                }
                // Modes of files are usually written this way, and kubectl reads them as meant.
                TrapKind::Number { text } if !is_mode(text) => {
                    findings
                        .report(
                            trap.place,
                            format!("`{text}` without quotes is another number for kubectl than it seems"),
                        )
                        .help("write the number in base ten and without `_`, or quotes if it is a text");
                }
                TrapKind::CompoundKey => {
                    findings
                        .report(trap.place, "a key that is no single value")
                        .help("Kubernetes takes texts as keys only");
                }
                TrapKind::Number { .. } | TrapKind::DuplicateKey { .. } => {}
            }
        }
    }
}

/// `0644`, `0o644`
fn is_mode(text: &str) -> bool {
    let digits = text.strip_prefix("0o").or_else(|| text.strip_prefix('0')).unwrap_or_default();
    (digits.len() == 3 || digits.len() == 4) && digits.bytes().all(|byte| (b'0'..=b'7').contains(&byte))
}

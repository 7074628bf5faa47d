//! See its page.

use crate::context::Context;
use crate::edit::Edit;
use crate::findings::Findings;
use crate::place::Place;
use crate::platform::FileKind;
use crate::rule::{Check, Rule};
use crate::yaml::{Scalar, TrapKind};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/ambiguous-scalar",
    looks_at: "YAML files",
    page: include_str!("ambiguous_scalar.md"),
    fixable: true,
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
                        .help("write `true` or `false` if a boolean is meant, and quotes if it is a text")
                        .fix(unambiguous(context, trap.place, text));
                }
                // Modes of files are usually written this way, and kubectl reads them as meant.
                TrapKind::Number { text } if !is_mode(text) => {
                    findings
                        .report(
                            trap.place,
                            format!("`{text}` without quotes is another number for kubectl than it seems"),
                        )
                        .help("write the number in base ten and without `_`, or quotes if it is a text")
                        .fix(unambiguous(context, trap.place, text));
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

/// What kubectl reads, written so that everybody reads it, where the type of the field is known: quotes for a key and for
/// a text, else the boolean or the number.
fn unambiguous(context: &Context<'_>, place: Place, text: &str) -> Option<Edit> {
    let platform = context.platform();
    if platform.text_at(&place) != text {
        return None;
    }
    let quoted = || Some(Edit::new(place, format!("\"{text}\"")));
    let file = platform.file_of(&place)?;
    let after = file.text().get(place.span().end..)?.trim_start_matches(' ');
    if after.starts_with(':') {
        return quoted();
    }
    let object = platform.object_at(place)?;
    let misread = object.misread()?;
    if let Some(error) = misread.wrong.iter().find(|error| error.place == Some(place)) {
        return error.message.contains("text belongs").then(quoted).flatten();
    }
    match object.value_at(place)?.scalar()? {
        Scalar::Bool(value) => Some(Edit::new(place, value.to_string())),
        Scalar::Int(value) => Some(Edit::new(place, value.to_string())),
        _ => None,
    }
}

/// `0644`, `0o644`
fn is_mode(text: &str) -> bool {
    let digits = text.strip_prefix("0o").or_else(|| text.strip_prefix('0')).unwrap_or_default();
    (digits.len() == 3 || digits.len() == 4) && digits.bytes().all(|byte| (b'0'..=b'7').contains(&byte))
}

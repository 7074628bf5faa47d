//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Entry;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/invalid-name",
    severity: Severity::Error,
    looks_at: "objects with a name",
    page: include_str!("invalid_name.md"),
    check: Check::Object(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, _: &Cluster, object: &Object, findings: &mut Findings<'_>) {
    let name = object.name();
    if name.is_empty() {
        return;
    }
    findings.looked_at_one();
    // Templates are judged once they are rendered.
    if !name.contains(['{', '$', '<']) {
        let wrong = match (object.group(), object.kind()) {
            // `Role` and its like may be called `system:node`; path segments are all they need to be.
            ("rbac.authorization.k8s.io", _) => name.contains(['/', '%']).then_some("has a `/` or `%`"),
            ("", "Namespace") => label(name, 63),
            ("", "Service") => label(name, 63)
                .or_else(|| name.starts_with(|first: char| first.is_ascii_digit()).then_some("starts with a digit")),
            _ => subdomain(name),
        };
        if let Some(wrong) = wrong {
            findings
                .report(object, format!("the name `{name}` {wrong}"))
                .help("use lower-case letters, digits and `-` (and `.` where the kind allows it), 63 characters at most for services and namespaces, 253 for others");
        }
    }
    for entry in object.labels() {
        judge_label(entry, findings);
    }
}

/// Source: k8s.io/apimachinery `pkg/util/validation/validation.go`, `IsDNS1123Label` and `IsDNS1123Subdomain`.
fn label(name: &str, longest: usize) -> Option<&'static str> {
    if name.len() > longest {
        return Some("is too long");
    }
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Some("has upper-case letters");
    }
    if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Some("has characters that no name may have");
    }
    (name.starts_with('-') || name.ends_with('-')).then_some("starts or ends with `-`")
}

fn subdomain(name: &str) -> Option<&'static str> {
    if name.len() > 253 {
        return Some("is too long");
    }
    name.split('.').find_map(|part| if part.is_empty() { Some("has an empty part") } else { label(part, 253) })
}

/// Source: the same file, `IsValidLabelValue`: 63 characters of letters, digits, `-`, `_` and `.`, or nothing.
fn judge_label(entry: &Entry, findings: &mut Findings<'_>) {
    let Some(value) = entry.value().as_str() else { return };
    if value.contains(['{', '$', '<']) {
        return;
    }
    let ends = |end: Option<u8>| end.is_none_or(|byte| byte.is_ascii_alphanumeric());
    let fine = value.len() <= 63
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && ends(value.bytes().next())
        && ends(value.bytes().last());
    if !fine {
        findings
            .report(entry.value().place(), format!("`{value}` is no value for label `{}`", entry.key()))
            .help("63 letters, digits, `-`, `_` and `.` at most, with a letter or digit at both ends; longer texts are annotations");
    }
}

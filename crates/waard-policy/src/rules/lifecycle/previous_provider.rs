//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::terraform::{Known, Root};

/// The rule.
pub static RULE: Rule = Rule {
    id: "lifecycle/previous-provider",
    looks_at: "constraints of providers that the catalog knows",
    page: include_str!("previous_provider.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

/// The majors are facts of the catalog, with their day.
fn check(context: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    let blocks = root.of_kind("terraform").flat_map(|terraform| terraform.blocks("required_providers"));
    for provider in blocks.flat_map(|providers| &providers.body.arguments) {
        let source = provider.value.get("source").and_then(|source| root.known(source).as_str().map(str::to_owned));
        let source = source.unwrap_or_else(|| format!("hashicorp/{}", provider.name));
        let source = source.strip_prefix("registry.terraform.io/").unwrap_or(&source).to_lowercase();
        let Some(known) = context.catalog().provider(&source) else { continue };
        let version = provider.value.get("version").or_else(|| provider.value.as_str().map(|_| &provider.value));
        let Some(version) = version else { continue };
        findings.looked_at_one();
        let Known::Text(text) = root.known(version) else {
            findings.unknown(version, "the constraint is no plain text");
            continue;
        };
        let highest = text.split(',').filter_map(highest).min();
        if highest.is_some_and(|highest| highest < known.major) {
            findings
                .report(
                    version,
                    format!(
                        "`{text}` keeps provider `{source}` below {}.0; {} is out (as of {})",
                        known.major, known.newest, known.source.as_of
                    ),
                )
                .help(format!("read the upgrade guide, then write `~> {}.0`", known.major));
        }
    }
}

/// The highest major that a part of a constraint allows; `None` if it has no end.
fn highest(part: &str) -> Option<u32> {
    let part = part.trim();
    let digits = part.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let mut numbers = digits.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
    let major = numbers.next()?;
    let rest = numbers.any(|number| number > 0);
    match part.strip_suffix(digits).unwrap_or_default().trim() {
        "" | "=" | "<=" => Some(major),
        "<" if rest => Some(major),
        "<" => major.checked_sub(1),
        "~>" if digits.contains('.') => Some(major),
        _ => None,
    }
}

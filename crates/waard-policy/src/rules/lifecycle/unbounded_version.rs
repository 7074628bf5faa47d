//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Expr;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Known, Root};

/// The rule.
pub static RULE: Rule = Rule {
    id: "lifecycle/unbounded-version",
    severity: Severity::Info,
    looks_at: "version constraints of Terraform and its providers",
    page: include_str!("unbounded_version.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

/// Source: Terraform, "Version Constraints": `~> 1.2` allows 1.x, `~> 1` allows every later major, `>=` has no end.
fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for terraform in root.of_kind("terraform") {
        if let Some(required) = terraform.argument("required_version") {
            judge(root, "Terraform", &required.value, findings);
        }
        for providers in terraform.blocks("required_providers") {
            for provider in &providers.body.arguments {
                let version =
                    provider.value.get("version").or_else(|| provider.value.as_str().map(|_| &provider.value));
                if let Some(version) = version {
                    judge(root, &format!("provider `{}`", provider.name), version, findings);
                }
            }
        }
    }
}

fn judge(root: &Root, what: &str, constraint: &Expr, findings: &mut Findings<'_>) {
    findings.looked_at_one();
    let Known::Text(text) = root.known(constraint) else {
        return findings.unknown(constraint, "the constraint is no plain text");
    };
    let bounded = text.split(',').map(str::trim).any(|part| {
        let digits = part.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        match part.strip_suffix(digits).unwrap_or_default().trim() {
            "" | "=" | "<" | "<=" => true,
            "~>" => digits.contains('.'),
            _ => false,
        }
    });
    if !bounded {
        // A lock file holds providers where they are; nothing does so for Terraform itself, or before the first init.
        let help = format!("add an end: `{}, < {}`", text.trim(), next_major(&text));
        findings.report(constraint, format!("`{text}` lets every later major of {what} in")).help(help);
    }
}

fn next_major(text: &str) -> u32 {
    let numbers = text.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let majors = numbers.filter_map(|version| version.split('.').next()?.parse::<u32>().ok());
    majors.max().unwrap_or_default().saturating_add(1)
}

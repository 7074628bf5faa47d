//! See its page.

use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "policy/unmatched-waiver",
    severity: Severity::Warning,
    looks_at: "waivers",
    page: include_str!("unmatched_waiver.md"),
    waivable: false,
    check: Check::Engine,
    ..Rule::BASE
};

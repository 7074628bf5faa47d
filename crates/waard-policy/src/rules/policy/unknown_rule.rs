//! See its page.

use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "policy/unknown-rule",
    severity: Severity::Error,
    looks_at: "rules that the configuration names",
    page: include_str!("unknown_rule.md"),
    waivable: false,
    check: Check::Engine,
    ..Rule::BASE
};

//! See its page.

use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "policy/expired-waiver",
    severity: Severity::Error,
    looks_at: "waivers",
    page: include_str!("expired_waiver.md"),
    waivable: false,
    check: Check::Engine,
    ..Rule::BASE
};

//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/unused-variable",
    severity: Severity::Info,
    looks_at: "variables",
    page: include_str!("unused_variable.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    if !root.is_whole() {
        return;
    }
    let references = root.blocks().iter().flat_map(|block| block.references());
    let used: BTreeSet<&str> = references
        .filter(|reference| reference.root() == Some("var"))
        .filter_map(|reference| reference.name(1))
        .collect();
    let variables: Vec<_> = root.of_kind("variable").collect();
    // A folder of variables alone is a part of something that isn't here.
    if variables.len() == root.blocks().len() {
        return;
    }
    for variable in variables {
        findings.looked_at_one();
        let name = variable.label(0).unwrap_or_default();
        let elsewhere = root.blocks().iter().filter(|block| &*block.kind != "variable" || block.label(0) != Some(name));
        let own = elsewhere
            .flat_map(|block| block.references())
            .any(|reference| reference.root() == Some("var") && reference.name(1) == Some(name));
        if !used.contains(name) || !own {
            findings
                .report(variable, format!("nothing uses the variable `{name}`: what it is set to changes nothing"))
                .help("use it, or remove it");
        }
    }
}

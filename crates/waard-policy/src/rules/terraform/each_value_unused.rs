//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Expr;
use crate::place::Placed;
use crate::rule::{Check, Rule};
use crate::terraform::{Instances, Known, Root};
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/each-value-unused",
    looks_at: "blocks that are made for each entry of a map of objects",
    page: include_str!("each_value_unused.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for block in root.blocks() {
        let Some(each) = block.argument("for_each") else { continue };
        let (parts, shape) = match root.instances(block) {
            Instances::Each(entries) => {
                let parts: BTreeSet<String> =
                    entries.values().filter_map(Known::as_map).flat_map(|map| map.keys().cloned()).collect();
                (parts, None)
            }
            _ => match root.alike(block) {
                Some(shape) => {
                    let mut parts = BTreeSet::new();
                    deepest(shape.value, &mut parts);
                    (parts, Some(shape))
                }
                None => continue,
            },
        };
        if parts.is_empty() {
            continue;
        }
        findings.looked_at_one();
        // The map itself may be looked up again by the key.
        let source = each.value.references().iter().map(|reference| reference.dotted()).collect::<Vec<_>>();
        let used = block.references().iter().any(|reference| {
            reference.root() == Some("each") && reference.name(1) == Some("value")
                || reference.place() != each.value.place()
                    && source.contains(&reference.dotted())
                    && reference.steps.len() > 2
        });
        if used {
            continue;
        }
        let names: Vec<String> = parts.iter().map(|part| format!("`{part}`")).collect();
        let message = format!(
            "`{}` is made alike for every key: {} of the values {} used nowhere in it",
            block.address(),
            names.join(", "),
            if names.len() == 1 { "is" } else { "are" }
        );
        let draft = findings.report(each, message);
        draft.help("use `each.value`, and leave out by `if` what isn't enabled; or go through a set of names");
        if parts.contains("enabled") {
            draft.counterexample("`enabled = false` changes nothing");
        }
        if let Some(shape) = shape {
            draft.related(shape.place, format!("if `{}` is like this one, which has the same name", shape.name));
        }
    }
}

/// The names of what is in the innermost objects.
fn deepest(expr: &Expr, found: &mut BTreeSet<String>) {
    for (key, value) in expr.entries() {
        if value.entries().is_empty() {
            found.extend(key.text.as_deref().map(str::to_owned));
        } else {
            deepest(value, found);
        }
    }
}

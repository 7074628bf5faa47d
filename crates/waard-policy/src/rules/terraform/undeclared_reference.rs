//! See its page.

use std::collections::BTreeMap;

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Reference;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/undeclared-reference",
    severity: Severity::Error,
    looks_at: "names that expressions refer to",
    page: include_str!("undeclared_reference.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    let mut used: BTreeMap<String, Vec<&Reference>> = BTreeMap::new();
    // What moved or was removed refers to what isn't there any more, and an import may be for what is written later.
    let skipped = ["moved", "removed", "import", "terraform"];
    for block in root.blocks().iter().filter(|block| !skipped.contains(&&*block.kind)) {
        for reference in block.references() {
            if let Some(address) = address(reference) {
                used.entry(address).or_default().push(reference);
            }
        }
    }
    for (address, references) in used {
        let Some((first, more)) = references.split_first() else { continue };
        findings.looked_at_one();
        let declared = match address.strip_prefix("local.") {
            Some(name) => root.local(name).is_some(),
            None => root.block(&address).is_some(),
        };
        if declared {
            continue;
        }
        if !root.is_whole() {
            findings.unknown(*first, format!("`{address}` may be declared in a file that can't be read"));
            continue;
        }
        let draft = findings.report(*first, format!("`{address}` is not declared in `{}`", shown(root)));
        draft.help(match address.split_once('.') {
            Some(("var", name)) => format!("add `variable \"{name}\" {{ … }}`, with a type and a description"),
            Some(("local", name)) => format!("add `{name} = …` to a `locals` block"),
            Some(("module", name)) => format!("add `module \"{name}\" {{ … }}`"),
            _ => "declare it, or mend the name".to_owned(),
        });
        for reference in more.iter().take(5) {
            draft.related(*reference, "and here");
        }
    }
}

fn shown(root: &Root) -> &str {
    if root.path().is_empty() { "this folder" } else { root.path() }
}

/// The address of what has to be declared; `None` for what Terraform itself gives.
fn address(reference: &Reference) -> Option<String> {
    let (first, second) = (reference.root()?, reference.name(1)?);
    match first {
        "each" | "count" | "self" | "path" | "terraform" => None,
        "data" | "ephemeral" => Some(format!("{first}.{second}.{}", reference.name(2)?)),
        _ => Some(format!("{first}.{second}")),
    }
}

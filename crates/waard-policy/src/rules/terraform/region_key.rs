//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::{Expr, Key};
use crate::place::Placed;
use crate::rule::{Check, Rule};
use crate::terraform::{Instances, Root};

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/region-key",
    looks_at: "maps of regions, and regions that are keys of maps",
    page: include_str!("region_key.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    let is_region = |text: &str| is_like_region(text) || context.catalog().region(text).is_some();
    // Other clouds have regions of other forms.
    let other = ["google", "azurerm", "oci", "digitalocean", "hcloud", "alicloud", "ibm"];
    let is_other = |kind: &str| other.iter().any(|name| kind.split('_').next() == Some(name));
    if root.blocks().iter().any(|block| {
        block.label(0).is_some_and(|label| matches!(&*block.kind, "provider" | "resource") && is_other(label))
    }) {
        return;
    }
    for block in root.blocks().iter().filter(|block| block.get("for_each").is_some()) {
        let Some(region) = block.argument("region").filter(|region| is_key(&region.value)) else { continue };
        findings.looked_at_one();
        let (keys, shape) = if let Instances::Each(entries) = root.instances(block) {
            (entries.into_keys().collect::<Vec<_>>(), None)
        } else {
            let Some(shape) = root.alike(block) else {
                findings.unknown(region, "what the keys of its `for_each` are is not among the files");
                continue;
            };
            (shape.keys(), Some(shape))
        };
        let wrong: Vec<String> = keys.iter().filter(|key| !is_region(key)).map(|key| format!("`{key}`")).collect();
        if wrong.is_empty() {
            continue;
        }
        let message = format!(
            "the region of `{}` would be {}, which {} no region of AWS",
            block.address(),
            wrong.join(" or "),
            if wrong.len() == 1 { "is" } else { "are" }
        );
        let draft = findings.report(region, message);
        draft.help("take names of regions such as `us-east-1` as keys");
        if let Some(shape) = shape {
            draft.related(shape.place, format!("if `{}` is like this one, which has the same name", shape.name));
        }
    }
    for map in
        root.passed().into_iter().filter(|map| map.name.to_ascii_lowercase().contains("region") || map.within_regions)
    {
        let names: Vec<(&Key, String)> = map
            .value
            .entries()
            .iter()
            .filter_map(|(key, _)| Some((key, key.text.as_deref()?.to_ascii_lowercase().replace('_', "-"))))
            .filter(|(_, name)| is_region(name))
            .collect();
        let Some((first, name)) = names.first() else { continue };
        findings.looked_at_one();
        let written = first.text.as_deref().unwrap_or_default();
        // Keys may be names of any form, where the region itself is said beside them.
        let says = names.iter().any(|(key, name)| {
            let value =
                map.value.entries().iter().find(|(found, _)| found.place() == key.place()).map(|(_, value)| value);
            value.is_some_and(|value| {
                value.entries().iter().any(|(_, part)| part.as_str() == Some(name)) || value.as_str() == Some(name)
            })
        });
        if written == name || says {
            continue;
        }
        if !context.platform().calls_nothing(root, map.module) {
            findings.unknown(*first, "what the module makes of these keys is not known");
            continue;
        }
        findings
            .report(*first, format!("`{written}` is no name of a region, and nothing beside it says `{name}`"))
            .help(format!("write `\"{name}\"`: what is made from the key can then take it as a region"));
    }
}

/// `us-gov-west-1`: two letters, words, and a digit.
fn is_like_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &str| part.len() > 1 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [area, words @ .., number] => {
            area.len() == 2
                && letters(area)
                && !words.is_empty()
                && words.iter().all(|word| letters(word))
                && number.len() == 1
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

fn is_key(expr: &Expr) -> bool {
    expr.as_reference().is_some_and(|reference| reference.dotted() == "each.key")
}

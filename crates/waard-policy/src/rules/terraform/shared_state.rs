//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/shared-state",
    severity: Severity::Error,
    looks_at: "backends",
    page: include_str!("shared_state.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut first: BTreeMap<Vec<String>, (Place, String)> = BTreeMap::new();
    for root in context.platform().roots().iter().filter(|root| root.is_applied()) {
        for backend in root.settings("backend") {
            let names: &[&str] = match backend.label(0) {
                Some("s3" | "oss" | "cos") => &["bucket", "key", "workspace_key_prefix"],
                Some("gcs") => &["bucket", "prefix"],
                Some("azurerm") => &["storage_account_name", "container_name", "key"],
                _ => continue,
            };
            findings.looked_at_one();
            let given = |name: &&str| backend.get(name).and_then(|expr| expr.as_str()).map(str::to_owned);
            let needed = names.iter().take(if names.len() == 2 { 1 } else { 2 });
            if needed.clone().any(|name| given(name).is_none()) {
                findings.unknown(backend, "a part of it is given when it is initialised");
                continue;
            }
            let kind = backend.label(0).unwrap_or_default().to_owned();
            let key: Vec<String> =
                std::iter::once(kind).chain(names.iter().map(|name| given(name).unwrap_or_default())).collect();
            match first.get(&key) {
                Some((place, path)) => {
                    let at = backend.argument("key").map_or_else(|| backend.place(), Placed::place);
                    findings
                        .report(
                            at,
                            format!(
                                "this root module keeps its state where `{path}` does: `{}`",
                                key.get(1..).unwrap_or_default().join("/").trim_end_matches('/')
                            ),
                        )
                        .help("give each root module a key of its own")
                        .related(*place, "the other backend");
                }
                None => {
                    first.insert(key, (backend.place(), root.path().to_owned()));
                }
            }
        }
    }
}

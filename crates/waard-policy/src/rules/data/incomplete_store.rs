//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "data/incomplete-store",
    looks_at: "databases and caches that are passed to modules that are not there",
    page: include_str!("incomplete_store.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

/// What a store needs, and words of the keys that say it.
const DATABASE: [(&str, &[&str]); 5] = [
    ("engine", &["engine"]),
    ("size of its storage", &["storage", "size", "capacity"]),
    ("encryption", &["encrypt", "kms"]),
    ("protection against deletion", &["deletion_protection", "protect"]),
    ("credentials", &["password", "username", "secret", "credential", "iam"]),
];
const CACHE: [(&str, &[&str]); 2] = [
    ("encryption", &["encrypt", "tls", "kms"]),
    ("password or users", &["auth", "password", "token", "user", "secret"]),
];

fn check(context: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for store in root.passed() {
        let needs: &[(&str, &[&str])] = match (store.is_database(), store.is_cache()) {
            (true, _) => &DATABASE,
            (_, true) => &CACHE,
            _ => continue,
        };
        // A module that is there says the rest; what it makes is judged by itself.
        if !context.platform().calls_nothing(root, store.module) {
            continue;
        }
        findings.looked_at_one();
        let keys: Vec<String> = store.keys().iter().map(|key| key.to_ascii_lowercase()).collect();
        let says = |words: &[&str]| {
            keys.iter().any(|key| match words {
                // `engine_version` says nothing about which engine.
                ["engine"] => key == "engine",
                _ => words.iter().any(|word| key.contains(word)),
            })
        };
        let missing: Vec<&str> = needs.iter().filter(|(_, words)| !says(words)).map(|(what, _)| *what).collect();
        if missing.is_empty() {
            continue;
        }
        let mut message =
            format!("`{}` doesn't say {}, and the module that could isn't there", store.name, missing.join(", "));
        let shards = ["num_shards", "num_node_groups", "shards"]
            .iter()
            .find_map(|key| root.known(store.value.get(key)?).as_int());
        if let Some(shards) = shards.filter(|shards| *shards > 1) {
            message = format!("{message}; with {shards} shards its clients have to know of them");
        }
        findings.report(store.place, message).help("say it here, or write the module with defaults that are safe");
    }
}

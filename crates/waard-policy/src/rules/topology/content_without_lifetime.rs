//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::yaml::{Entry, Node};

/// The rule.
pub static RULE: Rule = Rule {
    id: "topology/content-without-lifetime",
    looks_at: "lists of kinds of content with times to live beside them",
    page: include_str!("content_without_lifetime.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for other in context.platform().others() {
        other.node.walk(&mut |node| {
            let lists = node.entries().iter().filter(|entry| {
                let key = entry.key().to_ascii_lowercase();
                ["content", "type", "path", "cache", "behavio"].iter().any(|word| key.contains(word))
                    && entry.value().items().len() > 1
            });
            let times = node.entries().iter().filter(|entry| {
                let key = entry.key().to_ascii_lowercase();
                (key.contains("ttl") || key.contains("lifetime")) && entry.value().entries().len() > 1
            });
            for list in lists {
                for times in times.clone() {
                    judge(list, times, findings);
                }
            }
        });
    }
}

fn judge(list: &Entry, times: &Entry, findings: &mut Findings<'_>) {
    let names: Vec<&Node> = list.value().items().iter().filter(|item| item.text().is_some()).collect();
    let keys = times.value().entries();
    let is_key = |name: &Node| keys.iter().any(|key| Some(key.key()) == name.text());
    // Names of which none is a key are about something else.
    if !names.iter().any(|name| is_key(name)) {
        return;
    }
    findings.looked_at_one();
    let is_default = |entry: &&Entry| !matches!(entry.key(), "default" | "*" | "other" | "min" | "max");
    let has_default = keys.iter().any(|entry| matches!(entry.key(), "default" | "*" | "other"));
    for name in names.iter().filter(|name| !is_key(name) && !has_default) {
        findings
            .report(*name, format!("`{}` has no time to live in `{}`", name.text().unwrap_or_default(), times.key()))
            .related(times, "the times to live")
            .help("name it there as it is named here");
    }
    for key in keys.iter().filter(is_default).filter(|key| !names.iter().any(|name| name.text() == Some(key.key()))) {
        findings
            .report(key, format!("`{}` has a time to live and is no kind of content of `{}`", key.key(), list.key()))
            .related(list, "the kinds of content")
            .help("name it as it is named there");
    }
}

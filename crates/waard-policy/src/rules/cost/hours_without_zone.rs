//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::wish::wishes;
use crate::yaml::{Entry, Node};

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/hours-without-zone",
    looks_at: "hours that a document about cost names",
    page: include_str!("hours_without_zone.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// Abbreviations that mean several zones, or half of the year only.
const AMBIGUOUS: [&str; 16] =
    ["BST", "CDT", "CEST", "CET", "CST", "ECT", "EDT", "EET", "EST", "IST", "JST", "MDT", "MST", "PDT", "PST", "WET"];

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for wish in wishes(context.platform(), &["schedul", "hours"]) {
        let (mut first, mut zones) = (None, Vec::new());
        zones.extend(zone(wish));
        for entry in wish.value().entries() {
            zones.extend(zone(entry));
            if first.is_none() && entry.value().text().is_some_and(is_hour) {
                first = Some(entry);
            }
        }
        // A zone for all of them stands beside them.
        let beside = context.platform().others().iter().find_map(|other| {
            let mut found = None;
            other.node.walk(&mut |node| {
                if node.entries().iter().any(|entry| entry.key_place() == wish.key_place()) {
                    found = node.entries().iter().find_map(zone);
                }
            });
            found
        });
        zones.extend(beside);
        let Some(first) = first else { continue };
        findings.looked_at_one();
        let text = first.value().text().unwrap_or_default();
        match zones.first() {
            Some(zone) => {
                let name = zone.text().unwrap_or_default();
                if AMBIGUOUS.contains(&name) {
                    findings
                        .report(*zone, format!("`{name}` is an abbreviation: it says neither which place is meant nor what holds in summer"))
                        .help("write a name of the time zone database, such as `America/New_York`");
                }
            }
            None if text.ends_with('Z') || text.ends_with("UTC") => {}
            None => {
                findings
                    .report(first, format!("`{}: {text}` of `{}` has no time zone: in which one, and in summer?", first.key(), wish.key()))
                    .help("name the zone beside it, `zone: America/New_York`: what carries it out counts in UTC otherwise");
            }
        }
    }
}

fn zone(entry: &Entry) -> Option<&Node> {
    let key = entry.key().to_ascii_lowercase();
    (key.contains("zone") || key == "tz").then(|| entry.value())
}

/// `18:00`, with or without what follows it.
fn is_hour(text: &str) -> bool {
    let Some((hour, rest)) = text.trim().split_once(':') else { return false };
    let minute: String = rest.chars().take(2).collect();
    hour.len() <= 2
        && hour.parse::<u8>().is_ok_and(|hour| hour < 25)
        && minute.len() == 2
        && minute.parse::<u8>().is_ok_and(|minute| minute < 60)
}

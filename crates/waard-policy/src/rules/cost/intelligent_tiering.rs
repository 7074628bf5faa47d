//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule};
use crate::wish::wishes;
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/intelligent-tiering",
    looks_at: "ages of the archives of Intelligent-Tiering",
    page: include_str!("intelligent_tiering.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// The tiers that can be set, and their bounds in days.
/// Source: Amazon S3 API reference, `Tiering`: at least 90 and 180 days, at most 730.
const TIERS: [(&str, i64, i64); 2] = [("archive", 90, 730), ("deep_archive", 180, 730)];

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    for wish in wishes(platform, &["storage", "tier", "lifecycle"]) {
        let plain = |key: &str| key.to_ascii_lowercase().replace(['-', ' '], "_");
        let entries = wish.value().entries();
        // Only Intelligent-Tiering has a tier of that name; a lifecycle starts with a class.
        if !entries.iter().any(|entry| matches!(plain(entry.key()).as_str(), "frequent_access" | "frequent")) {
            continue;
        }
        for entry in entries {
            let key = plain(entry.key());
            let tier = TIERS.iter().find(|(name, ..)| key == *name || key == format!("{name}_access"));
            if let (Some((_, least, most)), Some(days)) = (tier, days(entry.value())) {
                judge(entry.place(), entry.key(), days, (*least, *most), findings);
            }
        }
    }
    for root in platform.roots() {
        for block in root.resources("aws_s3_bucket_intelligent_tiering_configuration") {
            for tiering in block.blocks("tiering") {
                let tier = root.text(tiering, "access_tier").unwrap_or_default().to_ascii_lowercase();
                let tier = TIERS.iter().find(|(name, ..)| tier == format!("{name}_access"));
                let days = root.argument(tiering, "days").and_then(|days| days.as_int());
                if let (Some((name, least, most)), Some(days)) = (tier, days) {
                    let at = tiering.argument("days").map_or_else(|| tiering.place(), Placed::place);
                    judge(at, name, days, (*least, *most), findings);
                }
            }
        }
    }
}

fn judge(at: Place, name: &str, days: i64, (least, most): (i64, i64), findings: &mut Findings<'_>) {
    findings.looked_at_one();
    if !(least..=most).contains(&days) {
        findings
            .report(at, format!("`{name}` after {days} days is no setting of Intelligent-Tiering, which takes {least} to {most}"))
            .help("keep to these bounds, or write the ages as transitions of a lifecycle (STANDARD_IA, GLACIER, DEEP_ARCHIVE)");
    }
}

/// `365 days`, `365d`, `365`
fn days(node: &Node) -> Option<i64> {
    let text = node.text()?.trim();
    let number = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic()).trim();
    matches!(text.strip_prefix(number)?.trim(), "" | "d" | "day" | "days").then(|| number.parse().ok()).flatten()
}

//! See its page.
//!
//! Source: AWS Backup developer guide, "Creating a backup plan": a copy is made of each backup, once it is complete.

use super::no_copy_in_standby::{Protected, copied, follows, protected};
use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Block;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "data/copies-older-than-rpo",
    severity: Severity::Error,
    looks_at: "databases whose only copies in a standby are backups by a plan",
    page: include_str!("copies_older_than_rpo.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for Protected { standby, at, roots, databases, rpo, .. } in protected(context) {
        if databases.is_empty() || roots.iter().any(|root| follows(root, standby)) {
            continue;
        }
        let rules = roots.iter().flat_map(|root| copied(root, standby).map(move |rule| (*root, rule)));
        let mut intervals: Vec<(Option<u64>, &Block)> =
            rules.map(|(root, rule)| (interval(root, rule), rule)).collect();
        intervals.sort_by_key(|(seconds, _)| *seconds);
        let Some((shortest, rule)) = intervals.first() else { continue };
        findings.looked_at_one();
        let schedule = rule.argument("schedule").map_or_else(|| rule.place(), Placed::place);
        let Some(seconds) = shortest else {
            findings.unknown(schedule, "how often backups are made depends on what the files don't say");
            continue;
        };
        if *seconds <= rpo.as_secs() {
            continue;
        }
        let names: Vec<String> = databases.iter().map(|block| format!("`{}`", block.address())).collect();
        let hours = seconds / 3600;
        findings
            .report(
                schedule,
                format!(
                    "what `{standby}` has of {} are backups that are made every {hours} hours, and at most {rpo} of data may be lost",
                    names.join(", ")
                ),
            )
            .counterexample(format!("the region fails {hours} hours after the last backup: {hours} hours are lost"))
            .help("add a replica in the standby's region, or an `aws_db_instance_automated_backups_replication`")
            .related(at, "the standby");
    }
}

/// The longest time, in seconds, between two backups of a day; `None` if it isn't known.
/// `cron(0 6 * * ? *)` is minute, hour, day of the month, month, day of the week, year.
fn interval(root: &Root, rule: &Block) -> Option<u64> {
    let text = root.text(rule, "schedule")?;
    let fields: Vec<&str> = text.trim().strip_prefix("cron(")?.strip_suffix(')')?.split_whitespace().collect();
    let [_, hours, ..] = fields.as_slice() else { return None };
    let gap = match *hours {
        "*" => 1,
        one if one.parse::<u64>().is_ok() => 24,
        list if list.split(',').all(|hour| hour.parse::<u64>().is_ok()) => {
            24 / u64::try_from(list.split(',').count()).ok()?
        }
        step => step.split_once('/').filter(|(start, _)| *start == "*" || *start == "0")?.1.parse().ok()?,
    };
    Some(u64::saturating_mul(gap, 3600))
}

//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::wish::plans;

/// The rule.
pub static RULE: Rule = Rule {
    id: "topology/region-without-standby",
    looks_at: "regions that serve, in plans that have standbys",
    page: include_str!("region_without_standby.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for plan in plans(context.platform()) {
        if plan.standbys().next().is_none() {
            continue;
        }
        let links: Vec<_> = plan.standbys().map(|standby| (standby, plan.protected_by(standby))).collect();
        for region in plan.serving() {
            findings.looked_at_one();
            if links.iter().any(|(_, links)| links.iter().any(|link| link.name == region.name)) {
                continue;
            }
            // Somebody who writes that it has none has thought of it.
            let decided = region.node.entries().iter().any(|entry| {
                let key = entry.key().to_ascii_lowercase();
                ["unprotected", "standby", "dr", "failover", "disaster_recovery"].iter().any(|word| key.contains(word))
            });
            if decided {
                continue;
            }
            if let Some((open, _)) = links.iter().find(|(_, links)| links.is_empty()) {
                findings.unknown(region, format!("what `{}` stands in for is not said", open.name));
                continue;
            }
            let pairs: Vec<String> = links
                .iter()
                .flat_map(|(standby, links)| links.iter().map(|link| format!("`{}` for `{}`", standby.name, link.name)))
                .collect();
            let draft = findings.report(region, format!("`{}` serves, and no region stands in for it", region.name));
            draft.help("name a standby for it, or write that it has none").counterexample(format!(
                "`{}` is lost; there are only {}",
                region.name,
                pairs.join(", ")
            ));
        }
    }
}

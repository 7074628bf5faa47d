//! See its page.

use crate::cluster::NodeGroup;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::wish::{is_named, percent, wishes};

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/commitment-on-spot",
    looks_at: "commitments that a document about cost wants for node groups",
    page: include_str!("commitment_on_spot.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// Sources: AWS Savings Plans user guide and Amazon EC2, "Reserved Instances": neither applies to spot instances.
fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    for wish in wishes(platform, &["reserved", "savings", "commitment"]) {
        let Some(share) = percent(wish).filter(|share| *share > 0) else { continue };
        let groups: Vec<&NodeGroup> = platform
            .clusters()
            .iter()
            .flat_map(|cluster| &cluster.nodes().groups)
            .filter(|group| {
                let values = group.labels.values().flatten().map(String::as_str);
                is_named(wish.key(), values.chain([group.name.as_str()]))
            })
            .collect();
        let Some(group) = groups.first() else { continue };
        findings.looked_at_one();
        if groups.iter().all(|group| group.spot == Some(true)) {
            findings
                .report(
                    wish,
                    format!(
                        "a commitment over {share} % of `{}` can't apply to node group `{}`, which is spot",
                        wish.key(),
                        group.name
                    ),
                )
                .related(group.place, "spot nodes")
                .help("commit to what runs on-demand around the clock, and leave spot out of it");
        }
    }
}

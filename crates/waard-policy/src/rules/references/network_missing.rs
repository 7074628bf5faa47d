//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;
use crate::wish::is_left_open;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/network-missing",
    severity: Severity::Info,
    looks_at: "clusters that name a network",
    page: include_str!("network_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for config in cluster.configs() {
        let Some(vpc) = config
            .node()
            .entry("vpc")
            .filter(|vpc| vpc.value().get("id").is_some() || vpc.value().get("subnets").is_some())
        else {
            continue;
        };
        findings.looked_at_one();
        let platform = context.platform();
        if platform.roots().is_empty() {
            findings.unknown(vpc, "what makes the network is not among the files");
            continue;
        }
        // A root of another region makes another network.
        let here = |root: &&Root| {
            let region = root.region();
            region.is_none() || cluster.region().is_none() || region.as_deref() == cluster.region()
        };
        let made = platform.roots().iter().filter(here).any(|root| {
            ["aws_vpc", "aws_default_vpc", "aws_subnet", "aws_default_subnet"]
                .iter()
                .any(|kind| root.resources(kind).next().is_some() || root.data(kind).next().is_some())
                || root.data("aws_subnets").next().is_some()
        });
        if made {
            continue;
        }
        if let Some(module) = is_left_open(platform) {
            findings.unknown(vpc, format!("`{}` may make it", module.address()));
            continue;
        }
        let at = vpc.value().entry("subnets").map_or_else(|| vpc.place(), Placed::place);
        findings
            .report(at, format!("nothing among the files makes the network of {}: neither a VPC nor subnets", cluster.title()))
            .help("make them with the rest of the platform, so that a further region, or the same one anew, can be made too; or let eksctl make them");
    }
}

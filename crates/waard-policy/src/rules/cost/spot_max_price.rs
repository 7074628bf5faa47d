//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::terraform::Known;
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/spot-max-price",
    looks_at: "settings of spot instances",
    page: include_str!("spot_max_price.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// Source: Amazon EC2, "Spot Instances", "Maximum price": AWS recommends not to set one; the default is the on-demand
/// price, and instances with a lower one are interrupted more often.
fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for cluster in context.platform().clusters() {
        for node in cluster.configs().iter().flat_map(|config| config.list("nodeGroups")) {
            let Some(mix) = node.get("instancesDistribution") else { continue };
            findings.looked_at_one();
            let Some(price) = mix.get("maxPrice") else { continue };
            let name = node.get("name").and_then(Node::text).unwrap_or_default();
            let types = node.list("instancesDistribution.instanceTypes");
            let value = price.text().unwrap_or_default();
            let draft = findings.report(
                price,
                format!(
                    "node group `{name}` offers at most ${value} an hour for any of {} instance types",
                    types.len().max(1)
                ),
            );
            draft.help("leave the price out: the on-demand price is the limit then, and interruptions are rarer");
            let vcpus: Vec<(u16, &str)> = types
                .iter()
                .filter_map(|name| context.catalog().instance(name.text()?))
                .map(|instance| (instance.vcpu, instance.name.as_str()))
                .collect();
            if let (Some(least), Some(most)) = (vcpus.iter().min(), vcpus.iter().max())
                && least.0 < most.0
            {
                draft.counterexample(format!(
                    "the same price is offered for {} ({} vCPU) and {} ({} vCPU): the larger hardly ever comes",
                    least.1, least.0, most.1, most.0
                ));
            }
        }
    }
    for root in context.platform().roots() {
        let templates = root.resources("aws_launch_template").flat_map(|block| block.blocks("instance_market_options"));
        let in_templates = templates.flat_map(|options| options.blocks("spot_options")).map(|spot| (spot, "max_price"));
        let groups = root.resources("aws_autoscaling_group").flat_map(|block| block.blocks("mixed_instances_policy"));
        let in_groups =
            groups.flat_map(|policy| policy.blocks("instances_distribution")).map(|mix| (mix, "spot_max_price"));
        for (block, name) in in_templates.chain(in_groups) {
            findings.looked_at_one();
            let Some(argument) = block.argument(name) else { continue };
            let known = root.known(&argument.value);
            // An empty text is the default: the on-demand price.
            if known == Known::Null || known.as_str() == Some("") {
                continue;
            }
            if known == Known::Unknown {
                findings.unknown(argument, "the price is not known");
                continue;
            }
            findings
                .report(argument, "a maximum price is offered for spot instances")
                .help("leave it out: the on-demand price is the limit then, and interruptions are rarer");
        }
    }
}

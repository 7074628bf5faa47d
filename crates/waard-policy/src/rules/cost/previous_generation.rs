//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/previous-generation",
    severity: Severity::Info,
    looks_at: "instance types of node groups",
    page: include_str!("previous_generation.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: EC2 `DescribeInstanceTypes`, `CurrentGeneration` and the regions that offer the type, as of the catalog's row.
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for group in &cluster.nodes().groups {
        for name in &group.instances {
            findings.looked_at_one();
            let Some(instance) = context.catalog().instance(name) else {
                findings.unknown(group.place, format!("the catalog doesn't know instance type `{name}`"));
                continue;
            };
            if !instance.offered {
                findings
                    .report(
                        group.place,
                        format!(
                            "node group `{}` uses {name}, which no region offers any more (as of {})",
                            group.name, instance.source.as_of
                        ),
                    )
                    .severity(Severity::Error)
                    .help("take a type of a newer family with the same shape");
            } else if !instance.current_generation {
                let newer = context.catalog().instances().iter().find(|other| {
                    other.current_generation
                        && other.offered
                        && other.arch == instance.arch
                        && (other.vcpu, other.memory_mib, other.gpus)
                            == (instance.vcpu, instance.memory_mib, instance.gpus)
                        && !other.burstable
                        && other.neurons == instance.neurons
                        // `m` for `m`, `c` for `c`: the first letter is what it is made for.
                        && other.name.get(..1) == instance.name.get(..1)
                });
                let help = newer.map_or_else(
                    || "take a type of a newer family with the same shape".to_owned(),
                    |newer| format!("{} has the same shape and is of a current generation", newer.name),
                );
                findings
                    .report(
                        group.place,
                        format!(
                            "node group `{}` uses {name}, a previous generation (as of {})",
                            group.name, instance.source.as_of
                        ),
                    )
                    .help(help);
            }
        }
    }
}

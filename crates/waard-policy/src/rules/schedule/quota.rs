//! See its page.

use crate::cluster::{Cluster, GroupKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Parameter, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/quota",
    severity: Severity::Info,
    looks_at: "clusters whose node groups have a largest size",
    page: include_str!("quota.md"),
    parameters: &[
        Parameter {
            name: "accelerated_vcpus",
            default: 0,
            help: "vCPUs of instances with accelerators that the account may run in a region",
        },
        Parameter {
            name: "standard_vcpus",
            default: 5,
            help: "vCPUs of standard instances that the account may run in a region",
        },
    ],
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Names of the families that a quota counts together.
/// Source: Amazon EC2 user guide, "EC2 On-Demand instance limits": Standard (A, C, D, H, I, M, R, T, Z), and others by type.
const STANDARD: [char; 9] = ['a', 'c', 'd', 'h', 'i', 'm', 'r', 't', 'z'];

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let groups = cluster.nodes().groups.iter().filter(|group| group.kind != GroupKind::Karpenter);
    let (mut standard, mut others, mut first) = (0_i64, 0_i64, None);
    for group in groups {
        let largest = group
            .instances
            .iter()
            .filter_map(|name| context.catalog().instance(name))
            .max_by_key(|instance| instance.vcpu);
        let (Some(instance), Some(max)) = (largest, group.max) else { continue };
        first = first.or(Some(group.place));
        let vcpus = max.saturating_mul(i64::from(instance.vcpu));
        let is_standard = instance.gpus == 0 && instance.neurons == 0 && instance.name.starts_with(STANDARD);
        if is_standard { standard = standard.saturating_add(vcpus) } else { others = others.saturating_add(vcpus) }
    }
    let Some(first) = first else { return };
    findings.looked_at_one();
    for (name, wanted, parameter) in
        [("standard", standard, "standard_vcpus"), ("accelerated", others, "accelerated_vcpus")]
    {
        let allowed = context.parameter(parameter);
        if wanted > allowed {
            findings
                .report(first, format!("at their largest, the node groups of {} have {wanted} vCPUs of {name} instances, and an account may start {allowed} in a region unless it asked for more", cluster.title()))
                .help(format!("ask for a higher quota in the region, and set `{parameter}` to what it is"));
        }
    }
}

//! See its page.

use waard_catalog::Instance;

use crate::autoscaler::Autoscaler;
use crate::cluster::{Cluster, GroupKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/mixed-shapes",
    looks_at: "node groups with several instance types",
    page: include_str!("mixed_shapes.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: kubernetes/autoscaler `cloudprovider/aws/README.md`, "Using Mixed Instances Policies and Spot Instances":
/// the types should have the same memory and number of cores, since scaling is calculated by one of them.
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let autoscaler = Autoscaler::of(cluster).into_iter().next();
    let groups = cluster.nodes().groups.iter().filter(|group| group.kind != GroupKind::Karpenter);
    for group in groups.filter(|group| group.instances.len() > 1) {
        findings.looked_at_one();
        let known = group.instances.iter().map(|name| context.catalog().instance(name).ok_or(name));
        let instances: Vec<&Instance> = match known.collect::<Result<_, _>>() {
            Ok(instances) => instances,
            Err(name) => {
                findings.unknown(group.place, format!("the catalog doesn't know instance type `{name}`"));
                continue;
            }
        };
        let shape = |instance: &Instance| (instance.vcpu, instance.memory_mib, instance.gpus);
        let Some(first) = instances.first() else { continue };
        let Some(other) = instances.iter().find(|other| shape(other) != shape(first)) else { continue };
        let show = |instance: &Instance| {
            let gpus = if instance.gpus > 0 { format!(", {} GPUs", instance.gpus) } else { String::new() };
            format!("{} ({} vCPU, {} GiB{gpus})", instance.name, instance.vcpu, instance.memory_mib / 1024)
        };
        let message = format!("node group `{}` mixes shapes: {} and {}", group.name, show(first), show(other));
        let draft = findings.report(group.place, message);
        draft.counterexample(format!(
            "a new node is counted as {}; if {} comes, the pods it was added for need not fit",
            first.name, other.name
        ));
        draft.help(format!(
            "list types with {} vCPU and {} GiB only, and make a second group for other sizes",
            first.vcpu,
            first.memory_mib / 1024
        ));
        if let Some(autoscaler) = &autoscaler {
            draft.related(autoscaler.container, "the Cluster Autoscaler counts with one of them");
        } else {
            draft.severity(Severity::Info);
        }
    }
}

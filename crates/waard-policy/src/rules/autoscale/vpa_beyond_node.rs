//! See its page.

use crate::cluster::{Cluster, Container, Fit, NodeGroup};
use crate::context::Context;
use crate::findings::Findings;
use crate::quantity::Quantity;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/vpa-beyond-node",
    looks_at: "vertical pod autoscalers whose workloads and nodes are known",
    page: include_str!("vpa_beyond_node.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// The ratio of limit to request is kept unless `controlledValues` is `RequestsOnly`.
/// Source: kubernetes/autoscaler `vertical-pod-autoscaler/docs/features.md`, "Limits control".
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for vertical in cluster.of_group("autoscaling.k8s.io", "VerticalPodAutoscaler") {
        let (Some(kind), Some(name)) = (vertical.str_at("spec.targetRef.kind"), vertical.str_at("spec.targetRef.name"))
        else {
            continue;
        };
        let Some(workload) = cluster.workload(kind, vertical.ns(), name) else { continue };
        if vertical.at("spec.updatePolicy.updateMode").and_then(Node::text) == Some("Off")
            || cluster.nodes().groups.is_empty()
        {
            continue;
        }
        let fits = |group: &&NodeGroup| group.takes(workload, context.catalog(), cluster.region()) == Fit::Yes;
        let mut groups: Vec<&NodeGroup> = cluster.nodes().groups.iter().filter(fits).collect();
        if groups.is_empty() {
            groups = cluster.nodes().groups.iter().collect();
        }
        let types: Vec<&String> = groups.iter().flat_map(|group| &group.instances).collect();
        if types.is_empty() {
            continue;
        }
        for policy in vertical.list("spec.resourcePolicy.containerPolicies") {
            let Some(allowed) = policy.at("maxAllowed") else { continue };
            let named = policy.str_at("containerName").unwrap_or_default();
            findings.looked_at_one();
            if let Some(why) = &cluster.nodes().unknown {
                findings.unknown(allowed, why.clone());
                continue;
            }
            if let Some(unknown) = types.iter().find(|name| context.catalog().instance(name).is_none()) {
                findings.unknown(allowed, format!("the catalog doesn't know instance type `{unknown}`"));
                continue;
            }
            for container in workload.running().filter(|container| named == "*" || named == container.name()) {
                for resource in ["cpu", "memory"] {
                    judge(context, policy, container, resource, &types, findings);
                }
            }
        }
    }
}

fn judge(
    context: &Context<'_>,
    policy: &Node,
    container: Container<'_>,
    resource: &str,
    types: &[&String],
    findings: &mut Findings<'_>,
) {
    const MIB: i128 = 1 << 20;
    let Some(at) = policy.at("maxAllowed").and_then(|allowed| allowed.get(resource)) else { return };
    let Some(most) = Quantity::of(at) else { return };
    let unit = |quantity: Quantity| if resource == "cpu" { quantity.millis() } else { quantity.ceil().div_euclid(MIB) };
    let show = |amount: i128| if resource == "cpu" { format!("{amount}m") } else { format!("{amount}Mi") };
    let largest = types.iter().filter_map(|name| {
        let instance = context.catalog().instance(name)?;
        let has = instance.allocatable(instance.max_pods_managed());
        let has = if resource == "cpu" { i128::from(has.cpu_millis) } else { i128::from(has.memory_mib) };
        Some((has, *name))
    });
    let Some((has, name)) = largest.max() else { return };
    let most = unit(most);
    if most > has {
        findings
            .report(
                at,
                format!(
                    "up to {} {resource} are allowed for a container, a {name} has {}: its pods would find no node",
                    show(most),
                    show(has)
                ),
            )
            .severity(Severity::Error)
            .help(format!("allow less than {}, with room for the other pods of a node", show(has)));
        return;
    }
    let both = policy.str_at("controlledValues") != Some("RequestsOnly");
    let ratio = container.at("resources.requests").and_then(|requests| requests.get(resource)).and_then(Quantity::of);
    let (Some(request), Some(limit)) =
        (ratio.map(unit).filter(|request| *request > 0), container.limit(resource).map(unit))
    else {
        return;
    };
    let grown = most.saturating_mul(limit).checked_div(request).unwrap_or(0);
    if both && grown > has {
        findings
            .report(
                at,
                format!(
                    "with {} {resource} requested, container `{}` may use up to {}, a {name} has {}",
                    show(most),
                    container.name(),
                    show(grown),
                    show(has)
                ),
            )
            .counterexample(format!(
                "its limit is {} for a request of {}, and that ratio is kept",
                show(limit),
                show(request)
            ))
            .related(container, "its request and limit")
            .help("set `controlledValues: RequestsOnly`, lower `maxAllowed`, or bring the limit nearer to the request");
    }
}

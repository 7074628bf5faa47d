//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::quantity::Quantity;
use crate::rule::{Check, Parameter, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/large-root-volume",
    severity: Severity::Info,
    looks_at: "node groups whose root volume is written",
    page: include_str!("large_root_volume.md"),
    parameters: &[Parameter { name: "gibibytes", default: 200, help: "the largest root volume that needs no reason" }],
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: Amazon EKS, "Managed node groups": 20 GiB of root volume where nothing is written; eksctl: 80 GiB. What a node
/// needs is its images and the ephemeral storage that its pods ask for.
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    const GIB: i128 = 1 << 30;
    let most = context.parameter("gibibytes");
    let groups = cluster
        .configs()
        .iter()
        .flat_map(|config| config.list("nodeGroups").iter().chain(config.list("managedNodeGroups")));
    for node in groups {
        let Some((at, size)) = node.get("volumeSize").and_then(|at| Some((at, at.as_int()?))) else { continue };
        findings.looked_at_one();
        if size <= most {
            continue;
        }
        // Pods that ask for much of it are a reason.
        let asked =
            cluster.workloads().map(|workload| workload.requests("ephemeral-storage")).max().unwrap_or_default();
        let empty_dirs = cluster.workloads().flat_map(|workload| workload.pod_list("volumes"));
        let limited =
            empty_dirs.filter_map(|volume| Quantity::of(volume.at("emptyDir.sizeLimit")?)).max().unwrap_or_default();
        let need = asked.max(limited).ceil().div_euclid(GIB);
        if need.saturating_mul(4) >= i128::from(size) {
            continue;
        }
        let name = node.get("name").and_then(Node::text).unwrap_or_default();
        let nodes = node.int_at("desiredCapacity").or_else(|| node.int_at("minSize")).unwrap_or(1).max(1);
        findings
            .report(at, format!("each node of group `{name}` has a root volume of {size} GiB, and no pod asks for more than {need} GiB of it"))
            .counterexample(format!("{nodes} nodes pay for {} GiB", nodes.saturating_mul(size)))
            .help(format!("{most} GiB hold the images of a node with room; write the parameter `gibibytes` if yours are larger"));
    }
}

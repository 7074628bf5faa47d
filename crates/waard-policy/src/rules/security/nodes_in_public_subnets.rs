//! See its page.
//!
//! Source: eksctl `pkg/cfn/builder/nodegroup.go`, `AssignSubnets`, and its schema, "privateNetworking: defaults to false".

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::{Block, Expr};
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/nodes-in-public-subnets",
    severity: Severity::Warning,
    looks_at: "node groups of eksctl and of Terraform",
    page: include_str!("nodes_in_public_subnets.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for root in context.platform().roots() {
        terraform(root, findings);
    }
    for config in context.platform().clusters().iter().flat_map(Cluster::configs) {
        if config.bool_at("privateCluster.enabled") == Some(true) {
            continue;
        }
        for group in config.list("nodeGroups").iter().chain(config.list("managedNodeGroups")) {
            findings.looked_at_one();
            let setting = group.get("privateNetworking");
            if setting.and_then(Node::as_bool) == Some(true) {
                continue;
            }
            let name = group.get("name").map_or_else(|| group.place(), Placed::place);
            if !group.list("subnets").is_empty() {
                findings.unknown(name, "it names its subnets, and whether they are public isn't among the files");
                continue;
            }
            let title = group.get("name").and_then(Node::text).unwrap_or_default();
            let message = match setting {
                Some(_) => format!("the nodes of `{title}` are in public subnets: `privateNetworking` is false"),
                None => format!("the nodes of `{title}` are in public subnets: `privateNetworking` isn't set"),
            };
            let draft = findings.report(setting.map_or(name, Placed::place), message);
            draft.help("set `privateNetworking: true`");
            if let Some(private) = config.at("vpc.subnets.private") {
                draft.related(private, "private subnets are there, and nothing uses them");
            }
        }
    }
}

fn terraform(root: &Root, findings: &mut Findings<'_>) {
    for group in root.resources("aws_eks_node_group") {
        let Some(subnets) = group.get("subnet_ids") else { continue };
        findings.looked_at_one();
        for expr in subnets.items() {
            let subnet = expr.as_reference().filter(|reference| reference.root() == Some("aws_subnet"));
            let Some(subnet) = subnet.and_then(|reference| root.block(&reference.dotted_pair())) else {
                findings.unknown(expr, "whether this subnet is public is not among the files");
                continue;
            };
            if let Some(route) = way_out(root, subnet) {
                findings
                    .report(
                        expr,
                        format!(
                            "the nodes of `{}` are in `{}`, a public subnet: nothing but their security groups is before them",
                            group.address(),
                            subnet.address()
                        ),
                    )
                    .help("name private subnets, which reach the internet by a NAT gateway")
                    .related(route, "this route leads to the internet gateway");
            }
        }
    }
}

/// The route by which a subnet reaches, and is reached from, the internet itself.
/// Source: Amazon VPC user guide, "Subnet basics": public is a subnet with a route to an internet gateway.
fn way_out<'r>(root: &'r Root, subnet: &Block) -> Option<&'r Block> {
    let block = |expr: &Expr| root.block(&expr.as_reference()?.dotted_pair());
    let of_subnet = |found: &&Block| {
        found.get("subnet_id").and_then(block).is_some_and(|found| found.address() == subnet.address())
    };
    let table = root.resources("aws_route_table_association").find(of_subnet)?.get("route_table_id").and_then(block)?;
    let to_gateway = |route: &&Block| {
        route.get("gateway_id").and_then(block).is_some_and(|gateway| gateway.label(0) == Some("aws_internet_gateway"))
    };
    let of_table = |route: &&Block| {
        route.get("route_table_id").and_then(block).is_some_and(|found| found.address() == table.address())
    };
    root.resources("aws_route").filter(of_table).find(to_gateway).or_else(|| table.blocks("route").find(to_gateway))
}

//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Block;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Known, Root};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/gp2-volume",
    severity: Severity::Info,
    looks_at: "volumes whose type is written",
    page: include_str!("gp2_volume.md"),
    fixable: true,
    check: Check::Platform(check),
    ..Rule::BASE
};

/// Up to so many GiB gp2 moves at most 128 MiB a second, and gp3 moves 125 without being paid for more; larger ones of gp2
/// move up to 250. Source: Amazon EBS, "General Purpose SSD volumes".
const SLOW: i64 = 170;

/// Sources: Amazon EBS, "General Purpose SSD volumes": a GiB of gp3 costs 20 % less than one of gp2 and has 3,000 IOPS
/// from the start; eksctl's default is gp3; `type` of the EBS CSI driver, `docs/parameters.md`, gp3 by default.
fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    const HELP: &str = "use gp3";
    for cluster in context.platform().clusters() {
        for class in cluster.of("StorageClass") {
            let provisioner = class.str_at("provisioner").unwrap_or_default();
            if !matches!(provisioner, "ebs.csi.aws.com" | "kubernetes.io/aws-ebs" | "ebs.csi.eks.amazonaws.com") {
                continue;
            }
            findings.looked_at_one();
            let kind = class.at("parameters.type");
            // The driver that was part of Kubernetes makes gp2 where nothing is written.
            let old = provisioner == "kubernetes.io/aws-ebs" && kind.is_none();
            if old || kind.and_then(Node::text) == Some("gp2") {
                let at = kind.map_or(class.place(), Placed::place);
                findings.report(at, format!("StorageClass `{}` makes volumes of type gp2", class.name())).help(HELP);
            }
        }
        for node in cluster
            .configs()
            .iter()
            .flat_map(|config| config.list("nodeGroups").iter().chain(config.list("managedNodeGroups")))
        {
            let Some(kind) = node.get("volumeType") else { continue };
            findings.looked_at_one();
            if kind.text() == Some("gp2") {
                let name = node.get("name").and_then(Node::text).unwrap_or_default();
                findings.report(kind, format!("nodes of group `{name}` have volumes of type gp2")).help(HELP).fix(
                    node.get("volumeSize")
                        .and_then(Node::as_int)
                        .filter(|size| *size <= SLOW)
                        .and_then(|_| context.platform().rewrite(kind, "gp3")),
                );
            }
        }
    }
    for root in context.platform().roots() {
        for block in root.blocks().iter().filter(|block| &*block.kind == "resource") {
            let nested: &[(&str, &str)] = match block.label(0) {
                Some("aws_ebs_volume") => &[("", "type")],
                Some("aws_db_instance") => &[("", "storage_type")],
                Some("aws_instance") => &[("root_block_device", "volume_type"), ("ebs_block_device", "volume_type")],
                Some("aws_launch_template") => &[("block_device_mappings", "volume_type")],
                _ => continue,
            };
            for (inside, name) in nested {
                let blocks: Vec<&Block> = match *inside {
                    "" => vec![block],
                    "block_device_mappings" => block.blocks(inside).flat_map(|mapping| mapping.blocks("ebs")).collect(),
                    inside => block.blocks(inside).collect(),
                };
                for (inner, argument) in blocks.iter().filter_map(|block| Some((block, block.argument(name)?))) {
                    findings.looked_at_one();
                    match root.known(&argument.value) {
                        Known::Text(text) if text == "gp2" => {
                            findings
                                .report(argument, format!("`{}` has a volume of type gp2", block.address()))
                                .help(HELP)
                                .fix(
                                    small(root, block, inner)
                                        .then(|| context.platform().rewrite_literal(&argument.value, "gp3"))
                                        .flatten(),
                                );
                        }
                        Known::Unknown => findings.unknown(argument, "the type of the volume is not known"),
                        _ => {}
                    }
                }
            }
        }
    }
}

/// Whether a volume can be gp3 as it is: it is changed while it is in use, and gets no slower.
/// Databases are left to their owners, because RDS changes storage in a maintenance window.
fn small(root: &Root, resource: &Block, volume: &Block) -> bool {
    let size = if resource.label(0) == Some("aws_ebs_volume") { "size" } else { "volume_size" };
    let known = root.argument(volume, size).and_then(|size| size.as_int());
    resource.label(0) != Some("aws_db_instance") && known.is_some_and(|size| size <= SLOW)
}

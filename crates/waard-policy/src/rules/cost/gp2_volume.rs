//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Block;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Known;
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/gp2-volume",
    severity: Severity::Info,
    looks_at: "volumes whose type is written",
    page: include_str!("gp2_volume.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

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
                findings.report(kind, format!("nodes of group `{name}` have volumes of type gp2")).help(HELP);
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
                for argument in blocks.iter().filter_map(|block| block.argument(name)) {
                    findings.looked_at_one();
                    match root.known(&argument.value) {
                        Known::Text(text) if text == "gp2" => {
                            findings
                                .report(argument, format!("`{}` has a volume of type gp2", block.address()))
                                .help(HELP);
                        }
                        Known::Unknown => findings.unknown(argument, "the type of the volume is not known"),
                        _ => {}
                    }
                }
            }
        }
    }
}

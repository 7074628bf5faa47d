//! See its page.
//!
//! Source: eksctl schema, `volumeEncrypted` has no default; aws-ebs-csi-driver `docs/parameters.md`; AWS EC2 user guide, "EBS encryption by default".

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Block;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/unencrypted-volume",
    severity: Severity::Warning,
    looks_at: "volumes of nodes, machines and storage classes",
    page: include_str!("unencrypted_volume.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    // Then what says nothing is encrypted, and what says that it isn't still isn't.
    let by_default = platform.roots().iter().any(|root| {
        root.resources("aws_ebs_encryption_by_default").any(|block| root.flag(block, "enabled", true) == Some(true))
    });
    let mut judge = |at: Place, what: String, encrypted: Option<bool>, help: &str| {
        findings.looked_at_one();
        match encrypted {
            Some(true) => {}
            Some(false) => {
                findings.report(at, format!("{what} is not encrypted")).help(help);
            }
            None => findings.unknown(at, format!("whether {what} is encrypted depends on what the files don't say")),
        }
    };
    for config in platform.clusters().iter().flat_map(crate::cluster::Cluster::configs) {
        for group in config.list("nodeGroups").iter().chain(config.list("managedNodeGroups")) {
            if group.get("launchTemplate").is_some() {
                continue;
            }
            let set = group.get("volumeEncrypted").filter(|node| !node.is_null());
            let name = group.get("name").and_then(Node::text).unwrap_or_default();
            let at = set.or_else(|| group.get("name")).unwrap_or(group).place();
            let encrypted = set.map_or(Some(by_default), Node::as_bool);
            judge(at, format!("the disk of the nodes of `{name}`"), encrypted, "set `volumeEncrypted: true`");
        }
    }
    for class in platform.clusters().iter().flat_map(|cluster| cluster.of("StorageClass")) {
        if !matches!(class.str_at("provisioner"), Some("ebs.csi.aws.com" | "kubernetes.io/aws-ebs")) {
            continue;
        }
        let set = class.at("parameters.encrypted");
        let encrypted = set.map_or(Some(by_default), |node| Some(node.text() == Some("true")));
        let at = set.map_or_else(|| class.place(), Placed::place);
        judge(
            at,
            format!("what storage class `{}` makes", class.name()),
            encrypted,
            "set its parameter `encrypted: \"true\"`",
        );
    }
    for root in platform.roots() {
        let disks = root.resources("aws_ebs_volume").map(|block| (block, block)).chain(
            root.resources("aws_instance")
                .flat_map(|block| block.blocks("root_block_device").map(move |disk| (block, disk))),
        );
        let templates = root.resources("aws_launch_template").flat_map(|block| {
            block
                .blocks("block_device_mappings")
                .filter_map(|mapping| mapping.block("ebs"))
                .map(move |disk| (block, disk))
        });
        for (block, disk) in disks.chain(templates) {
            // A disk made from a snapshot is what the snapshot is.
            if disk.get("snapshot_id").is_some() && disk.get("encrypted").is_none() {
                continue;
            }
            let encrypted = flag(root, disk, by_default);
            let at = disk.get("encrypted").map_or_else(|| disk.place(), Placed::place);
            judge(at, format!("the disk of `{}`", block.address()), encrypted, "set `encrypted = true`");
        }
    }
}

fn flag(root: &Root, disk: &Block, default: bool) -> Option<bool> {
    root.flag(disk, "encrypted", default)
}

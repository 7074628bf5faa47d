//! See its page.
//!
//! Source: Amazon EC2 user guide, "Resource IDs"; eksctl user guide, "VPC Subnet Settings".

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/invalid-id",
    severity: Severity::Error,
    looks_at: "ids of networks in configurations of clusters",
    page: include_str!("invalid_id.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for config in cluster.configs() {
        let vpc = |path: &str| config.node().at("vpc").and_then(|vpc| vpc.at(path));
        let mut ids: Vec<(&str, &Node)> = Vec::new();
        ids.extend(vpc("id").map(|node| ("vpc", node)));
        ids.extend(vpc("securityGroup").map(|node| ("sg", node)));
        ids.extend(vpc("sharedNodeSecurityGroup").map(|node| ("sg", node)));
        for kind in ["subnets.private", "subnets.public"] {
            ids.extend(
                vpc(kind)
                    .map_or(&[][..], Node::entries)
                    .iter()
                    .filter_map(|entry| Some(("subnet", entry.value().get("id")?))),
            );
        }
        for id in ["controlPlaneSubnetIDs", "localZoneSubnets"] {
            ids.extend(vpc(id).map_or(&[][..], Node::items).iter().map(|node| ("subnet", node)));
        }
        for (prefix, node) in ids {
            let Some(text) = node.text() else { continue };
            // What something puts in later has marks of a template.
            if text.contains(['$', '{', '<']) {
                continue;
            }
            findings.looked_at_one();
            if is_id(prefix, text) {
                continue;
            }
            findings
                .report(node, format!("`{text}` is no id of AWS: `{prefix}-` and 8 or 17 hexadecimal digits"))
                .help("write the id; to find a subnet by its zone or range, leave the id out and write `az` or `cidr`");
        }
    }
}

fn is_id(prefix: &str, text: &str) -> bool {
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
    matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

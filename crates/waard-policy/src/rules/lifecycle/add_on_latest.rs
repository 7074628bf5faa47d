//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Expr;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "lifecycle/add-on-latest",
    looks_at: "EKS add-ons with a version",
    page: include_str!("add_on_latest.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// Sources: eksctl, "EKS add-ons": `latest` is resolved when it is applied; provider, `data.aws_eks_addon_version`,
/// `most_recent`; module terraform-aws-eks, `addons` and `cluster_addons`.
fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for cluster in context.platform().clusters() {
        for addon in cluster.configs().iter().flat_map(|config| config.list("addons")) {
            let Some(version) = addon.get("version") else { continue };
            findings.looked_at_one();
            if version.text() == Some("latest") {
                let name = addon.get("name").and_then(Node::text).unwrap_or_default();
                let known = cluster.version().and_then(|version| context.catalog().addon(name, version.minor));
                let help = known.and_then(|known| known.version.as_ref()).map_or_else(
                    || "write the version that was tested".to_owned(),
                    |known| format!("write the version that was tested, such as {known}"),
                );
                findings
                    .report(version, format!("add-on `{name}` takes the version that is the latest when it is applied"))
                    .help(help);
            }
        }
    }
    for root in context.platform().roots() {
        let modules = root.of_kind("module").flat_map(|module| {
            ["addons", "cluster_addons"].into_iter().filter_map(|name| module.get(name)).flat_map(Expr::entries)
        });
        for (key, addon) in modules {
            let Some(recent) = addon.get("most_recent") else { continue };
            findings.looked_at_one();
            if root.known(recent).as_bool() == Some(true) && addon.get("addon_version").is_none() {
                let name = key.text.as_deref().unwrap_or_default();
                findings
                    .report(
                        recent,
                        format!("add-on `{name}` takes the version that is the most recent when it is applied"),
                    )
                    .help("write `addon_version` with the version that was tested");
            }
        }
        for data in root.data("aws_eks_addon_version") {
            findings.looked_at_one();
            if let Some(recent) = data.get("most_recent").filter(|recent| root.known(recent).as_bool() == Some(true)) {
                findings
                    .report(recent, "the most recent version of an add-on is another one with each plan")
                    .help("write `addon_version` of the add-on as a text");
            }
        }
    }
}

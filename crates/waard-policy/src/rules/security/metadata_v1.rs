//! See its page.
//!
//! Source: AWS EC2 user guide, "Configure instance metadata options for new instances", order of precedence.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/metadata-v1",
    severity: Severity::Warning,
    looks_at: "machines that say how their metadata is read",
    page: include_str!("metadata_v1.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for root in context.platform().roots() {
        for block in root.resources("aws_launch_template").chain(root.resources("aws_instance")) {
            let Some(options) = block.block("metadata_options") else { continue };
            findings.looked_at_one();
            if root.text(options, "http_endpoint").is_some_and(|endpoint| endpoint == "disabled") {
                continue;
            }
            let Some(tokens) = options.argument("http_tokens") else { continue };
            match root.text(options, "http_tokens").as_deref() {
                Some("required") => {}
                Some(other) => {
                    let message = format!(
                        "`{}` answers requests for its metadata without a token: `http_tokens` is `{other}`",
                        block.address()
                    );
                    findings.report(tokens, message).help("set `http_tokens = \"required\"`");
                }
                None => findings.unknown(tokens, "it depends on what the files don't say"),
            }
        }
    }
    for config in context.platform().clusters().iter().flat_map(crate::cluster::Cluster::configs) {
        for group in config.list("nodeGroups").iter().chain(config.list("managedNodeGroups")) {
            let Some(setting) = group.get("disableIMDSv1").filter(|node| !node.is_null()) else { continue };
            findings.looked_at_one();
            if setting.as_bool() == Some(false) {
                let name = group.get("name").and_then(Node::text).unwrap_or_default();
                let message = format!("the nodes of `{name}` answer requests for their metadata without a token");
                findings.report(setting, message).help("set `disableIMDSv1: true`");
            }
        }
    }
}

//! See its page.

use crate::cluster::Container;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/mutable-image",
    severity: Severity::Warning,
    looks_at: "images of containers",
    page: include_str!("mutable_image.md"),
    check: Check::Container(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, container: Container<'_>, findings: &mut Findings<'_>) {
    let Some(node) = container.image() else { return };
    let Some(image) = node.text() else { return };
    // Injectors put the image in.
    if image == "auto" {
        return;
    }
    findings.looked_at_one();
    if image.contains("@sha256:") || image.contains("@sha512:") {
        return;
    }
    // A colon before the last slash is that of a registry's port.
    let name = image.rsplit('/').next().unwrap_or(image);
    let help = "name the image by its digest: `registry/name:tag@sha256:…`";
    match name.split_once(':') {
        None => {
            let message = format!(
                "image `{image}` of container `{}` has neither tag nor digest: it is whatever `latest` is",
                container.name()
            );
            findings.report(node, message).help(help);
        }
        Some((_, "latest")) => {
            let message = format!(
                "image `{image}` of container `{}` is whatever `latest` is when a node pulls it",
                container.name()
            );
            findings.report(node, message).help(help);
        }
        Some((_, tag)) => {
            let message = format!(
                "tag `{tag}` of image `{image}` in container `{}` can be moved to another image",
                container.name()
            );
            findings.report(node, message).severity(Severity::Info).help(help);
        }
    }
}

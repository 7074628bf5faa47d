//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::platform::{Kustomization, Platform};
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/kustomization-resource-missing",
    severity: Severity::Error,
    looks_at: "files and folders that kustomizations list",
    page: include_str!("kustomization_resource_missing.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Source: kubectl.docs.kubernetes.io, "resources": a path to a file, or to a folder with a kustomization.
fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    for kustomization in platform.kustomizations() {
        for (path, node) in kustomization.resources() {
            let Some(text) = node.text().filter(|text| !is_remote(text)) else { continue };
            findings.looked_at_one();
            judge(platform, kustomization, (&path, text), node, findings);
        }
    }
}

/// Source: kubectl.docs.kubernetes.io, "Remote targets".
fn is_remote(text: &str) -> bool {
    text.contains("://") || text.starts_with("github.com/") || text.contains("?ref=") || text.starts_with("git@")
}

fn judge(
    platform: &Platform,
    kustomization: &Kustomization,
    (path, text): (&str, &str),
    node: &Node,
    findings: &mut Findings<'_>,
) {
    if platform.has_file(path) {
        return;
    }
    if platform.has_folder(path) {
        if !NAMES.iter().any(|name| platform.has_file(&format!("{path}/{name}"))) {
            findings
                .report(
                    node,
                    format!("folder `{text}` has no kustomization, so `{}` can't be built", kustomization.path()),
                )
                .help("write a `kustomization.yaml` into it, or list its files");
        }
        return;
    }
    // What stands above the kustomization needn't have been given, and what a chart beside it is rendered to isn't kept.
    let rendered = platform.has_file(&format!("{}/Chart.yaml", kustomization.folder()));
    if text.starts_with("..") || rendered {
        findings.unknown(node, format!("`{text}` is not among the files"));
        return;
    }
    findings
        .report(node, format!("there is no `{text}` beside `{}`: nothing of it can be built", kustomization.path()))
        .help("add the file, mend the path, or take the line out");
}

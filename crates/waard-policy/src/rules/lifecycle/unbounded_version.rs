//! See its page.
//!
//! Sources: Terraform, "Module Blocks", `version`; Argo CD, "Tracking and Deployment Strategies" of Helm charts; Helm,
//! "Chart.yaml", ranges; Flux, "Helm Releases", chart template: no version means `*`.

use crate::charts::{self, Chart, Version};
use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Block;
use crate::rule::{Check, Rule};
use crate::terraform::{Constraint, Known, Root};

/// The rule.
pub static RULE: Rule = Rule {
    id: "lifecycle/unbounded-version",
    looks_at: "calls of modules of a registry, and charts that are installed",
    page: include_str!("unbounded_version.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    for root in platform.roots() {
        for module in root.of_kind("module") {
            of_module(root, module, findings);
        }
    }
    let mut all = charts::of_platform(platform);
    all.extend(platform.clusters().iter().flat_map(charts::of_cluster));
    for chart in &all {
        of_chart(chart, findings);
    }
}

fn of_module(root: &Root, module: &Block, findings: &mut Findings<'_>) {
    let Some(source) = module.get("source") else { return };
    if !source.as_str().is_some_and(is_of_registry) {
        return;
    }
    findings.looked_at_one();
    let name = module.address();
    let Some(version) = module.get("version") else {
        findings
            .report(source, format!("`{name}` names no version: every `terraform init -upgrade` takes the newest"))
            .help("add `version`, such as `~> 21.3`");
        return;
    };
    let Known::Text(text) = root.known(version) else {
        return findings.unknown(version, "the constraint is no plain text");
    };
    match Constraint::parse(&text) {
        None => findings.unknown(version, format!("`{text}` is no version constraint that can be read")),
        Some(constraint) if constraint.below.is_none() => {
            findings
                .report(version, format!("`{text}` lets every later major of `{name}` in"))
                .help("add an end: `~> <major>.<minor>`");
        }
        Some(_) => {}
    }
}

/// `namespace/name/provider`, with or without a host, and with or without a folder in it.
/// Source: Terraform, "Module Sources", "Terraform Registry".
fn is_of_registry(source: &str) -> bool {
    let (whole, _) = source.split_once("//").unwrap_or((source, ""));
    let parts: Vec<&str> = whole.split('/').collect();
    let plain = |part: &&str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let first = parts.first().copied().unwrap_or_default();
    let other = ["github.com", "bitbucket.org", ".", ".."].contains(&first);
    !other && parts.iter().all(plain) && (parts.len() == 3 || (parts.len() == 4 && first.contains('.')))
}

fn of_chart(chart: &Chart, findings: &mut Findings<'_>) {
    if chart.local {
        return;
    }
    let name = &chart.name;
    let help = "name the version that you tested, and raise it on purpose";
    match &chart.version {
        Version::Unknown => {}
        Version::Newest => {
            findings.looked_at_one();
            findings
                .report(chart.place, format!("chart `{name}` is installed in whatever version is the newest"))
                .help(help);
        }
        Version::Text(text) => {
            findings.looked_at_one();
            if !text.split("||").all(is_bounded) {
                findings
                    .report(chart.place, format!("`{text}` lets every later major of chart `{name}` in"))
                    .help(help);
            }
        }
    }
}

/// Whether a range of Helm has an end: `1.2.3`, `1.x`, `~1.2`, `^1.2`, `>=1.2 <2`, `1.2 - 1.4`.
/// Source: Masterminds/semver, "Checking Version Constraints".
fn is_bounded(range: &str) -> bool {
    let mut closed = String::new();
    for letter in range.chars() {
        // `>= 1.2` is `>=1.2`.
        if letter != ' ' || !closed.ends_with(['<', '>', '=', '~', '^', '!']) {
            closed.push(letter);
        }
    }
    let mut parts = closed.split([',', ' ']).filter(|part| !part.is_empty()).peekable();
    parts.peek().is_some()
        && parts.any(|part| {
            let digits = part.trim_start_matches(|letter: char| !letter.is_ascii_digit());
            let operator = part.strip_suffix(digits).unwrap_or_default();
            !digits.is_empty() && matches!(operator, "" | "=" | "v" | "=v" | "<" | "<=" | "~" | "~>" | "^")
        })
}

#[cfg(test)]
mod tests {
    use super::{is_bounded, is_of_registry};

    #[test]
    fn ranges_of_helm_have_an_end_or_not() {
        for range in ["1.2.3", "v1.2.3", "1.x", "~1.2", "^1", ">=1.2 <2", ">=1.2, <2.0.0", "1.2 - 1.4"] {
            assert!(is_bounded(range), "{range}");
        }
        for range in ["*", "", ">=1.2", "> 1.2", "latest", ">= 1.2"] {
            assert!(!is_bounded(range), "{range}");
        }
    }

    #[test]
    fn modules_of_registries_are_told_from_others() {
        for source in ["terraform-aws-modules/eks/aws", "app.terraform.io/shop/vpc/aws", "a/b/aws//modules/c"] {
            assert!(is_of_registry(source), "{source}");
        }
        for source in [
            "./vpc",
            "../a/b/c",
            "github.com/a/b",
            "git::https://example.com/a/b.git",
            "s3::https://x/y/z",
            "github.com/a/b//c",
        ] {
            assert!(!is_of_registry(source), "{source}");
        }
    }
}

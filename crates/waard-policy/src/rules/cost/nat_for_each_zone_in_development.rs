//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::{Block, Expr};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Instances, Known};

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/nat-for-each-zone-in-development",
    severity: Severity::Info,
    looks_at: "networks of development environments",
    page: include_str!("nat_for_each_zone_in_development.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// Sources: Amazon VPC, "NAT gateways", pricing by hour for each gateway; eksctl `vpc.nat.gateway`: `HighlyAvailable`
/// is one for each zone; module terraform-aws-vpc: one for each subnet unless `single_nat_gateway`.
fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    const HELP: &str = "one gateway does for an environment that may be down for an hour";
    for cluster in context.platform().clusters() {
        for config in cluster.configs() {
            let Some(nat) = config.at("vpc.nat.gateway") else { continue };
            if !is_development(config.name()) {
                continue;
            }
            findings.looked_at_one();
            if nat.text() == Some("HighlyAvailable") {
                findings
                    .report(
                        nat,
                        format!(
                            "cluster `{}` of a development environment has a NAT gateway in each zone",
                            config.name()
                        ),
                    )
                    .help(HELP);
            }
        }
    }
    for root in context.platform().roots() {
        let by_path = is_development(root.path());
        for module in root.of_kind("module") {
            let source = module.get("source").and_then(Expr::as_str).unwrap_or_default();
            if !source.contains("terraform-aws-modules/vpc/aws") || source.contains("//") {
                continue;
            }
            let named = root.text(module, "name").is_some_and(|name| is_development(&name));
            let Some(enabled) = root.argument(module, "enable_nat_gateway") else { continue };
            if !(by_path || named) || enabled.as_bool() == Some(false) {
                continue;
            }
            findings.looked_at_one();
            let single = root.argument(module, "single_nat_gateway");
            match (enabled.as_bool(), single.as_ref().map(Known::as_bool)) {
                (Some(true), None | Some(Some(false))) => {
                    findings
                        .report(
                            module,
                            format!("`{}` of a development environment has several NAT gateways", module.address()),
                        )
                        .help(
                            "set `single_nat_gateway = true`: one does for an environment that may be down for an hour",
                        );
                }
                (None, _) | (_, Some(None)) => findings.unknown(module, "how many NAT gateways it makes is not known"),
                _ => {}
            }
        }
        if !by_path {
            continue;
        }
        let gateways: Vec<&Block> = root.resources("aws_nat_gateway").collect();
        let Some(last) = gateways.last() else { continue };
        findings.looked_at_one();
        let counts = gateways.iter().map(|gateway| match root.instances(gateway) {
            Instances::One => Some(1),
            Instances::Count(count) => Some(count),
            Instances::Each(entries) => u64::try_from(entries.len()).ok(),
            Instances::Unknown => None,
        });
        match counts.collect::<Option<Vec<u64>>>().map(|counts| counts.into_iter().fold(0, u64::saturating_add)) {
            None => findings.unknown(*last, "how many NAT gateways there are is not known"),
            Some(count) if count > 1 => {
                findings.report(*last, format!("a development environment has {count} NAT gateways")).help(HELP);
            }
            Some(_) => {}
        }
    }
}

/// Whether a part of the name says so.
fn is_development(name: &str) -> bool {
    let mut parts = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    parts.any(|part| {
        matches!(part.to_lowercase().as_str(), "dev" | "development" | "sandbox" | "preview" | "test" | "testing")
    })
}

//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Expr;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Known, Root};

/// The rule.
pub static RULE: Rule = Rule {
    id: "lifecycle/postgres-version",
    severity: Severity::Error,
    looks_at: "PostgreSQL versions of RDS instances",
    page: include_str!("postgres_version.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

/// Source: Amazon RDS, "Deprecated minor versions": a minor that is closed for creation can't be chosen for a new
/// instance; the catalog lists those that can, with the day of the list.
fn check(context: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    let modules = root.of_kind("module").filter(|module| {
        let source = module.get("source").and_then(Expr::as_str).unwrap_or_default();
        source.contains("terraform-aws-modules/rds/aws") && !source.contains("//")
    });
    for block in root.resources("aws_db_instance").chain(modules) {
        // What is restored or replicated has the version of where it comes from.
        if block.get("replicate_source_db").is_some() {
            continue;
        }
        let Some(version) = block.argument("engine_version") else { continue };
        match root.argument(block, "engine") {
            Some(Known::Text(engine)) if engine == "postgres" => {}
            Some(Known::Unknown) => {
                findings.looked_at_one();
                findings.unknown(block, "its engine is not known");
                continue;
            }
            _ => continue,
        }
        findings.looked_at_one();
        match root.known(&version.value) {
            Known::Text(text) => judge(context, &text, version.value.place(), findings),
            Known::Number(number) => judge(context, &number.to_string(), version.value.place(), findings),
            _ => findings.unknown(version, "the version is not known"),
        }
    }
    // A module of one's own that is given all of a database: class and Multi-AZ make it RDS, a major from 12 to 18 makes
    // it PostgreSQL (MariaDB has 10 and 11, MySQL 5 and 8).
    for module in root.of_kind("module") {
        for argument in &module.body.arguments {
            let of_rds = argument.value.get("multi_az").is_some()
                && argument
                    .value
                    .get("instance_class")
                    .and_then(Expr::as_str)
                    .is_some_and(|class| class.starts_with("db."))
                && argument.value.get("engine").is_none_or(|engine| engine.as_str() == Some("postgres"));
            let Some(version) = argument.value.get("engine_version").filter(|_| of_rds) else { continue };
            let Known::Text(text) = root.known(version) else { continue };
            let (major, rest) = text.split_once('.').unwrap_or((&text, ""));
            let plain = !rest.contains('.') && major.parse().is_ok_and(|major: u16| (12..=18).contains(&major));
            if plain {
                findings.looked_at_one();
                judge(context, &text, version.place(), findings);
            }
        }
    }
}

fn judge(context: &Context<'_>, version: &str, at: Place, findings: &mut Findings<'_>) {
    let (major, minor) = version.split_once('.').map_or((version, None), |(major, minor)| (major, Some(minor)));
    let Some(postgres) = major.parse().ok().and_then(|major| context.catalog().postgres(major)) else {
        let newest = context.catalog().postgres_majors().iter().map(|known| known.major).max();
        let oldest = context.catalog().postgres_majors().iter().map(|known| known.major).min();
        if major.parse::<u16>().is_ok_and(|major| oldest.is_some_and(|oldest| major < oldest)) {
            findings
                .report(at, format!("PostgreSQL {version} can't be created on RDS any more"))
                .help(format!("choose a major up to {}", newest.unwrap_or_default()));
        } else {
            findings.unknown(at, format!("the catalog doesn't know PostgreSQL {version} on RDS"));
        }
        return;
    };
    if let Some(minor) = minor
        && !postgres.creatable.iter().any(|known| known == version)
    {
        let number = |text: &str| text.split(['.', '-']).nth(1).and_then(|minor| minor.parse::<u32>().ok());
        let newer = number(version).zip(number(&postgres.newest)).is_none_or(|(its, newest)| its > newest);
        if newer || minor.contains('-') {
            findings.unknown(at, format!("the catalog doesn't know PostgreSQL {version} on RDS"));
            return;
        }
        findings
            .report(
                at,
                format!("PostgreSQL {version} can't be created on RDS any more (as of {})", postgres.source.as_of),
            )
            .help(format!(
                "write the major `{}` and let RDS choose the minor, or write {}",
                postgres.major, postgres.newest
            ));
        return;
    }
    let Some(day) = context.as_of() else {
        return findings.unknown(at, "no day is given to judge the end of support for");
    };
    if day > postgres.extended_until {
        findings
            .report(at, format!("support for PostgreSQL {major} on RDS ended on {}", postgres.extended_until))
            .help("upgrade to a newer major");
    } else if day > postgres.standard_until {
        findings
            .report(
                at,
                format!(
                    "standard support for PostgreSQL {major} on RDS ended on {}: each vCPU costs extra until {}",
                    postgres.standard_until, postgres.extended_until
                ),
            )
            .severity(Severity::Warning)
            .help("upgrade to a newer major");
    }
}

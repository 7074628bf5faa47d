//! See its page.

use waard_catalog::CacheEngine;

use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Known, Root};

/// The rule.
pub static RULE: Rule = Rule {
    id: "lifecycle/cache-version",
    severity: Severity::Error,
    looks_at: "versions of ElastiCache engines",
    page: include_str!("cache_version.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

/// Source: Amazon ElastiCache, "Supported engines and versions"; `engine` of `aws_elasticache_replication_group` is
/// `redis` where it isn't written (provider documentation).
fn check(context: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for block in root.resources("aws_elasticache_replication_group").chain(root.resources("aws_elasticache_cluster")) {
        let Some(version) = block.argument("engine_version") else { continue };
        let engine = match root.argument(block, "engine") {
            None if block.label(0) == Some("aws_elasticache_replication_group") => CacheEngine::Redis,
            Some(Known::Text(text)) => match text.parse() {
                Ok(engine) => engine,
                // Memcached has versions of its own.
                Err(()) => continue,
            },
            Some(Known::Unknown) => {
                findings.looked_at_one();
                findings.unknown(block, "its engine is not known");
                continue;
            }
            _ => continue,
        };
        findings.looked_at_one();
        let text = match root.known(&version.value) {
            Known::Text(text) => text,
            Known::Number(number) => format!("{number:.1}"),
            _ => {
                findings.unknown(version, "the version is not known");
                continue;
            }
        };
        judge(context, engine, &text, version.value.place(), findings);
    }
}

fn judge(context: &Context<'_>, engine: CacheEngine, version: &str, at: Place, findings: &mut Findings<'_>) {
    // `6.x` is how the provider writes "the newest minor of 6".
    let major = version.strip_suffix(".x");
    let known = match major {
        Some(major) => context
            .catalog()
            .cache_versions(engine)
            .filter(|known| known.version.split('.').next() == Some(major))
            .last(),
        None => context.catalog().cache(engine, version),
    };
    let Some(known) = known else {
        let newest = context.catalog().cache_versions(engine).last();
        let number = |text: &str| text.split('.').next().and_then(|major| major.parse::<u32>().ok());
        let newer = newest
            .is_none_or(|newest| number(version).zip(number(&newest.version)).is_none_or(|(its, last)| its >= last));
        // Redis OSS ends at 7.1: what followed is no longer free, and ElastiCache has Valkey instead.
        if newer && engine == CacheEngine::Valkey {
            findings.unknown(at, format!("the catalog doesn't know {engine} {version}"));
        } else {
            let newest = newest.map_or("", |newest| newest.version.as_str());
            findings
                .report(at, format!("{engine} {version} can't be created on ElastiCache"))
                .help(format!("the newest version of {engine} is {newest}; Valkey follows it"));
        }
        return;
    };
    let Some(until) = known.standard_until else { return };
    match context.as_of() {
        None => findings.unknown(at, "no day is given to judge the end of support for"),
        Some(day) if day > until => {
            findings
                .report(
                    at,
                    format!(
                        "standard support for {engine} {} ended on {until}: its nodes cost a surcharge",
                        known.version
                    ),
                )
                .severity(Severity::Warning)
                .help("upgrade to Valkey, which reads the same data and costs less");
        }
        Some(_) => {}
    }
}

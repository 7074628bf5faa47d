//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::{Block, Expr, ExprKind};
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "data/smaller-replica",
    severity: Severity::Warning,
    looks_at: "replicas of databases",
    page: include_str!("smaller_replica.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for replica in root.resources("aws_db_instance") {
        let Some(source) = replica.get("replicate_source_db") else { continue };
        findings.looked_at_one();
        let primary = source.as_reference().and_then(|reference| root.block(&reference.dotted_pair()));
        let of = |block: &Block| root.text(block, "instance_class");
        match (primary.map(|block| (block, of(block))), of(replica)) {
            (Some((block, Some(primary))), Some(own)) => {
                let at = replica.argument("instance_class").map_or_else(|| replica.place(), Placed::place);
                let in_region = root.region_of(block) == root.region_of(replica);
                let covered = in_region && root.flag(block, "multi_az", false) == Some(true);
                compare(&primary, block.place(), (&own, at), covered, findings);
            }
            _ => findings.unknown(replica, "the class of its primary, or its own, is not among the files"),
        }
    }
    // What is passed to modules names the same things in a map.
    for module in root.of_kind("module") {
        for argument in &module.body.arguments {
            nested(&argument.value, findings);
        }
    }
}

fn nested(expr: &Expr, findings: &mut Findings<'_>) {
    let class = |expr: &Expr| {
        let found = expr.get("instance_class").or_else(|| expr.get("class"))?;
        Some((found.as_str()?.to_owned(), found.place()))
    };
    for (key, value) in expr.entries() {
        let is_replica = key.text.as_deref().is_some_and(|key| key.to_ascii_lowercase().contains("replica"));
        if let (true, Some((primary, place)), Some((own, at))) = (is_replica, class(expr), class(value)) {
            findings.looked_at_one();
            let covered = matches!(expr.get("multi_az").map(|expr| &expr.kind), Some(ExprKind::Bool(true)));
            compare(&primary, place, (&own, at), covered, findings);
        }
        nested(value, findings);
    }
}

/// `covered`: something else takes over where the primary fails, and the replica only reads.
fn compare(primary: &str, place: Place, (replica, at): (&str, Place), covered: bool, findings: &mut Findings<'_>) {
    if primary == replica {
        return;
    }
    let (Some((family, size)), Some((other, own))) = (size(primary), size(replica)) else {
        findings.unknown(at, format!("`{replica}` and `{primary}` can't be compared"));
        return;
    };
    if family != other {
        findings.unknown(at, format!("`{replica}` and `{primary}` are of different families"));
    } else if own < size {
        findings
            .report(at, format!("the replica is a `{replica}`, its primary a `{primary}`: promoted, it has {own} of {size} parts of the capacity, and under load it falls behind"))
            .severity(if covered { Severity::Info } else { Severity::Warning })
            .help(format!("make it a `{primary}`"))
            .related(place, "the primary");
    }
}

/// The letter of the family, and the size where `large` is 4.
fn size(class: &str) -> Option<(char, u32)> {
    let mut parts = class.strip_prefix("db.")?.split('.');
    let family = parts.next()?.chars().next()?;
    let size = match parts.next()? {
        "micro" => 1,
        "small" => 2,
        "medium" => 3,
        "large" => 4,
        "xlarge" => 8,
        more => more.strip_suffix("xlarge")?.parse::<u32>().ok()?.checked_mul(8)?,
    };
    parts.next().is_none().then_some((family, size))
}

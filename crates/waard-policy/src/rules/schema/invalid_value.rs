//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::schema::{FlawKind, Known, each, nearest};
use crate::yaml::Takes;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/invalid-value",
    severity: Severity::Error,
    looks_at: "objects, and configurations of eksctl",
    page: include_str!("invalid_value.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    each(context, cluster, findings, &mut |_, known, findings| match known {
        Known::BuiltIn(misread) => {
            for refused in &misread.refused {
                let message = format!("`{}` of a `{}` doesn't take `{}`", refused.key, refused.of, refused.is);
                findings.report(refused.place, message).help(takes(&refused.is, refused.takes));
            }
        }
        Known::Custom(flaws, by) => {
            for flaw in flaws {
                if let FlawKind::Value { path, is, help } = &flaw.kind {
                    findings.report(flaw.place, format!("`{path}` doesn't take {is} in {by}")).help(help.clone());
                }
            }
        }
    });
}

fn takes(is: &str, takes: Takes) -> String {
    match takes {
        Takes::Words(words) => {
            let all: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            let meant = nearest(is, words.iter().copied()).map(|near| format!("is `{near}` meant? "));
            format!("{}It takes {}", meant.unwrap_or_default(), all.join(", "))
        }
        Takes::Range(from, to) if to >= i64::from(i32::MAX) => format!("it takes {from} or more"),
        Takes::Range(from, to) => format!("it takes {from} to {to}"),
    }
}

//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::schema::{FlawKind, Known, each};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/missing-field",
    severity: Severity::Error,
    looks_at: "objects, and configurations of eksctl",
    page: include_str!("missing_field.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    each(context, cluster, findings, &mut |object, known, findings| {
        name(object, findings);
        match known {
            Known::BuiltIn(misread) => {
                for missing in &misread.missing {
                    if missing.cut {
                        let why = format!("whether `{}` is there: a part of the document can't be read", missing.key);
                        findings.unknown(missing.place, why);
                        continue;
                    }
                    let message = format!("a `{}` must have `{}`, and has none", missing.of, missing.key);
                    findings.report(missing.place, message).help(format!("write `{}`", missing.key));
                }
            }
            Known::Custom(flaws, by) => {
                for flaw in flaws {
                    if let FlawKind::Missing { path, name } = &flaw.kind {
                        let of = if path.is_empty() { format!("a `{}`", object.kind()) } else { format!("`{path}`") };
                        let message = format!("{of} must have `{name}` in {by}, and has none");
                        findings.report(flaw.place, message).help(format!("write `{name}`"));
                    }
                }
            }
        }
    });
}

/// Source: k8s.io/apimachinery `pkg/api/validation/objectmeta.go`: a name, or a beginning that the server completes.
fn name(object: &Object, findings: &mut Findings<'_>) {
    let metadata = object.at("metadata");
    let there = |key: &str| {
        metadata
            .and_then(|metadata| metadata.get(key))
            .and_then(|node| node.text())
            .is_some_and(|text| !text.is_empty())
    };
    if there("name") || there("generateName") {
        return;
    }
    let place = object.place();
    if object.node().may_have_lost("metadata.name") {
        findings.unknown(place, "whether `metadata.name` is there: a part of the document can't be read");
    } else {
        findings.report(place, format!("this {} has no `metadata.name`", object.kind())).help("name it");
    }
}

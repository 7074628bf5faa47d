//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::yaml::{Entry, Scalar};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/wrong-type",
    severity: Severity::Error,
    looks_at: "objects of built-in kinds, and labels and annotations of all",
    page: include_str!("wrong_type.md"),
    check: Check::Object(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, _: &Cluster, object: &Object, findings: &mut Findings<'_>) {
    let annotations = object.node().map("metadata.annotations");
    let misread = object.misread();
    if misread.is_none() && annotations.is_empty() && object.labels().is_empty() {
        return;
    }
    findings.looked_at_one();
    let mut said: Vec<Place> = Vec::new();
    for (what, entries) in [("label", object.labels()), ("annotation", annotations)] {
        for entry in entries {
            said.extend(texts(what, entry, findings));
        }
    }
    // Of objects that are read as their types, the first value that doesn't fit is known.
    let Some(error) = misread.and_then(|misread| misread.wrong.as_ref()) else { return };
    let place = error.place.unwrap_or_else(|| object.place());
    if !said.contains(&place) && said.is_empty() {
        let draft =
            findings.report(place, format!("a value of {} has the wrong type: {}", object.title(), error.message));
        if error.message.contains("expected a string") || error.message.contains("expected string") {
            draft.help("put it in quotes: the API server takes no number or boolean where a text belongs");
        } else {
            draft.help("write what the field takes; kubectl refuses the object");
        }
    }
}

/// Labels and annotations are texts, of any kind of object.
fn texts(what: &str, entry: &Entry, findings: &mut Findings<'_>) -> Option<Place> {
    let value = entry.value();
    let is = match value.scalar() {
        Some(Scalar::Text(_) | Scalar::Null) => return None,
        _ => value.what(),
    };
    let shown = value.text().map(|text| format!(" `{text}`")).unwrap_or_default();
    let message = format!("{what} `{}` must be a text, and{shown} is {is}", entry.key());
    findings.report(value, message).help("put it in quotes: the API server takes no number or boolean there");
    Some(value.place())
}

//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::schema::{FlawKind, Known, Verdict, each};
use crate::yaml::{Entry, Scalar};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/wrong-type",
    severity: Severity::Error,
    looks_at: "objects, and configurations of eksctl",
    page: include_str!("wrong_type.md"),
    fixable: true,
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for object in cluster.objects() {
        let judged = object.misread().is_some()
            || matches!(object.verdict(context.platform(), cluster), Some(Verdict::Judged { .. }));
        if !judged && annotated(object).iter().any(|(_, entries)| !entries.is_empty()) {
            findings.looked_at_one();
        }
        labels(context, object, findings);
    }
    each(context, cluster, findings, &mut |object, known, findings| match known {
        Known::BuiltIn(misread) => {
            for error in &misread.wrong {
                let place = error.place.unwrap_or_else(|| object.place());
                if is_label(object, place) {
                    continue;
                }
                let message = format!("a value of {} has the wrong type: {}", object.title(), error.message);
                let text = error.message.contains("text belongs");
                report(context, object, place, message, text, findings);
            }
        }
        Known::Custom(flaws, by) => {
            for flaw in flaws {
                if let FlawKind::Type { path, wants, is } = &flaw.kind {
                    let message = format!("`{path}` is {wants} in {by}, and {is}");
                    report(context, object, flaw.place, message, wants == "a text", findings);
                }
            }
        }
    });
}

fn report(
    context: &Context<'_>,
    object: &Object,
    place: Place,
    message: String,
    text: bool,
    findings: &mut Findings<'_>,
) {
    let draft = findings.report(place, message);
    if text {
        let value = object.value_at(place);
        draft
            .help("put it in quotes: the API server takes no number or boolean where a text belongs")
            .fix(value.and_then(|value| context.platform().quoted(value)));
    } else {
        draft.help("write what the field takes; kubectl refuses the object");
    }
}

fn annotated(object: &Object) -> [(&'static str, &[Entry]); 2] {
    [("label", object.labels()), ("annotation", object.node().map("metadata.annotations"))]
}

/// Labels and annotations are texts, of any kind of object.
fn labels(context: &Context<'_>, object: &Object, findings: &mut Findings<'_>) {
    for (what, entry) in
        annotated(object).into_iter().flat_map(|(what, all)| all.iter().map(move |entry| (what, entry)))
    {
        let value = entry.value();
        let is = match value.scalar() {
            Some(Scalar::Text(_) | Scalar::Null) => continue,
            _ => value.what(),
        };
        let shown = value.text().map(|text| format!(" `{text}`")).unwrap_or_default();
        let message = format!("{what} `{}` must be a text, and{shown} is {is}", entry.key());
        findings
            .report(value, message)
            .help("put it in quotes: the API server takes no number or boolean there")
            .fix(context.platform().quoted(value));
    }
}

/// Whether a value was judged as a label or an annotation.
fn is_label(object: &Object, place: Place) -> bool {
    annotated(object).into_iter().flat_map(|(_, all)| all).any(|entry| {
        let whole = entry.value().place();
        whole.start <= place.start && place.end <= whole.end
    })
}

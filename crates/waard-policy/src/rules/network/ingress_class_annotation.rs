//! See its page.

use crate::cluster::{Cluster, Defined, Object};
use crate::context::Context;
use crate::edit::Edit;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/ingress-class-annotation",
    severity: Severity::Info,
    looks_at: "ingresses with a class",
    page: include_str!("ingress_class_annotation.md"),
    fixable: true,
    check: Check::Cluster(check),
    ..Rule::BASE
};

const ANNOTATION: &str = "kubernetes.io/ingress.class";

/// Source: kubernetes.io, "Ingress", "Deprecated annotation"; aws-load-balancer-controller `ingress_class.md`.
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for ingress in cluster.of("Ingress") {
        let annotations = ingress.at("metadata").and_then(|metadata| metadata.entry("annotations"));
        let annotation = annotations.and_then(|map| map.value().entry(ANNOTATION));
        let field = ingress.at("spec.ingressClassName").filter(|node| !node.is_null());
        if annotation.is_none() && field.is_none() {
            continue;
        }
        findings.looked_at_one();
        let Some(entry) = annotation else { continue };
        let value = entry.value().text().unwrap_or_default();
        let removed = annotations.and_then(|map| context.platform().without(map, ANNOTATION));
        match field {
            None => findings
                .report(entry, format!("the annotation `kubernetes.io/ingress.class: {value}` is deprecated"))
                .help(format!("use `spec.ingressClassName: {value}`, and make the IngressClass"))
                .fix(moved(context, cluster, ingress, value, removed)),
            Some(field) => findings
                .report(
                    entry,
                    format!(
                        "the class stands twice: `{value}` in the annotation and `{}` in the field",
                        field.text().unwrap_or_default()
                    ),
                )
                .severity(Severity::Error)
                .help("remove the annotation: the API server refuses new objects with both")
                .fix(removed.filter(|_| field.text() == Some(value))),
        };
    }
}

/// The field instead of the annotation, if there is such a class: the annotation needs none.
fn moved(context: &Context<'_>, cluster: &Cluster, ingress: &Object, class: &str, removed: Option<Edit>) -> Vec<Edit> {
    let defined = matches!(cluster.defines("IngressClass", "", class), Defined::Object(_) | Defined::Made(_));
    let added = ingress.at("spec").and_then(|spec| context.platform().with_first(spec, "ingressClassName", class));
    match (removed, added) {
        (Some(removed), Some(added)) if defined => vec![removed, added],
        _ => Vec::new(),
    }
}

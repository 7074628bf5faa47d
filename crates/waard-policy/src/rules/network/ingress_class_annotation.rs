//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/ingress-class-annotation",
    severity: Severity::Info,
    looks_at: "ingresses with a class",
    page: include_str!("ingress_class_annotation.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: kubernetes.io, "Ingress", "Deprecated annotation"; aws-load-balancer-controller `ingress_class.md`.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for ingress in cluster.of("Ingress") {
        let annotation =
            ingress.node().at("metadata.annotations").and_then(|map| map.entry("kubernetes.io/ingress.class"));
        let field = ingress.at("spec.ingressClassName").filter(|node| !node.is_null());
        if annotation.is_none() && field.is_none() {
            continue;
        }
        findings.looked_at_one();
        let Some(entry) = annotation else { continue };
        let value = entry.value().text().unwrap_or_default();
        match field {
            None => findings
                .report(entry, format!("the annotation `kubernetes.io/ingress.class: {value}` is deprecated"))
                .help(format!("use `spec.ingressClassName: {value}`, and make the IngressClass")),
            Some(field) => findings
                .report(
                    entry,
                    format!(
                        "the class stands twice: `{value}` in the annotation and `{}` in the field",
                        field.text().unwrap_or_default()
                    ),
                )
                .severity(Severity::Error)
                .help("remove the annotation: the API server refuses new objects with both"),
        };
    }
}

//! See its page.

use crate::cluster::{Cluster, Defined};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/gateway-missing",
    severity: Severity::Error,
    looks_at: "gateways that virtual services name",
    page: include_str!("gateway_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for service in cluster.of_group("networking.istio.io", "VirtualService") {
        let routes = ["spec.http", "spec.tls", "spec.tcp"].into_iter().flat_map(|path| service.list(path));
        let matched = routes.flat_map(|route| route.list("match")).flat_map(|found| found.list("gateways"));
        for node in service.list("spec.gateways").iter().chain(matched) {
            let Some(text) = node.text().filter(|text| *text != "mesh") else { continue };
            findings.looked_at_one();
            let (namespace, name) = full_name(text, service.ns());
            let exists = cluster.find_in_group("networking.istio.io", "Gateway", namespace, name).is_some();
            if !exists {
                missing(cluster, node, namespace, name, findings);
            }
        }
    }
}

/// `name`, `namespace/name`, or the older `name.namespace.svc.cluster.local`.
/// Source: istio.io, reference of VirtualService, `gateways`.
fn full_name<'t>(text: &'t str, own: &'t str) -> (&'t str, &'t str) {
    if let Some(found) = text.split_once('/') {
        return found;
    }
    match text.strip_suffix(".svc.cluster.local").and_then(|short| short.split_once('.')) {
        Some((name, namespace)) => (namespace, name),
        None => (own, text),
    }
}

fn missing(cluster: &Cluster, node: &Node, namespace: &str, name: &str, findings: &mut Findings<'_>) {
    if let Defined::Perhaps(_) | Defined::Made(_) = cluster.defines("Gateway", namespace, name) {
        findings.unknown(node, format!("gateway `{name}` may come from something that isn't among the files"));
        return;
    }
    let draft = findings.report(node, format!("there is no Gateway `{name}` in namespace `{namespace}`"));
    draft.help("make the Gateway, or name one as `namespace/name`; without it the routes apply to nothing");
    if let Some(gateway) = cluster.of_group("networking.istio.io", "Gateway").find(|gateway| gateway.name() == name) {
        draft.related(gateway, format!("this one is in namespace `{}`", gateway.ns()));
    }
}

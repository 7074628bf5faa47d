//! See its page.

use crate::cluster::{Cluster, Defined, Object, Selector};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/mesh-selects-nothing",
    severity: Severity::Error,
    looks_at: "gateways and policies of Istio that select pods by labels",
    page: include_str!("mesh_selects_nothing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Groups, kinds, and the path of the labels.
const KINDS: [(&str, &str, &str); 8] = [
    ("networking.istio.io", "EnvoyFilter", "spec.workloadSelector.labels"),
    ("networking.istio.io", "Gateway", "spec.selector"),
    ("networking.istio.io", "Sidecar", "spec.workloadSelector.labels"),
    ("extensions.istio.io", "WasmPlugin", "spec.selector.matchLabels"),
    ("security.istio.io", "AuthorizationPolicy", "spec.selector.matchLabels"),
    ("security.istio.io", "PeerAuthentication", "spec.selector.matchLabels"),
    ("security.istio.io", "RequestAuthentication", "spec.selector.matchLabels"),
    ("telemetry.istio.io", "Telemetry", "spec.selector.matchLabels"),
];

/// Source: istio.io, reference of each kind: they select pods of their own namespace, those in the root namespace of all;
/// a Gateway selects in all namespaces unless `PILOT_SCOPE_GATEWAY_TO_NAMESPACE` is set.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for (group, kind, path) in KINDS {
        for object in cluster.of_group(group, kind) {
            let Some(node) = object.at(path).filter(|node| !node.entries().is_empty()) else { continue };
            findings.looked_at_one();
            let selector = Selector::of_labels(node);
            let everywhere = kind == "Gateway" || object.ns() == "istio-system";
            let namespaces: Vec<&str> =
                if everywhere { cluster.namespaces().into_keys().collect() } else { vec![object.ns()] };
            if namespaces.iter().any(|namespace| cluster.selected(namespace, selector).next().is_some()) {
                continue;
            }
            let perhaps = |namespace: &&str| !matches!(cluster.pods_may_be_made(namespace, selector), Defined::No);
            if namespaces.iter().any(perhaps) {
                findings.unknown(node, "something that isn't among the files may make the pods that it selects");
                continue;
            }
            let place = if everywhere { "the cluster".to_owned() } else { format!("namespace `{}`", object.ns()) };
            let message = format!("no pod in {place} has the labels `{}` of {}", selector.show(), object.title());
            findings.report(node, message).help(effect(object));
        }
    }
}

fn effect(object: &Object) -> &'static str {
    match object.kind() {
        "Gateway" => "select labels of the gateway's pods: until then no listener is opened",
        "AuthorizationPolicy" | "PeerAuthentication" | "RequestAuthentication" => {
            "select labels that the pods have: until then the policy protects nothing"
        }
        _ => "select labels that the pods have: until then it changes nothing",
    }
}

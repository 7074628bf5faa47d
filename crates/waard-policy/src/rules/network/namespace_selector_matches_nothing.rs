//! See its page.

use crate::cluster::{Cluster, Defined, Selector};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/namespace-selector-matches-nothing",
    severity: Severity::Error,
    looks_at: "namespace selectors of network policies",
    page: include_str!("namespace_selector_matches_nothing.md"),
    fixable: true,
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let namespaces = cluster.namespaces();
    for policy in cluster.of("NetworkPolicy") {
        let sides = [("spec.ingress", "from"), ("spec.egress", "to")];
        let rules = sides.into_iter().flat_map(|(path, peers)| policy.list(path).iter().map(move |rule| (rule, peers)));
        for peer in rules.flat_map(|(rule, peers)| rule.list(peers)) {
            let Some(node) = peer.get("namespaceSelector") else { continue };
            let selector = Selector::of(node);
            if selector.is_empty() {
                continue;
            }
            findings.looked_at_one();
            // A namespace that no file makes may have labels; whoever makes it doesn't say them here.
            let taken = |name: &&str| cluster.takes_namespace(selector, name);
            if namespaces.keys().any(|name| taken(name) == Some(true)) {
                continue;
            }
            let made_elsewhere = |name: &&&str| {
                matches!(cluster.defines("Namespace", "", name), Defined::Made(Some(_)) | Defined::Perhaps(_))
            };
            if let Some(name) = namespaces.keys().filter(|name| taken(name).is_none()).find(made_elsewhere) {
                findings.unknown(node, format!("the labels of namespace `{name}` are not among the files"));
                continue;
            }
            let shown = selector.show();
            // A label `name` with the name of a namespace, and nothing beside it: that namespace is meant.
            let labels = selector.labels();
            let only = labels.first().filter(|label| label.key() == "name" && selector.keys().count() == 1);
            let draft = findings
                .report(node, format!("no namespace has the labels `{shown}`, so the rule lets nobody through"));
            let by_name = labels.iter().find(|label| {
                label.key() != "kubernetes.io/metadata.name"
                    && label.value().text().is_some_and(|value| namespaces.contains_key(value))
            });
            match by_name.and_then(|label| label.value().text()) {
                Some(name) => {
                    draft.help(format!("the label that every namespace has is `kubernetes.io/metadata.name`: select by it to mean `{name}`")).fix(
                        only.and_then(|label| context.platform().rename(label, "kubernetes.io/metadata.name")),
                    )
                }
                None => draft.help("label the namespace, or select it by `kubernetes.io/metadata.name`; what is outside of the cluster is an `ipBlock`"),
            };
        }
    }
}

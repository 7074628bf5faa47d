//! See its page.

use crate::cluster::{Cluster, Defined, Object, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::{Entry, Node};

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/secret-missing",
    severity: Severity::Warning,
    looks_at: "references of pods to secrets",
    page: include_str!("secret_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for workload in cluster.workloads() {
        let namespace = workload.object.ns();
        for (node, user, wanted) in secrets(workload) {
            let Some(name) = node.text() else { continue };
            findings.looked_at_one();
            match cluster.defines("Secret", namespace, name) {
                Defined::Object(_) | Defined::Made(_) => keys(cluster, workload, name, &wanted, findings),
                Defined::Perhaps(_) => {
                    findings
                        .unknown(node, format!("secret `{name}` may come from something that isn't among the files"));
                }
                Defined::No => {
                    let title = workload.object.title();
                    let message = format!(
                        "nothing makes secret `{name}` in namespace `{namespace}`, which {user} of {title} needs"
                    );
                    findings.report(node, message).help(
                        "let an ExternalSecret or another operator make it; without it the pod waits, or its container never starts",
                    );
                }
            }
        }
    }
}

/// Whether what is read from a secret is in it, as far as its keys are written.
fn keys(cluster: &Cluster, workload: Workload<'_>, name: &str, wanted: &[&Node], findings: &mut Findings<'_>) {
    let Some((maker, has)) = known_keys(cluster, workload.object.ns(), name) else { return };
    for key in wanted {
        let Some(text) = key.text().filter(|text| !has.contains(text)) else { continue };
        findings
            .report(
                *key,
                format!(
                    "secret `{name}` has no key `{text}`, which {} reads: its keys are {}",
                    workload.object.title(),
                    has.join(", ")
                ),
            )
            .related(maker, "what makes the secret")
            .help("add the key, or read one that is there; until then the container doesn't start");
    }
}

/// The keys of a secret, and the object that says them; `None` if something else may add some.
fn known_keys<'c>(cluster: &'c Cluster, namespace: &str, name: &str) -> Option<(&'c Object, Vec<&'c str>)> {
    if let Some(secret) = cluster.find("Secret", namespace, name) {
        let entries = ["data", "stringData"].into_iter().flat_map(|path| secret.node().map(path));
        let keys: Vec<&str> = entries.map(Entry::key).collect();
        // One without any is filled by something else, as those of service accounts and of injectors are.
        return (!keys.is_empty()).then_some((secret, keys));
    }
    let mut makers = cluster.of_group("external-secrets.io", "ExternalSecret").filter(|external| {
        external.ns() == namespace && external.str_at("spec.target.name").unwrap_or(external.name()) == name
    });
    let (maker, None) = (makers.next()?, makers.next()) else { return None };
    // All keys of a secret elsewhere, keys that a template makes, or a secret that somebody else makes too.
    let open = maker.at("spec.dataFrom").is_some_and(|from| !from.items().is_empty())
        || maker.at("spec.target.template").is_some()
        || matches!(maker.str_at("spec.target.creationPolicy"), Some("Merge" | "None" | "Orphan"));
    let keys: Vec<&str> = maker.list("spec.data").iter().filter_map(|item| item.str_at("secretKey")).collect();
    (!open && !keys.is_empty()).then_some((maker, keys))
}

/// Every secret that a pod can't do without, what needs it, and the keys that are read from it.
fn secrets(workload: Workload<'_>) -> Vec<(&Node, String, Vec<&Node>)> {
    let mut found: Vec<(&Node, String, Vec<&Node>)> = Vec::new();
    let needed = |reference: &&Node| reference.bool_at("optional") != Some(true);
    for container in workload.containers() {
        let variables = container.node.list("env").iter().filter_map(|env| env.at("valueFrom.secretKeyRef"));
        let all = container.node.list("envFrom").iter().filter_map(|env| env.get("secretRef"));
        for reference in variables.chain(all).filter(needed) {
            let keys = reference.get("key").into_iter().collect();
            found.extend(reference.get("name").map(|name| (name, format!("container `{}`", container.name()), keys)));
        }
    }
    for volume in workload.pod_list("volumes") {
        let title = volume.str_at("name").unwrap_or_default();
        let direct = volume.get("secret").filter(needed);
        let direct = direct.and_then(|secret| Some((secret.get("secretName")?, secret)));
        let projected = volume.list("projected.sources").iter().filter_map(|source| source.get("secret"));
        let projected = projected.filter(needed).filter_map(|secret| Some((secret.get("name")?, secret)));
        let all = direct.into_iter().chain(projected);
        found.extend(all.map(|(name, source)| (name, format!("volume `{title}`"), keys_of(source))));
    }
    found
}

fn keys_of(source: &Node) -> Vec<&Node> {
    source.list("items").iter().filter_map(|item| item.get("key")).collect()
}

//! See its page.

use crate::cluster::{Cluster, Object, Policies};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/policies-not-enforced",
    severity: Severity::Error,
    looks_at: "clusters of EKS with network policies",
    page: include_str!("policies_not_enforced.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: Amazon EKS User Guide, "Restrict Pod network traffic with Kubernetes network policies": the VPC CNI enforces
/// them only with `enableNetworkPolicy`, and EKS Auto Mode with a setting of its node class.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let Some(policy) = cluster.of("NetworkPolicy").next() else { return };
    for config in cluster.configs() {
        let addons = config.list("addons");
        let Some(cni) = addons.iter().find(|addon| addon.str_at("name") == Some("vpc-cni")) else { continue };
        if config.at("autoModeConfig.enabled").and_then(Node::as_bool) == Some(true) {
            continue;
        }
        findings.looked_at_one();
        match enabled(cni) {
            Some(true) => {}
            Some(false) => report(cluster, cni, policy, findings),
            None => findings.unknown(cni, "its `configurationValues` can't be read"),
        }
    }
}

fn enabled(addon: &Node) -> Option<bool> {
    let Some(values) = addon.get("configurationValues") else { return Some(false) };
    let text = values.text()?;
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(json) => {
            let value = json.get("enableNetworkPolicy");
            Some(value.is_some_and(|value| value.as_bool() == Some(true) || value.as_str() == Some("true")))
        }
        // YAML is taken too.
        Err(_) => Some(text.lines().any(|line| {
            let mut parts = line.splitn(2, ':');
            let key = parts.next().unwrap_or_default().trim().trim_matches('"');
            let value = parts.next().unwrap_or_default().trim().trim_matches(['"', '\'']);
            key == "enableNetworkPolicy" && value == "true"
        })),
    }
}

fn report(cluster: &Cluster, addon: &Node, policy: &Object, findings: &mut Findings<'_>) {
    let others = ["crd.projectcalico.org", "projectcalico.org", "operator.tigera.io", "cilium.io"];
    if Policies::of(cluster).other().is_some()
        || cluster.objects().iter().any(|object| others.contains(&object.group()))
    {
        findings.unknown(addon, "another network plugin may enforce the policies");
        return;
    }
    let count = cluster.of("NetworkPolicy").count();
    let at = addon.get("name").map_or_else(|| addon.place(), Placed::place);
    findings
        .report(at, format!("the VPC CNI of {} enforces no network policies, and there are {count}", cluster.title()))
        .related(policy, "such as this one")
        .help("add `configurationValues: '{\"enableNetworkPolicy\": \"true\"}'` to the add-on");
}

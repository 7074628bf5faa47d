//! See its page.

use crate::cluster::{Cluster, Object, Policies};
use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::{Block, Expr};
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Known, Root};
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
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let Some(policy) = cluster.of("NetworkPolicy").next() else { return };
    for config in cluster.configs() {
        let addons = config.list("addons");
        let Some(cni) = addons.iter().find(|addon| addon.str_at("name") == Some("vpc-cni")) else { continue };
        if config.at("autoModeConfig.enabled").and_then(Node::as_bool) == Some(true) {
            continue;
        }
        let at = cni.get("name").map_or_else(|| cni.place(), Placed::place);
        settle(enabled(cni), cluster, at, policy, findings);
    }
    for root in context.platform().roots() {
        terraform(root, cluster, policy, findings);
    }
}

/// What the configuration of the add-on says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Setting {
    On,
    /// Nobody wrote it: off is the default, of which nobody thinks.
    Default,
    /// Somebody wrote that it is off.
    Off,
}

/// Add-ons of Terraform, in the root that makes the cluster.
fn terraform(root: &Root, cluster: &Cluster, policy: &Object, findings: &mut Findings<'_>) {
    let is_named = |block: &Block, key: &str| root.text(block, key).is_some_and(|name| name == cluster.name());
    let own = root.resources("aws_eks_cluster").any(|block| is_named(block, "name"));
    let is_cni = |block: &&Block| root.text(block, "addon_name").is_some_and(|name| name == "vpc-cni");
    for addon in root.resources("aws_eks_addon").filter(|_| own).filter(is_cni) {
        let values = addon.get("configuration_values");
        let setting = values.map_or(Some(Setting::Default), |values| of_values(root, values));
        settle(setting, cluster, addon.place(), policy, findings);
    }
    let modules = root.of_kind("module").filter(|module| is_named(module, "name") || is_named(module, "cluster_name"));
    for module in modules {
        for addons in ["addons", "cluster_addons"].into_iter().filter_map(|key| module.get(key)) {
            let Some((key, addon)) = addons.entries().iter().find(|(key, _)| key.text.as_deref() == Some("vpc-cni"))
            else {
                continue;
            };
            let values = addon.get("configuration_values");
            let setting = values.map_or(Some(Setting::Default), |values| of_values(root, values));
            settle(setting, cluster, key.place(), policy, findings);
        }
    }
}

fn of_values(root: &Root, values: &Expr) -> Option<Setting> {
    if let Some([inner]) = values.call("jsonencode") {
        let Known::Map(map) = root.known(inner) else { return None };
        return match map.get("enableNetworkPolicy") {
            None => Some(Setting::Default),
            Some(known) => known.as_bool().map(|on| if on { Setting::On } else { Setting::Off }),
        };
    }
    let Known::Text(text) = root.known(values) else { return None };
    Some(of_text(&text))
}

fn settle(setting: Option<Setting>, cluster: &Cluster, addon: Place, policy: &Object, findings: &mut Findings<'_>) {
    findings.looked_at_one();
    match setting {
        Some(Setting::On) => {}
        Some(setting) => report(cluster, addon, policy, setting == Setting::Off, findings),
        None => findings.unknown(addon, "its configuration can't be read"),
    }
}

fn enabled(addon: &Node) -> Option<Setting> {
    let Some(values) = addon.get("configurationValues") else { return Some(Setting::Default) };
    Some(of_text(values.text()?))
}

fn of_text(text: &str) -> Setting {
    let on = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(json) => {
            let value = json.get("enableNetworkPolicy");
            value.is_some_and(|value| value.as_bool() == Some(true) || value.as_str() == Some("true"))
        }
        // YAML is taken too.
        Err(_) => text.lines().any(|line| {
            let mut parts = line.splitn(2, ':');
            let key = parts.next().unwrap_or_default().trim().trim_matches('"');
            let value = parts.next().unwrap_or_default().trim().trim_matches(['"', '\'']);
            key == "enableNetworkPolicy" && value == "true"
        }),
    };
    match on {
        true => Setting::On,
        false if text.contains("enableNetworkPolicy") => Setting::Off,
        false => Setting::Default,
    }
}

fn report(cluster: &Cluster, addon: Place, policy: &Object, told: bool, findings: &mut Findings<'_>) {
    let others = ["crd.projectcalico.org", "projectcalico.org", "operator.tigera.io", "cilium.io"];
    if Policies::of(cluster).other().is_some()
        || cluster.objects().iter().any(|object| others.contains(&object.group()))
    {
        findings.unknown(addon, "another network plugin may enforce the policies");
        return;
    }
    let count = cluster.of("NetworkPolicy").count();
    let says = if told { "is told to enforce" } else { "enforces" };
    findings
        .report(addon, format!("the VPC CNI of {} {says} no network policies, and there are {count}", cluster.title()))
        .severity(if told { Severity::Warning } else { RULE.severity })
        .related(policy, "such as this one")
        .help("set `enableNetworkPolicy` to `\"true\"` in the configuration of the add-on");
}

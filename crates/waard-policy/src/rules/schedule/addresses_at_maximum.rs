//! See its page.

use std::collections::BTreeSet;

use waard_model::quantity::Cidr;

use crate::cluster::{Cluster, GroupKind, Object, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/addresses-at-maximum",
    severity: Severity::Error,
    looks_at: "clusters whose nodes, and the subnets of these, are known",
    page: include_str!("addresses_at_maximum.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Addresses of a subnet that AWS keeps. Source: Amazon VPC user guide, "Subnet CIDR blocks", "Subnet sizing".
const KEPT: i128 = 5;

/// Each node takes an address of its subnet, and with the VPC CNI so does each pod that isn't on the host's network; it
/// keeps more in store, which is left out, so that a finding is certain.
///
/// Source: Amazon EKS best practices, "VPC CNI".
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let nodes = cluster.nodes();
    let groups: Vec<_> = nodes.groups.iter().filter(|group| group.kind != GroupKind::Karpenter).collect();
    let Some(first) = groups.first() else { return };
    let six = cluster.configs().iter().any(|config| config.str_at("kubernetesNetworkConfig.ipFamily") == Some("IPv6"));
    if six || cluster.workloads().next().is_none() {
        return;
    }
    findings.looked_at_one();
    let Some((ranges, at)) = subnets(cluster) else {
        return findings.unknown(first.place, "the subnets of its nodes are not known");
    };
    if let Some(why) = other_network(cluster) {
        return findings.unknown(first.place, why);
    }
    let mut most_nodes = 0_i128;
    for group in &groups {
        let Some(most) = group.max else {
            return findings.unknown(group.place, format!("how large group `{}` can be is not known", group.name));
        };
        most_nodes = most_nodes.saturating_add(i128::from(most.max(0)));
    }
    let mut pods = 0_i128;
    for workload in cluster.workloads() {
        let on_host = workload.pod_at("hostNetwork").and_then(Node::as_bool) == Some(true);
        let comes_and_goes =
            matches!(workload.kind, WorkloadKind::Job | WorkloadKind::CronJob | WorkloadKind::DaemonSet);
        if !on_host && !comes_and_goes {
            pods = pods.saturating_add(i128::from(cluster.most_pods(workload).unwrap_or_default().max(0)));
        }
    }
    let has: i128 = ranges.iter().map(|range| (i128::from(range.size()) - KEPT).max(0)).sum();
    let need = most_nodes.saturating_add(pods);
    if need > has {
        let shown: Vec<String> = ranges.iter().map(ToString::to_string).collect();
        findings
            .report(
                at,
                format!(
                    "{} has {has} addresses for nodes and pods, and at their largest numbers these are {need}: {most_nodes} nodes and {pods} pods",
                    cluster.title()
                ),
            )
            .counterexample(format!("{} without {KEPT} of each, which AWS keeps", shown.join(", ")))
            .help("take larger subnets, add some (also from a second range of the VPC), or lower the largest sizes");
    }
}

/// The address ranges of all nodes, each once, and where they are said.
fn subnets(cluster: &Cluster) -> Option<(BTreeSet<Cidr>, Place)> {
    let mut found = BTreeSet::new();
    let mut at = None;
    for config in cluster.configs() {
        let mut own = BTreeSet::new();
        for path in ["vpc.subnets.private", "vpc.subnets.public"] {
            for entry in config.node().map(path) {
                at.get_or_insert_with(|| entry.place());
                own.insert(entry.value().str_at("cidr")?.parse::<Cidr>().ok()?);
            }
        }
        if own.is_empty() {
            // eksctl divides the whole range, at most: 192.168.0.0/16 where it makes the VPC and none is written.
            // Source: eksctl `pkg/apis/eksctl.io/v1alpha5/vpc.go`, `DefaultCIDR`.
            let range = config.at("vpc.cidr");
            let text = match range {
                Some(range) => range.text()?,
                None if config.at("vpc.id").is_none() && config.at("vpc.subnets").is_none() => "192.168.0.0/16",
                None => return None,
            };
            at.get_or_insert_with(|| range.map_or_else(|| config.place(), Placed::place));
            own.insert(text.parse::<Cidr>().ok()?);
        }
        found.extend(own);
    }
    for group in cluster.nodes().groups.iter().filter(|group| group.kind == GroupKind::Terraform) {
        if group.subnets.is_empty() {
            return None;
        }
        at.get_or_insert(group.place);
        found.extend(group.subnets.iter().copied());
    }
    Some((found, at?))
}

/// Why pods may have addresses from elsewhere.
fn other_network(cluster: &Cluster) -> Option<String> {
    if cluster.of_group("crd.k8s.amazonaws.com", "ENIConfig").next().is_some() {
        return Some("pods have addresses of the subnets of ENIConfigs".to_owned());
    }
    let named = |object: &Object| {
        ["cilium", "calico", "tigera", "antrea", "weave"].iter().any(|network| object.name().contains(network))
    };
    let other = cluster.objects().iter().find(|object| named(object));
    other.map(|object| format!("{} may give pods addresses of their own", object.title()))
}

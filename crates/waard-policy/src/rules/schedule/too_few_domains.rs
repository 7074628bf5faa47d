//! See its page.

use std::collections::BTreeSet;

use crate::cluster::{Cluster, Fit, Selector, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::{Entry, Node};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/too-few-domains",
    severity: Severity::Error,
    looks_at: "workloads whose pods keep apart from each other, in clusters whose nodes are known",
    page: include_str!("too_few_domains.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Sources: Kubernetes, "Inter-pod affinity and anti-affinity" (a required term leaves room for one pod in each domain)
/// and "Pod Topology Spread Constraints", `minDomains`.
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    if cluster.nodes().groups.is_empty() {
        return;
    }
    for workload in cluster.workloads() {
        let terms = workload.pod_list("affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution");
        let apart = terms.iter().filter(|term| {
            // Only pods of the same workload are counted.
            term.at("labelSelector").is_some_and(|selector| Selector::of(selector).takes(workload.pod_labels()))
        });
        let pods = largest(cluster, workload);
        for term in apart {
            let Some(key) = term.str_at("topologyKey") else { continue };
            findings.looked_at_one();
            let (Some(pods), Some(domains)) = (pods, domains(context, cluster, workload, key)) else {
                findings.unknown(term, format!("how many domains of `{key}` there are, or pods, is not known"));
                continue;
            };
            if pods > domains {
                findings
                    .report(term, format!("{} may have {pods} pods, each in its own `{key}`, of which there are {domains} at most", workload.object.title()))
                    .counterexample(format!("pod {} waits for ever", domains.saturating_add(1)))
                    .help("use a topology spread constraint with `maxSkew: 1`, prefer the anti-affinity, or lower the number of pods");
            }
        }
        for spread in workload.pod_list("topologySpreadConstraints") {
            let Some(least) = spread.int_at("minDomains") else { continue };
            let Some(key) = spread.str_at("topologyKey") else { continue };
            findings.looked_at_one();
            let Some(domains) = domains(context, cluster, workload, key) else {
                findings.unknown(spread, format!("how many domains of `{key}` there are is not known"));
                continue;
            };
            let skew = spread.int_at("maxSkew").unwrap_or(1);
            if least > domains && pods.is_some_and(|pods| pods > domains.saturating_mul(skew)) {
                findings
                    .report(spread, format!("`minDomains: {least}` of `{key}`, of which there are {domains} at most: each holds {skew} pods, and no more start"))
                    .help(format!("write `minDomains: {domains}` or less, or add domains"));
            }
        }
    }
}

fn largest(cluster: &Cluster, workload: Workload<'_>) -> Option<i64> {
    let scaler = cluster.autoscaler_of(workload);
    scaler.map_or_else(|| workload.replicas(), |scaler| scaler.int_at("spec.maxReplicas"))
}

/// How many domains of a key there can be among the nodes that take the pods.
fn domains(context: &Context<'_>, cluster: &Cluster, workload: Workload<'_>, key: &str) -> Option<i64> {
    let nodes = cluster.nodes();
    if nodes.unknown.is_some() || nodes.on_fargate(workload) {
        return None;
    }
    let mut zones = BTreeSet::new();
    let mut count = 0_i64;
    let mut takes = false;
    for group in &nodes.groups {
        match group.takes(workload, context.catalog(), cluster.region()) {
            Fit::No(_) => continue,
            Fit::Unknown(_) => return None,
            Fit::Yes => takes = true,
        }
        match key {
            "kubernetes.io/hostname" => count = count.saturating_add(group.max?),
            "topology.kubernetes.io/zone" => {
                let of_cluster = cluster.configs().iter().flat_map(|config| {
                    let subnets =
                        config.node().map("vpc.subnets.private").iter().chain(config.node().map("vpc.subnets.public"));
                    let listed = config.list("availabilityZones").iter().filter_map(Node::text);
                    subnets.map(Entry::key).chain(listed)
                });
                let own: Vec<&str> = if group.zones.is_empty() {
                    of_cluster.collect()
                } else {
                    group.zones.iter().map(String::as_str).collect()
                };
                if own.is_empty() {
                    return None;
                }
                zones.extend(own);
            }
            _ => return None,
        }
    }
    let found = count.saturating_add(i64::try_from(zones.len()).unwrap_or(i64::MAX));
    // That no group takes them is the finding of another rule.
    (takes && found > 0).then_some(found)
}

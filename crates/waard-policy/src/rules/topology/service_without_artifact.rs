//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::platform::Platform;
use crate::rule::{Check, Rule};
use crate::wish::{Region, is_left_open, is_named, plans, without_role};
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    id: "topology/service-without-artifact",
    looks_at: "services that plans want in regions",
    page: include_str!("service_without_artifact.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    let mut seen = BTreeSet::new();
    for plan in plans(platform) {
        // A plan alone says nothing about what is there.
        if platform.clusters().iter().all(|cluster| cluster.workloads().next().is_none()) {
            continue;
        }
        let there = names(platform);
        let is_there = |service: &str| there.iter().any(|names| is_named(service, names.iter().map(String::as_str)));
        // Where none of the services is among the files, all of them may be kept elsewhere.
        let none = plan.regions.iter().flat_map(Region::services).all(|(_, service)| !is_there(&without_role(service)));
        let by_cluster = |cluster: &Cluster| {
            cluster.unknown_chart(platform).map(|chart| chart.place).or(cluster.brings_from_elsewhere(platform))
        };
        let open = is_left_open(platform).map(Placed::place);
        let open = none || open.or_else(|| platform.clusters().iter().find_map(by_cluster)).is_some();
        for region in &plan.regions {
            for (place, service) in region.services() {
                let name = without_role(service);
                if name.is_empty() || !seen.insert(service.to_ascii_lowercase()) {
                    continue;
                }
                findings.looked_at_one();
                if is_there(&name) {
                    continue;
                }
                if open {
                    findings.unknown(place, format!("`{service}` may come from what isn't among the files"));
                    continue;
                }
                let message = format!(
                    "`{service}` is to run in `{}`, and no workload, store or module is named like it",
                    region.name
                );
                findings.report(place, message).help("write it, or leave it out of the plan");
            }
        }
    }
}

/// The names of everything that can be a service: what makes pods, and what Terraform makes.
fn names(platform: &Platform) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    for cluster in platform.clusters() {
        found.extend(
            cluster
                .workloads()
                .map(|workload| vec![workload.object.name().to_owned(), workload.object.ns().to_owned()]),
        );
        // Objects of operators, but not those that only say how something else is reached or judged.
        let others = cluster.objects().iter().filter(|object| {
            !object.is_builtin()
                && !["istio.io", "k8s.aws", "cilium.io", "external-secrets.io", "cert-manager.io", "kyverno.io"]
                    .iter()
                    .any(|group| object.group().ends_with(group))
                && !matches!(object.kind(), "KafkaTopic" | "KafkaUser" | "VerticalPodAutoscaler" | "ScaledObject")
        });
        found.extend(others.map(|object| vec![object.name().to_owned()]));
    }
    for root in platform.roots() {
        for block in root.blocks().iter().filter(|block| matches!(&*block.kind, "resource" | "module")) {
            let texts = ["name", "bucket", "identifier", "cluster_identifier", "function_name", "service_name"];
            let mut names: Vec<String> = texts.iter().filter_map(|text| root.text(block, text)).collect();
            names.push(block.label(usize::from(&*block.kind == "resource")).unwrap_or_default().to_owned());
            found.push(names);
        }
    }
    found
}

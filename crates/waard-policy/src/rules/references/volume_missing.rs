//! See its page.

use crate::cluster::{Cluster, Workload, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/volume-missing",
    severity: Severity::Error,
    looks_at: "mounts of containers",
    page: include_str!("volume_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for workload in cluster.workloads() {
        let volumes = volumes(workload);
        for container in workload.containers() {
            for mount in container.node.list("volumeMounts").iter().chain(container.node.list("volumeDevices")) {
                let Some(name) = mount.get("name") else { continue };
                let Some(text) = name.text() else { continue };
                findings.looked_at_one();
                if !volumes.contains(&text) {
                    let known = if volumes.is_empty() { "none".to_owned() } else { volumes.join(", ") };
                    findings
                        .report(
                            name,
                            format!(
                                "container `{}` mounts volume `{text}`, and the volumes of its pod are: {known}",
                                container.name()
                            ),
                        )
                        .help("add the volume to the pod, or mend the name; the API server refuses the object");
                }
            }
        }
    }
}

fn volumes(workload: Workload<'_>) -> Vec<&str> {
    let mut found: Vec<&str> =
        workload.pod_list("volumes").iter().filter_map(|volume| volume.get("name")?.text()).collect();
    if workload.kind == WorkloadKind::StatefulSet {
        let templates = workload.object.list("spec.volumeClaimTemplates");
        found.extend(templates.iter().filter_map(|template| template.at("metadata.name").and_then(Node::text)));
    }
    found
}

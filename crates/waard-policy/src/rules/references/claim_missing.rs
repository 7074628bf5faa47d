//! See its page.

use crate::cluster::{Cluster, Defined};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/claim-missing",
    severity: Severity::Error,
    looks_at: "claims that pods mount",
    page: include_str!("claim_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for workload in cluster.workloads() {
        for volume in workload.pod_list("volumes") {
            let Some(name) = volume.at("persistentVolumeClaim.claimName") else { continue };
            let Some(text) = name.text() else { continue };
            let namespace = workload.object.ns();
            // The claim of a template takes the place of a volume of the same name: Kubernetes
            // `pkg/controller/statefulset/stateful_set_utils.go`, `updateStorage`.
            let templates = workload.object.list("spec.volumeClaimTemplates");
            if templates.iter().any(|template| template.str_at("metadata.name") == volume.str_at("name")) {
                continue;
            }
            findings.looked_at_one();
            match cluster.defines("PersistentVolumeClaim", namespace, text) {
                Defined::Object(_) | Defined::Made(_) => {}
                Defined::Perhaps(_) => {
                    findings
                        .unknown(name, format!("claim `{text}` may come from something that isn't among the files"));
                }
                Defined::No => {
                    // Claims of a StatefulSet are called after its template and pods: `data-db-0`.
                    let of_set = cluster.of("StatefulSet").filter(|set| set.ns() == namespace).any(|set| {
                        set.list("spec.volumeClaimTemplates")
                            .iter()
                            .filter_map(|template| template.str_at("metadata.name"))
                            .any(|template| {
                                text.strip_prefix(&format!("{template}-{}-", set.name()))
                                    .is_some_and(|number| number.parse::<u32>().is_ok())
                            })
                    });
                    if of_set {
                        continue;
                    }
                    let title = workload.object.title();
                    findings
                        .report(
                            name,
                            format!("nothing makes claim `{text}` in namespace `{namespace}`, which {title} mounts"),
                        )
                        .help("make the PersistentVolumeClaim; until then the pods can't be scheduled");
                }
            }
        }
    }
}

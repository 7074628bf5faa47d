//! See its page.
//!
//! Source: aws-load-balancer-controller, `docs/deploy/pod_readiness_gate.md`.

use crate::cluster::{Cluster, Defined, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/no-readiness-gate",
    looks_at: "deployments whose pods are targets of load balancers",
    page: include_str!("no_readiness_gate.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for target in cluster.targets() {
        let (namespace, name) = (target.workload.object.ns(), target.workload.object.name());
        // One pod, or one that is made new by hand, is no rollout.
        if target.workload.kind != WorkloadKind::Deployment || !seen.insert(namespace) {
            continue;
        }
        findings.looked_at_one();
        let labels = ["elbv2.k8s.aws/pod-readiness-gate-inject", "eks.amazonaws.com/pod-readiness-gate-inject"];
        let at = target.place;
        match cluster.defines("Namespace", "", namespace) {
            Defined::Object(object) if labels.iter().any(|label| object.label(label) == Some("enabled")) => {}
            Defined::Object(_) | Defined::No => {
                let draft = findings.report(at, format!("a rollout of `{name}` doesn't wait until the load balancer has its new pods: namespace `{namespace}` hasn't the label for it"));
                draft.help("label the namespace `elbv2.k8s.aws/pod-readiness-gate-inject: enabled`").counterexample(
                    "all new pods are ready and all old ones end, while the load balancer still registers the new ones",
                );
            }
            Defined::Made(_) | Defined::Perhaps(_) => {
                findings.unknown(at, format!("which labels namespace `{namespace}` has is not among the files"));
            }
        }
    }
}

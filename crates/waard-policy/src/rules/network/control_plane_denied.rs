//! See its page.
//!
//! Source: istio.io, "Application Requirements", ports used by Istio: sidecars ask istiod on 15012.

use crate::cluster::{Cluster, Direction, Policies, PolicyRule, Selector, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/control-plane-denied",
    severity: Severity::Error,
    looks_at: "pods with a sidecar of Istio whose egress is restricted",
    page: include_str!("control_plane_denied.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// The port on which istiod gives out configuration and certificates.
const PORT: i64 = 15012;

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let policies = Policies::of(cluster);
    for workload in cluster.workloads().filter(|workload| cluster.has_sidecar(*workload)) {
        let isolating = policies.isolating(workload, Direction::Egress);
        let Some(policy) = isolating.first() else { continue };
        findings.looked_at_one();
        let rules = Policies::rules(&isolating, Direction::Egress);
        if rules.iter().any(|rule| rule.lets_port(PORT, "TCP", None) && may_be_istiod(cluster, *rule, workload)) {
            continue;
        }
        if policies.other().is_some() {
            findings.unknown(workload, "policies of another kind may let it reach the control plane of the mesh");
            continue;
        }
        let title = workload.object.title();
        let names: Vec<&str> = isolating.iter().map(|policy| policy.name()).collect();
        findings
            .report(*policy, format!("the sidecars of {title} can't reach istiod: none of their policies ({}) lets TCP {PORT} to it, and without it they get neither routes nor certificates", names.join(", ")))
            .counterexample(format!("{title} -> istiod TCP {PORT}: denied"))
            .related(workload, "these pods get a sidecar")
            .help("allow egress to the namespace of istiod, such as `istio-system`, pods `app: istiod`, port 15012");
    }
}

/// Whether a peer of the rule is, or may be, istiod: it has a namespace of its own, and `app: istiod` as a label.
fn may_be_istiod(cluster: &Cluster, rule: PolicyRule<'_>, workload: Workload<'_>) -> bool {
    let label = |key: &str| (key == "app").then_some("istiod");
    rule.peers().is_empty()
        || rule.peers().iter().any(|peer| {
            let pods = peer.get("podSelector").is_none_or(|node| {
                let selector = Selector::of(node);
                selector.keys().all(|key| key != "app") || selector.takes_values(&label)
            });
            match peer.get("namespaceSelector") {
                // Which namespace it is in, revisions and installations decide: any but the pods' own may be it.
                Some(node) => {
                    let selector = Selector::of(node);
                    let own = selector.keys().all(|key| key == "kubernetes.io/metadata.name")
                        && cluster.takes_namespace(selector, workload.object.ns()) == Some(true)
                        && !selector.is_empty()
                        && cluster.takes_namespace(selector, "istio-system") != Some(true);
                    pods && !own
                }
                None => peer.get("ipBlock").is_some(),
            }
        })
}

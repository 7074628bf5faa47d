//! See its page.

use crate::cluster::{Cluster, Direction, Object, Policies, Selector, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/mesh-denied",
    severity: Severity::Info,
    looks_at: "isolated pods that a mesh routes to, in namespaces that are not among the files",
    page: include_str!("mesh_denied.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Where sidecars get their configuration and certificates. Source: istio.io, "Ports used by Istio".
const CONTROL: i64 = 15012;

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let policies = Policies::of(cluster);
    for workload in cluster.workloads() {
        // Where the namespace is among the files, `network/control-plane-denied` knows whether there are sidecars.
        if cluster.has_sidecar(workload) || cluster.find("Namespace", "", workload.object.ns()).is_some() {
            continue;
        }
        let mut services = cluster.of_group("networking.istio.io", "VirtualService");
        let Some(route) = services.find(|service| routes_to(cluster, service, workload)) else { continue };
        // Without a sidecar, by its own word, it is not in the mesh.
        let own = workload
            .pod_label("sidecar.istio.io/inject")
            .or_else(|| workload.pod_annotation("sidecar.istio.io/inject"));
        let isolating = policies.isolating(workload, Direction::Egress);
        let Some(policy) = isolating.first().filter(|_| own != Some("false")) else { continue };
        findings.looked_at_one();
        if Policies::rules(&isolating, Direction::Egress).iter().any(|rule| rule.lets_port(CONTROL, "TCP", None)) {
            continue;
        }
        if policies.other().is_some() {
            findings.unknown(workload, "policies of another kind may let it out");
            continue;
        }
        let title = workload.object.title();
        findings
            .report(
                *policy,
                format!(
                    "if {title} has sidecars, they can't reach the control plane of the mesh: none of its policies lets them out on port {CONTROL}"
                ),
            )
            .related(route, "the mesh routes to these pods")
            .counterexample(format!("{title} -> istiod TCP {CONTROL}: denied, and a sidecar never gets ready"))
            .help("allow egress on that port to the namespace of istiod, or say in the namespace's labels that there are no sidecars");
    }
}

/// Whether a route of a virtual service leads to a service of the workload.
fn routes_to(cluster: &Cluster, service: &Object, workload: Workload<'_>) -> bool {
    let routes = ["http", "tcp", "tls"]
        .into_iter()
        .flat_map(|kind| service.node().at("spec").map_or(&[][..], |spec| spec.list(kind)));
    let hosts = routes.flat_map(|route| route.list("route")).filter_map(|route| route.str_at("destination.host"));
    hosts.map(|host| cluster.mesh_host(host, service.ns())).any(|host| {
        let mut parts = host.split('.');
        let (name, namespace) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        namespace == workload.object.ns()
            && cluster.find("Service", namespace, name).and_then(|service| service.at("spec.selector")).is_some_and(
                |selector| !selector.entries().is_empty() && Selector::of_labels(selector).takes(workload.pod_labels()),
            )
    })
}

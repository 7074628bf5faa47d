//! See its page.

use std::collections::BTreeSet;

use crate::cluster::{Cluster, Defined};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/route-host-missing",
    severity: Severity::Error,
    looks_at: "destinations of virtual services",
    page: include_str!("route_host_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let entries = cluster.of_group("networking.istio.io", "ServiceEntry");
    let outside: BTreeSet<&str> = entries.flat_map(|entry| entry.list("spec.hosts")).filter_map(Node::text).collect();
    for service in cluster.of_group("networking.istio.io", "VirtualService") {
        let routes = ["spec.http", "spec.tls", "spec.tcp"].into_iter().flat_map(|path| service.list(path));
        for target in routes.flat_map(|route| route.list("route")) {
            let Some(host) = target.at("destination.host") else { continue };
            let Some(text) = host.text() else { continue };
            findings.looked_at_one();
            let full = cluster.mesh_host(text, service.ns());
            if outside.contains(text) || outside.contains(full.as_str()) {
                continue;
            }
            let inside = full.strip_suffix(".svc.cluster.local").and_then(|short| short.split_once('.'));
            let Some((name, namespace)) = inside else {
                // Hosts outside of the cluster need a ServiceEntry, or a mesh that lets everything out.
                findings.unknown(host, format!("no ServiceEntry among the files has the host `{text}`"));
                continue;
            };
            match cluster.defines("Service", namespace, name) {
                Defined::Object(found) => port(target, found.list("spec.ports"), name, findings),
                Defined::Made(_) => {}
                Defined::Perhaps(_) => {
                    findings
                        .unknown(host, format!("service `{name}` may come from something that isn't among the files"));
                }
                Defined::No => {
                    let draft =
                        findings.report(host, format!("there is no service `{name}` in namespace `{namespace}`"));
                    draft.help("a short name means the namespace of the VirtualService; write name.namespace.svc.cluster.local for another");
                    if let Some(found) = cluster.of("Service").find(|found| found.name() == name) {
                        draft.related(found, format!("this one is in namespace `{}`", found.ns()));
                    }
                }
            }
        }
    }
}

fn port(target: &Node, ports: &[Node], name: &str, findings: &mut Findings<'_>) {
    let Some(node) = target.at("destination.port.number") else { return };
    let Some(wanted) = node.as_int() else { return };
    if !ports.is_empty() && !ports.iter().any(|port| port.int_at("port") == Some(wanted)) {
        findings
            .report(node, format!("service `{name}` has no port {wanted}"))
            .help("name a port of the service, not of the container");
    }
}

//! See its page.

use crate::cluster::{Balancer, Cluster, IngressView};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/mesh-bypassed",
    looks_at: "hosts that ingresses and gateways of Istio both claim",
    page: include_str!("mesh_bypassed.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let ingresses: Vec<IngressView<'_>> = IngressView::all(cluster).collect();
    for virtual_service in cluster.of_group("networking.istio.io", "VirtualService") {
        let gateways = virtual_service
            .list("spec.gateways")
            .iter()
            .any(|gateway| gateway.text().is_some_and(|name| name != "mesh"));
        if !gateways {
            continue;
        }
        let routes = virtual_service.list("spec.http").iter().flat_map(|route| route.list("route"));
        let targets: Vec<String> = routes
            .filter_map(|target| target.str_at("destination.host"))
            .map(|host| cluster.mesh_host(host, virtual_service.ns()))
            .collect();
        for host in virtual_service.list("spec.hosts") {
            let Some(name) = host.text() else { continue };
            for ingress in &ingresses {
                let claims = |rule: &&Node| rule.str_at("host") == Some(name);
                let Some(rule) = ingress.object.list("spec.rules").iter().find(claims) else { continue };
                findings.looked_at_one();
                let direct = rule.list("http.paths").iter().find_map(|path| {
                    let service = path.at("backend.service.name")?;
                    let full = cluster.mesh_host(service.text()?, ingress.object.ns());
                    targets.contains(&full).then_some(service)
                });
                let Some(service) = direct else { continue };
                let what = if ingress.balancer == Balancer::Alb { "the load balancer" } else { "its controller" };
                findings
                    .report(service, format!("ingress `{}` sends `{name}` to service `{}` itself, so the routes of VirtualService `{}` are not on the way", ingress.object.name(), service.text().unwrap_or_default(), virtual_service.name()))
                    .related(host, "the routes of this host apply only behind its gateways")
                    .help(format!("let {what} send the host to the service of the Istio gateway, or remove the VirtualService's gateways"));
            }
        }
    }
}

//! The gateway: what it listens to, and who reaches it and whom it reaches. Its pods come from Istio's chart.

use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicySpec};
use std::collections::BTreeSet;
use waard_model::topology::reserved::{
    GATEWAY_LABEL, GATEWAY_NAMESPACE, GATEWAY_PORT, GATEWAY_SERVICE, GATEWAY_STATUS_PORT,
};

use super::{access, routes};
use crate::custom::Custom;
use crate::custom::istio::{Gateway, Server, ServerPort};
use crate::file::File;
use crate::labels::{Wave, common, in_wave, labels, metadata, selects, selects_app};
use crate::{Placed, Site, ingress, network};

/// Envoy's own metrics. Source: Istio documentation, "Application Requirements", "Ports used by Istio".
const ENVOY_METRICS_PORT: u16 = 15_090;

/// The name of the Gateway, where routes refer to it.
pub(super) fn name(site: Site<'_>) -> String {
    site.object("gateway")
}

pub(super) fn file(site: Site<'_>) -> Placed {
    let mut file = File::new(site.region.path(), &site.region.path());
    file.add(&policy(site));
    file.custom(&access::of_gateway(site));
    let port = ServerPort { name: "http", number: GATEWAY_PORT, protocol: "HTTP" };
    // Routes of this namespace only: nobody else can lead a host elsewhere.
    let hosts = routes::hosts(site).iter().map(|host| format!("./{host}")).collect();
    file.custom(&Custom {
        metadata: metadata(name(site), Some(GATEWAY_NAMESPACE), common(site)),
        spec: Gateway { selector: labels([("istio", GATEWAY_LABEL)]), servers: vec![Server { port, hosts }] },
    });
    site.placed(GATEWAY_NAMESPACE, "gateway.yaml", file)
}

/// From the load balancer; to what is exposed, to the mesh's control plane, and to DNS.
fn policy(site: Site<'_>) -> NetworkPolicy {
    let coming = vec![
        network::from(network::balancer(site), network::tcp([GATEWAY_PORT, GATEWAY_STATUS_PORT])),
        network::from(vec![network::collector(site)], network::tcp([network::MESH_METRICS_PORT, ENVOY_METRICS_PORT])),
    ];
    let mut leaving = vec![network::dns(), network::mesh_control_plane()];
    for workload in site.region.workloads().values() {
        let ports: BTreeSet<u16> = ingress::routed_ports(workload);
        if !ports.is_empty() {
            let app = selects_app(site.object(workload.name().as_str()));
            leaving.push(network::to(vec![network::pods(workload.namespace().as_str(), app)], network::tcp(ports)));
        }
    }
    NetworkPolicy {
        metadata: in_wave(Wave::Access, metadata(GATEWAY_SERVICE.to_owned(), Some(GATEWAY_NAMESPACE), common(site))),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(selects([("istio", GATEWAY_LABEL)])),
            policy_types: Some(vec!["Ingress".to_owned(), "Egress".to_owned()]),
            ingress: Some(coming),
            egress: Some(leaving),
        }),
    }
}

//! Mutual TLS, and who may call whom: the call graph once more, by identity instead of address.
//!
//! Probes and metrics pass neither: the kubelet's probes are answered by the proxy's agent on port 15020, metrics too.
//! Sources: Istio documentation, "Health Checking of Istio Services", "Authorization Policy", "PeerAuthentication".

use std::collections::{BTreeMap, BTreeSet};

use waard_model::spec::{EntryPath, MeshSpec};
use waard_model::topology::Workload;
use waard_model::topology::reserved::{
    GATEWAY_LABEL, GATEWAY_NAMESPACE, GATEWAY_PORT, GATEWAY_SERVICE, MESH_NAMESPACE,
};

use super::strict;
use crate::custom::Custom;
use crate::custom::istio_security::{
    AuthorizationPolicy, From, Mtls, Operation, PeerAuthentication, Rule, Selector, Source, To,
};
use crate::labels::{APP, Labels, Wave, common, in_wave, labels, metadata, of_workload as labels_of};
use crate::{Site, ingress};

const ALLOW: &str = "ALLOW";

/// In the mesh's own namespace it holds for every proxy.
pub(super) fn of_mesh(site: Site<'_>, mesh: &MeshSpec) -> Custom<PeerAuthentication> {
    let mode = if strict(mesh) { "STRICT" } else { "PERMISSIVE" };
    Custom {
        metadata: in_wave(Wave::Access, metadata("default".to_owned(), Some(MESH_NAMESPACE), common(site))),
        spec: PeerAuthentication { selector: None, mtls: Mtls { mode }, port_level_mtls: BTreeMap::new() },
    }
}

/// A load balancer that sends requests straight to the pods has no certificate of the mesh: the ports that it reaches
/// take calls without one, and no others.
pub(super) fn exception(site: Site<'_>, workload: &Workload) -> Option<Custom<PeerAuthentication>> {
    let ports = reached_by_balancer(site, workload);
    let open = |port: &u16| (port.to_string(), Mtls { mode: "PERMISSIVE" });
    (!ports.is_empty()).then(|| Custom {
        metadata: meta(site, workload),
        spec: PeerAuthentication {
            selector: Some(selector(site, workload)),
            mtls: Mtls { mode: "STRICT" },
            port_level_mtls: ports.iter().map(open).collect(),
        },
    })
}

/// Nobody calls anything in a namespace, but for what the policies of its workloads add.
pub(super) fn nobody(site: Site<'_>, namespace: &str) -> Custom<AuthorizationPolicy> {
    Custom {
        metadata: in_wave(Wave::Access, metadata("allow-nothing".to_owned(), Some(namespace), common(site))),
        spec: AuthorizationPolicy { selector: None, action: ALLOW, rules: Vec::new() },
    }
}

/// Who may call a workload: itself and its callers on the ports that serve them, and the one way in where routes lead.
pub(super) fn of_workload(site: Site<'_>, workload: &Workload) -> Option<Custom<AuthorizationPolicy>> {
    let mut rules = Vec::new();
    let serving: BTreeSet<u16> = workload.serving_ports().map(|(_, port)| port).collect();
    if !serving.is_empty() {
        let callers = site.region.callers(workload.name()).map(|caller| &**caller);
        let mut principals: Vec<String> = callers
            .chain([workload])
            .map(|caller| principal(caller.namespace().as_str(), &site.object(caller.name().as_str())))
            .collect();
        principals.sort();
        rules.push(rule(Source::Principals(principals), &serving));
    }
    let routed = ingress::routed_ports(workload);
    if !routed.is_empty() {
        match site.topology.entry() {
            EntryPath::Mesh => {
                rules.push(rule(Source::Principals(vec![principal(GATEWAY_NAMESPACE, GATEWAY_SERVICE)]), &routed));
            }
            EntryPath::Direct => {
                rules.push(rule(Source::IpBlocks(balancer(site)), &routed));
                rules.extend(health_checks(site, workload, &routed));
            }
        }
    }
    let spec = AuthorizationPolicy { selector: Some(selector(site, workload)), action: ALLOW, rules };
    (!spec.rules.is_empty()).then(|| Custom { metadata: meta(site, workload), spec })
}

/// The gateway takes requests of the load balancer, which has no identity but its addresses.
pub(super) fn of_gateway(site: Site<'_>) -> Custom<AuthorizationPolicy> {
    let own = labels([("istio", GATEWAY_LABEL)]);
    Custom {
        metadata: in_wave(Wave::Access, metadata(GATEWAY_SERVICE.to_owned(), Some(GATEWAY_NAMESPACE), common(site))),
        spec: AuthorizationPolicy {
            selector: Some(Selector { match_labels: own }),
            action: ALLOW,
            rules: vec![rule(Source::IpBlocks(balancer(site)), &BTreeSet::from([GATEWAY_PORT]))],
        },
    }
}

/// Health checks on a port that no route leads to: their path, and nothing else there.
fn health_checks(site: Site<'_>, workload: &Workload, routed: &BTreeSet<u16>) -> Option<Rule> {
    let beside: BTreeSet<u16> = ingress::balanced_ports(workload).difference(routed).copied().collect();
    let path = workload.probes().readiness.as_ref()?.path.as_ref()?;
    let operation = Operation { ports: numbers(&beside), paths: vec![path.to_string()] };
    (!beside.is_empty())
        .then(|| Rule { from: vec![From { source: Source::IpBlocks(balancer(site)) }], to: vec![To { operation }] })
}

fn reached_by_balancer(site: Site<'_>, workload: &Workload) -> BTreeSet<u16> {
    match site.topology.entry() {
        EntryPath::Direct if !workload.exposed().is_empty() => ingress::balanced_ports(workload),
        _ => BTreeSet::new(),
    }
}

fn balancer(site: Site<'_>) -> Vec<String> {
    site.region.network().balancer_ranges().iter().map(ToString::to_string).collect()
}

/// The identity of pods with a service account. Source: Istio documentation, "Security", secure naming.
fn principal(namespace: &str, account: &str) -> String {
    format!("cluster.local/ns/{namespace}/sa/{account}")
}

fn rule(source: Source, ports: &BTreeSet<u16>) -> Rule {
    let operation = Operation { ports: numbers(ports), paths: Vec::new() };
    Rule { from: vec![From { source }], to: vec![To { operation }] }
}

fn numbers(ports: &BTreeSet<u16>) -> Vec<String> {
    ports.iter().map(ToString::to_string).collect()
}

fn selector(site: Site<'_>, workload: &Workload) -> Selector {
    let own: Labels = [(APP.to_owned(), site.object(workload.name().as_str()))].into();
    Selector { match_labels: own }
}

fn meta(site: Site<'_>, workload: &Workload) -> k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta {
    let name = site.object(workload.name().as_str());
    in_wave(Wave::Access, metadata(name, Some(workload.namespace().as_str()), labels_of(site, workload)))
}

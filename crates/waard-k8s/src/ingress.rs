//! The one way in: a load balancer for each region, with listeners, health checks and routes.
//!
//! Every Ingress of a cluster belongs to one class, whose parameters make one load balancer of them. Through the mesh
//! there is one Ingress for all hosts, and the gateway knows the paths; straight to the pods each workload has its own.
//! Sources: kubernetes-sigs/aws-load-balancer-controller v3.5.0, `docs/guide/ingress`.

mod annotations;
mod class;
mod health;
mod rules;

use std::collections::BTreeSet;

use k8s_openapi::api::networking::v1::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule, IngressServiceBackend, IngressSpec,
    IngressTLS, ServiceBackendPort,
};
use waard_model::path::ModelPath;
use waard_model::spec::EntryPath;
use waard_model::topology::Workload;
use waard_model::topology::reserved::{GATEWAY_NAMESPACE, GATEWAY_SERVICE};

use crate::file::File;
use crate::labels::{Labels, common, metadata, of_workload as labels_of};
use crate::{Placed, Site};
pub(crate) use health::balanced_ports;
use rules::{Part, Rule};

/// The files that belong to no single workload.
pub(crate) fn files(site: Site<'_>) -> Vec<Placed> {
    if site.region.exposed().next().is_none() {
        return Vec::new();
    }
    let mut found = vec![class::file(site)];
    if site.topology.entry() == EntryPath::Mesh {
        let mut file = File::new(ModelPath::of(["workloads"]), &site.region.path());
        for (index, part) in rules::through_gateway(site).iter().enumerate() {
            let annotations = annotations::of(site, part, &health::of_gateway(), index == 0);
            let place = (GATEWAY_NAMESPACE, GATEWAY_SERVICE, site.object("gateway"), common(site));
            file.add(&ingress(site, part, annotations, place));
        }
        found.push(site.placed(GATEWAY_NAMESPACE, "ingress.yaml", file));
    }
    found
}

/// What a workload has of it, in the workload's file.
pub(crate) fn of_workload(site: Site<'_>, workload: &Workload, file: &mut File) {
    if site.topology.entry() == EntryPath::Mesh || workload.exposed().is_empty() {
        return;
    }
    let app = site.object(workload.name().as_str());
    let first = site.region.exposed().next().is_some_and(|(first, _)| first.name() == workload.name());
    for (index, part) in rules::straight(site, workload).iter().enumerate() {
        let health = health::of_workload(workload, part.grpc);
        let annotations = annotations::of(site, part, &health, first && index == 0);
        let place = (workload.namespace().as_str(), app.as_str(), app.clone(), labels_of(site, workload));
        file.add(&ingress(site, part, annotations, place));
    }
}

/// The ports that routes from outside lead to.
pub(crate) fn routed_ports(workload: &Workload) -> BTreeSet<u16> {
    workload.exposed().iter().filter_map(|route| workload.ports().get(&route.port)).copied().collect()
}

/// An Ingress into a namespace's Service: `place` is namespace, Service, name, labels.
fn ingress(site: Site<'_>, part: &Part, annotations: Labels, place: (&str, &str, String, Labels)) -> Ingress {
    let (namespace, service, name, labels) = place;
    let mut meta = metadata(format!("{name}{}", part.suffix()), Some(namespace), labels);
    meta.annotations = Some(annotations);
    let hosts: BTreeSet<&str> = part.rules.iter().map(|rule| rule.host.as_str()).collect();
    let rule = |host: &&str| IngressRule {
        host: Some((*host).to_owned()),
        http: Some(HTTPIngressRuleValue {
            paths: part.rules.iter().filter(|rule| rule.host == **host).map(|rule| path(rule, service)).collect(),
        }),
    };
    Ingress {
        metadata: meta,
        spec: Some(IngressSpec {
            ingress_class_name: Some(class::name(site)),
            rules: Some(hosts.iter().map(rule).collect()),
            // Only names, by which the controller finds the certificates in ACM: their ARNs are known once they exist.
            tls: Some(vec![IngressTLS {
                hosts: Some(hosts.iter().map(|host| (*host).to_owned()).collect()),
                ..IngressTLS::default()
            }]),
            ..IngressSpec::default()
        }),
        ..Ingress::default()
    }
}

fn path(rule: &Rule, service: &str) -> HTTPIngressPath {
    HTTPIngressPath {
        path: Some(rule.path.clone()),
        path_type: if rule.exact { "Exact" } else { "Prefix" }.to_owned(),
        backend: IngressBackend {
            service: Some(IngressServiceBackend {
                name: service.to_owned(),
                port: Some(ServiceBackendPort { number: Some(rule.port.into()), ..ServiceBackendPort::default() }),
            }),
            ..IngressBackend::default()
        },
    }
}

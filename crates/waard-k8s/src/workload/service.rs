//! The Service of a workload, inside the cluster only: requests from outside have one way in, and it isn't this.

use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use waard_model::name::PortName;
use waard_model::topology::Workload;

use crate::Site;
use crate::labels::{APP, metadata, of_workload};

pub(super) fn service(site: Site<'_>, workload: &Workload) -> Service {
    let app = site.object(workload.name().as_str());
    let ports = workload.ports().iter().map(|(name, port)| ServicePort {
        name: Some(name.to_string()),
        port: (*port).into(),
        target_port: Some(IntOrString::String(name.to_string())),
        protocol: Some("TCP".to_owned()),
        app_protocol: protocol(workload, name).map(str::to_owned),
        ..ServicePort::default()
    });
    Service {
        metadata: metadata(app.clone(), Some(workload.namespace().as_str()), of_workload(site, workload)),
        spec: Some(ServiceSpec {
            type_: Some("ClusterIP".to_owned()),
            selector: Some([(APP.to_owned(), app)].into()),
            ports: Some(ports.collect()),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    }
}

/// What is spoken on a port, where the topology shows it: HTTP where there are routes, metrics or HTTP probes, or where the name says it.
fn protocol(workload: &Workload, name: &PortName) -> Option<&'static str> {
    let word = first_word(name);
    let probes = workload.probes();
    let asked = [&probes.startup, &probes.readiness, &probes.liveness]
        .into_iter()
        .flatten()
        .any(|probe| probe.port == *name && probe.path.is_some());
    let metrics = workload.spec().metrics.as_ref().is_some_and(|metrics| metrics.port == *name);
    let routed = workload.exposed().iter().any(|route| route.port == *name);
    match word {
        "grpc" => Some("grpc"),
        "http" => Some("http"),
        _ if asked || metrics || routed => Some("http"),
        _ => None,
    }
}

/// True if gRPC is spoken on a port: its name says so.
pub(crate) fn speaks_grpc(name: &PortName) -> bool {
    first_word(name) == "grpc"
}

fn first_word(name: &PortName) -> &str {
    name.as_str().split('-').next().unwrap_or_default()
}

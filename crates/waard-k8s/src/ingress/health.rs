//! How the load balancer finds out that a target can take requests: what the kubelet asks for readiness, too.

use std::collections::BTreeSet;

use waard_model::topology::Workload;
use waard_model::topology::reserved::GATEWAY_STATUS_PORT;

use crate::workload::speaks_grpc;

/// What the load balancer asks its targets.
pub(super) struct Health {
    /// The port, or that of the requests.
    pub(super) port: Option<u16>,
    /// The path.
    pub(super) path: String,
    /// Answers that are good.
    pub(super) codes: &'static str,
}

/// What the kubelet takes for success. Source: Kubernetes, "Configure Liveness, Readiness and Startup Probes".
const SUCCESS: &str = "200-399";
/// Any answer: a process that listens, which is all that is known to mean ready where no path says it.
const ANSWERS: &str = "200-499";

/// The gateway's own answer: it has its configuration and takes requests.
pub(super) fn of_gateway() -> Health {
    Health { port: Some(GATEWAY_STATUS_PORT), path: "/healthz/ready".to_owned(), codes: "200" }
}

/// The readiness path of a workload. Where gRPC is spoken, health checks are HTTP/2 too, and only its own port surely
/// understands them.
pub(super) fn of_workload(workload: &Workload, grpc: bool) -> Health {
    let ready = workload.probes().readiness.as_ref().filter(|_| !grpc);
    match ready.and_then(|probe| Some((probe.path.as_ref()?, workload.ports().get(&probe.port)?))) {
        Some((path, port)) => Health { port: Some(*port), path: path.to_string(), codes: SUCCESS },
        None => Health { port: None, path: "/".to_owned(), codes: ANSWERS },
    }
}

/// The ports on which the load balancer reaches a workload's pods, if it sends requests straight to them.
pub(crate) fn balanced_ports(workload: &Workload) -> BTreeSet<u16> {
    let mut ports = super::routed_ports(workload);
    if workload.exposed().iter().any(|route| !speaks_grpc(&route.port)) {
        ports.extend(of_workload(workload, false).port);
    }
    ports
}

//! A namespace: its pod security, and the network policy that everything else is an exception to.

use k8s_openapi::api::core::v1::Namespace as NamespaceObject;
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicySpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use waard_model::spec::{EntryPath, PodSecurityLevel};
use waard_model::topology::reserved;

use crate::file::File;
use crate::labels::{Labels, Wave, common, in_wave, labels, metadata};
use crate::{Placed, Site, mesh, network, quota};

/// The file of each namespace of the platform.
pub(crate) fn files(site: Site<'_>) -> Vec<Placed> {
    site.namespaces().into_iter().map(|name| namespace(site, name)).collect()
}

fn namespace(site: Site<'_>, namespace: &str) -> Placed {
    let mut file = File::new(site.region.path(), &site.region.path());
    file.add(&NamespaceObject {
        metadata: in_wave(Wave::Ground, metadata(namespace.to_owned(), None, namespace_labels(site, namespace))),
        ..NamespaceObject::default()
    });
    file.add(&policy(site, namespace, reserved::DEFAULT_DENY, NetworkPolicySpec::default()));
    let dns = NetworkPolicySpec { egress: Some(vec![network::dns()]), ..NetworkPolicySpec::default() };
    file.add(&policy(site, namespace, reserved::ALLOW_DNS, dns));
    if site.has_mesh() && site.has_workloads(namespace) {
        let mesh =
            NetworkPolicySpec { egress: Some(vec![network::mesh_control_plane()]), ..NetworkPolicySpec::default() };
        file.add(&policy(site, namespace, reserved::ALLOW_MESH_CONTROL_PLANE, mesh));
    }
    mesh::of_namespace(site, namespace, &mut file);
    quota::of_namespace(site, namespace, &mut file);
    site.placed(namespace, "namespace.yaml", file)
}

fn namespace_labels(site: Site<'_>, namespace: &str) -> Labels {
    let mut all = secured(site, site.topology.spec().pod_security.level);
    let mut set = |key: &str, value: &str| all.insert(key.to_owned(), value.to_owned());
    if site.has_mesh() && site.has_workloads(namespace) {
        set("istio-injection", "enabled");
    }
    let exposed = |workload: &waard_model::topology::Workload| {
        workload.namespace().as_str() == namespace && !workload.exposed().is_empty()
    };
    if site.topology.entry() == EntryPath::Direct && site.region.workloads().values().any(|workload| exposed(workload))
    {
        // Pods become ready only once the load balancer sends them requests.
        set("elbv2.k8s.aws/pod-readiness-gate-inject", "enabled");
    }
    all
}

/// The labels of a namespace that refuses pods below a level, as the cluster's own version has it.
pub(crate) fn secured(site: Site<'_>, level: PodSecurityLevel) -> Labels {
    let version = format!("v{}", site.region.cluster().version());
    let mut all = common(site);
    all.extend(labels([
        ("pod-security.kubernetes.io/enforce", level.as_str()),
        ("pod-security.kubernetes.io/enforce-version", &version),
        ("pod-security.kubernetes.io/audit", "restricted"),
        ("pod-security.kubernetes.io/audit-version", &version),
        ("pod-security.kubernetes.io/warn", "restricted"),
        ("pod-security.kubernetes.io/warn-version", &version),
    ]));
    all
}

/// A policy for every pod of a namespace.
pub(crate) fn policy(site: Site<'_>, namespace: &str, name: &str, spec: NetworkPolicySpec) -> NetworkPolicy {
    let types = if spec.egress.is_some() { vec!["Egress"] } else { vec!["Ingress", "Egress"] };
    NetworkPolicy {
        metadata: in_wave(Wave::Access, metadata(name.to_owned(), Some(namespace), common(site))),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(LabelSelector::default()),
            policy_types: Some(types.into_iter().map(str::to_owned).collect()),
            ..spec
        }),
    }
}

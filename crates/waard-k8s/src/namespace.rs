//! A namespace: its pod security, and the network policy that everything else is an exception to.

use k8s_openapi::api::core::v1::Namespace as NamespaceObject;
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicySpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use waard_model::artifact::Artifact;
use waard_model::name::Namespace;
use waard_model::spec::EntryPath;
use waard_model::topology::reserved;

use crate::Site;
use crate::file::File;
use crate::labels::{Labels, Wave, in_wave, labels, metadata};
use crate::network;

/// The namespace's file.
pub(crate) fn namespace(site: Site<'_>, namespace: &Namespace) -> Artifact {
    let mut file = File::new(site.region.path(), &site.region.path());
    file.add(&NamespaceObject {
        metadata: in_wave(
            Wave::Ground,
            metadata(namespace.as_str().to_owned(), None, namespace_labels(site, namespace)),
        ),
        ..NamespaceObject::default()
    });
    file.add(&policy(site, namespace, reserved::DEFAULT_DENY, NetworkPolicySpec::default()));
    let dns = NetworkPolicySpec { egress: Some(vec![network::dns()]), ..NetworkPolicySpec::default() };
    file.add(&policy(site, namespace, reserved::ALLOW_DNS, dns));
    if site.has_mesh() {
        let mesh =
            NetworkPolicySpec { egress: Some(vec![network::mesh_control_plane()]), ..NetworkPolicySpec::default() };
        file.add(&policy(site, namespace, reserved::ALLOW_MESH_CONTROL_PLANE, mesh));
    }
    file.finish(site.file(Some(namespace.as_str()), "namespace.yaml"))
}

fn namespace_labels(site: Site<'_>, namespace: &Namespace) -> Labels {
    let version = format!("v{}", site.region.cluster().version());
    let level = site.topology.spec().pod_security.level.as_str();
    let mut labels = labels([
        ("app.kubernetes.io/managed-by", "waard"),
        ("app.kubernetes.io/part-of", site.topology.platform().as_str()),
        ("pod-security.kubernetes.io/enforce", level),
        ("pod-security.kubernetes.io/enforce-version", &version),
        ("pod-security.kubernetes.io/audit", "restricted"),
        ("pod-security.kubernetes.io/audit-version", &version),
        ("pod-security.kubernetes.io/warn", "restricted"),
        ("pod-security.kubernetes.io/warn-version", &version),
    ]);
    let mut set = |key: &str, value: &str| labels.insert(key.to_owned(), value.to_owned());
    if site.has_mesh() {
        set("istio-injection", "enabled");
    }
    let exposed = |workload: &waard_model::topology::Workload| {
        workload.namespace() == namespace && !workload.exposed().is_empty()
    };
    if network::entry(site) == EntryPath::Direct && site.region.workloads().values().any(|workload| exposed(workload)) {
        // Pods become ready only once the load balancer sends them requests.
        set("elbv2.k8s.aws/pod-readiness-gate-inject", "enabled");
    }
    labels
}

/// A policy for every pod of a namespace.
fn policy(site: Site<'_>, namespace: &Namespace, name: &str, spec: NetworkPolicySpec) -> NetworkPolicy {
    let common = labels([
        ("app.kubernetes.io/managed-by", "waard"),
        ("app.kubernetes.io/part-of", site.topology.platform().as_str()),
    ]);
    let types = if spec.egress.is_some() { vec!["Egress"] } else { vec!["Ingress", "Egress"] };
    NetworkPolicy {
        metadata: in_wave(Wave::Access, metadata(name.to_owned(), Some(namespace.as_str()), common)),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(LabelSelector::default()),
            policy_types: Some(types.into_iter().map(str::to_owned).collect()),
            ..spec
        }),
    }
}

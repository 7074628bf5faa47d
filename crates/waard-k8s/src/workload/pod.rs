//! The pod of a workload: what passes the restricted Pod Security Standard and lands on a node that takes it.
//!
//! Source: Kubernetes, "Pod Security Standards", restricted.

use k8s_openapi::api::core::v1::{
    Affinity, Container, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodSecurityContext,
    PodSpec, PodTemplateSpec, SeccompProfile, Toleration, TopologySpreadConstraint,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use waard_model::spec::{Architecture, AutoscalerKind, ContainerRole, Strictness, ZoneLayout};
use waard_model::topology::reserved::WORKLOAD_TYPE;
use waard_model::topology::{Placement, Workload};

use super::{container, volumes, with};
use crate::Site;
use crate::cluster::priority_class;
use crate::kafka::client;
use crate::labels::{Labels, selects_app};
use crate::network::POD_IDENTITY;

pub(crate) const ZONE: &str = "topology.kubernetes.io/zone";
pub(crate) const HOST: &str = "kubernetes.io/hostname";
const ARCHITECTURE: &str = "kubernetes.io/arch";

/// The pod template of a workload's main pods.
pub(super) fn template(site: Site<'_>, workload: &Workload, labels: Labels) -> PodTemplateSpec {
    let further = |role: ContainerRole| {
        let chosen = workload.spec().containers.iter().filter(move |(_, spec)| spec.role == role);
        chosen.map(move |(name, spec)| container::further(site, workload, name, spec)).collect::<Vec<Container>>()
    };
    // A sidecar is an init container that goes on: it is there before the main container and stops after it.
    let mut first = further(ContainerRole::Sidecar);
    first.extend(further(ContainerRole::Init));
    let spec = PodSpec {
        init_containers: (!first.is_empty()).then_some(first),
        containers: vec![container::main(site, workload)],
        volumes: with(volumes::volumes(workload), client::volumes(site, workload)),
        ..base(site, workload)
    };
    let mut metadata = pod_metadata(site, labels);
    if let Some(merged) = merged_metrics(site, workload) {
        metadata.annotations.get_or_insert_default().extend(merged);
    }
    PodTemplateSpec { metadata: Some(metadata), spec: Some(spec) }
}

/// Labels of the pod, and what the mesh's proxy in it may use.
fn pod_metadata(site: Site<'_>, labels: Labels) -> ObjectMeta {
    let annotations = site.topology.spec().mesh.as_ref().map(|mesh| {
        crate::labels::labels([
            // Started before every other container and stopped after them: a run ends although its proxy would go on.
            ("sidecar.istio.io/nativeSidecar", "true"),
            ("sidecar.istio.io/proxyCPU", &mesh.proxy.cpu.to_string()),
            ("sidecar.istio.io/proxyMemory", &mesh.proxy.memory.to_string()),
            ("sidecar.istio.io/proxyMemoryLimit", &mesh.proxy.memory.to_string()),
            // AWS credentials come from the node itself: they neither wait for the proxy nor pass through it.
            ("traffic.sidecar.istio.io/excludeOutboundIPRanges", POD_IDENTITY),
        ])
    });
    ObjectMeta { labels: Some(labels), annotations, ..ObjectMeta::default() }
}

/// The same for a pod that runs to its end: an autoscaler that tidies up doesn't stop it half way.
/// Sources: Cluster Autoscaler FAQ; Karpenter documentation, "Disruption", pod-level controls.
pub(super) fn run_metadata(site: Site<'_>, labels: Labels) -> ObjectMeta {
    let mut metadata = pod_metadata(site, labels);
    let (key, value) = match site.region.cluster().settings().autoscaler.kind {
        AutoscalerKind::ClusterAutoscaler => ("cluster-autoscaler.kubernetes.io/safe-to-evict", "false"),
        AutoscalerKind::Karpenter => ("karpenter.sh/do-not-disrupt", "true"),
    };
    metadata.annotations.get_or_insert_default().extend([(key.to_owned(), value.to_owned())]);
    metadata
}

/// Where the mesh's proxy finds the application's metrics. It serves them beside its own, through the one port that
/// a scrape without the mesh's certificates may reach. Source: Istio documentation, "Prometheus", metrics merging.
fn merged_metrics(site: Site<'_>, workload: &Workload) -> Option<Labels> {
    let metrics = workload.spec().metrics.as_ref().filter(|_| site.has_mesh())?;
    let port = workload.ports().get(&metrics.port)?;
    Some(crate::labels::labels([
        ("prometheus.io/scrape", "true"),
        ("prometheus.io/port", &port.to_string()),
        ("prometheus.io/path", metrics.path.as_str()),
    ]))
}

/// A pod without containers: identity, security, placement.
pub(super) fn base(site: Site<'_>, workload: &Workload) -> PodSpec {
    let placement = site.region.placement(workload.name().as_str());
    let selector = node_selector(workload, &placement);
    PodSpec {
        service_account_name: Some(site.object(workload.name().as_str())),
        automount_service_account_token: Some(false),
        // Every Service of the namespace as a variable slows starts down and helps nobody.
        enable_service_links: Some(false),
        priority_class_name: workload.spec().priority.map(|priority| priority_class(site, priority)),
        security_context: Some(security_context(workload)),
        affinity: affinity(workload, &placement),
        node_selector: selector,
        tolerations: tolerations(&placement),
        termination_grace_period_seconds: Some(i64::from(workload.shutdown().grace().as_secs_i32())),
        containers: Vec::new(),
        ..PodSpec::default()
    }
}

fn security_context(workload: &Workload) -> PodSecurityContext {
    let user = i64::from(workload.user());
    PodSecurityContext {
        run_as_non_root: Some(true),
        run_as_user: Some(user),
        run_as_group: Some(user),
        fs_group: Some(user),
        fs_group_change_policy: Some("OnRootMismatch".to_owned()),
        seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), ..SeccompProfile::default() }),
        ..PodSecurityContext::default()
    }
}

/// A plain selector where one value says it all.
pub(crate) fn node_selector(workload: &Workload, placement: &Placement<'_>) -> Option<Labels> {
    let mut labels = Labels::new();
    if let (true, [group]) = (placement.is_dedicated(), placement.groups()) {
        labels.insert(WORKLOAD_TYPE.to_owned(), group.name().to_string());
    }
    if let [architecture] = workload.spec().architectures.as_slice() {
        labels.insert(ARCHITECTURE.to_owned(), architecture.to_string());
    }
    (!labels.is_empty()).then_some(labels)
}

/// Affinity where a selector can't say it: one of several groups.
pub(crate) fn affinity(workload: &Workload, placement: &Placement<'_>) -> Option<Affinity> {
    let mut expressions = Vec::new();
    let among = |key: &str, values: Vec<String>| NodeSelectorRequirement {
        key: key.to_owned(),
        operator: "In".to_owned(),
        values: Some(values),
    };
    if placement.is_dedicated() && placement.groups().len() > 1 {
        expressions
            .push(among(WORKLOAD_TYPE, placement.groups().iter().map(|group| group.name().to_string()).collect()));
    }
    let architectures = &workload.spec().architectures;
    if architectures.len() > 1 && Architecture::ALL.iter().any(|each| !architectures.contains(each)) {
        expressions.push(among(ARCHITECTURE, architectures.iter().map(ToString::to_string).collect()));
    }
    (!expressions.is_empty()).then(|| Affinity {
        node_affinity: Some(NodeAffinity {
            required_during_scheduling_ignored_during_execution: Some(NodeSelector {
                node_selector_terms: vec![NodeSelectorTerm {
                    match_expressions: Some(expressions),
                    ..NodeSelectorTerm::default()
                }],
            }),
            ..NodeAffinity::default()
        }),
        ..Affinity::default()
    })
}

pub(crate) fn tolerations(placement: &Placement<'_>) -> Option<Vec<Toleration>> {
    let tolerate = |taint: &&waard_model::name::TaintSpec| Toleration {
        key: Some(taint.key().to_string()),
        operator: Some("Equal".to_owned()),
        value: Some(taint.value().to_string()),
        effect: Some(taint.effect().as_str().to_owned()),
        ..Toleration::default()
    };
    let tolerations: Vec<Toleration> = placement.taints().iter().map(tolerate).collect();
    (!tolerations.is_empty()).then_some(tolerations)
}

/// How the pods of a service are spread over zones and nodes.
pub(crate) fn spread(site: Site<'_>, workload: &Workload, app: &str) -> Vec<TopologySpreadConstraint> {
    let over = |key: &str, strictness: Strictness| TopologySpreadConstraint {
        max_skew: 1,
        topology_key: key.to_owned(),
        when_unsatisfiable: match strictness {
            Strictness::Hard => "DoNotSchedule",
            Strictness::Soft => "ScheduleAnyway",
        }
        .to_owned(),
        label_selector: Some(selects_app(app.to_owned())),
        // Each release is spread by itself, and only over nodes that the pods may run on.
        match_label_keys: Some(vec!["pod-template-hash".to_owned()]),
        node_taints_policy: Some("Honor".to_owned()),
        ..TopologySpreadConstraint::default()
    };
    vec![over(ZONE, over_zones(site, workload)), over(HOST, workload.spread().nodes)]
}

/// Whether a pod waits rather than stand in a zone that has more of them already.
pub(crate) fn over_zones(site: Site<'_>, workload: &Workload) -> Strictness {
    let placement = site.region.placement(workload.name().as_str());
    let zonal = placement.groups().iter().all(|group| group.zones() == ZoneLayout::Each);
    // A pod that waits for a zone in which no node can be asked for waits for ever.
    workload.spread().zones.unwrap_or(if zonal { Strictness::Hard } else { Strictness::Soft })
}

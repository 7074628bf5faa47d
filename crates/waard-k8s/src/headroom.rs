//! Room that is kept free, so that scaling needn't wait for nodes.
//!
//! Pods that do nothing request what the workload's pods do, on the same nodes. A pod of the workload that finds no room
//! takes the place of one of them at once; that one then waits, and the autoscaler starts the node that it needs.
//! Source: Cluster Autoscaler FAQ, "How can I configure overprovisioning with Cluster Autoscaler?".

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec};
use k8s_openapi::api::core::v1::{
    Capabilities, Container, PodSecurityContext, PodSpec, PodTemplateSpec, ResourceRequirements, SeccompProfile,
    SecurityContext, ServiceAccount,
};
use k8s_openapi::api::scheduling::v1::PriorityClass;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use waard_catalog::catalog;
use waard_model::quantity::Bytes;
use waard_model::spec::WorkloadKind;
use waard_model::topology::{PodRequests, Workload};

use crate::Site;
use crate::file::File;
use crate::labels::{APP, Labels, Wave, common, in_wave, metadata, selects_app};
use crate::workload::pod;

/// The priority of pods that hold room: below every pod of the platform, and the lowest for which Cluster Autoscaler
/// still adds nodes. Source: Cluster Autoscaler FAQ, `--expendable-pods-priority-cutoff`.
pub(crate) const PRIORITY: i32 = -10;

/// The user that the image itself names. Source: kubernetes/kubernetes `build/pause/Makefile`.
const USER: i64 = 65_535;

/// How many pods hold room for a workload in a cluster. A dark region has no pods at all.
pub(crate) fn pods(site: Site<'_>, workload: &Workload) -> Option<u16> {
    let count = workload.spec().headroom.filter(|count| *count > 0)?;
    (workload.kind() == WorkloadKind::Service && !site.region.is_dark()).then_some(count)
}

/// The class of the pods that hold room, where there are any.
pub(crate) fn priority_class(site: Site<'_>) -> Option<PriorityClass> {
    site.region.workloads().values().any(|workload| pods(site, workload).is_some()).then(|| PriorityClass {
        metadata: in_wave(Wave::Ground, metadata(class(site), None, common(site))),
        value: PRIORITY,
        // They give way, and never take another pod's place.
        preemption_policy: Some("Never".to_owned()),
        description: Some(format!(
            "Pods that hold room for those of {}, and give way to them.",
            site.topology.platform()
        )),
        ..PriorityClass::default()
    })
}

fn class(site: Site<'_>) -> String {
    site.object("headroom")
}

/// What a workload has of it, in the workload's file.
pub(crate) fn of_workload(site: Site<'_>, workload: &Workload, file: &mut File) {
    let Some(count) = pods(site, workload) else {
        return;
    };
    let app = site.object(&format!("{}-headroom", workload.name()));
    let namespace = Some(workload.namespace().as_str());
    let labels = labels(site, workload, &app);
    // An account of its own: the workload's has rights in AWS.
    file.add(&ServiceAccount {
        metadata: in_wave(Wave::Access, metadata(app.clone(), namespace, labels.clone())),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    });
    file.add(&Deployment {
        metadata: metadata(app.clone(), namespace, labels.clone()),
        spec: Some(DeploymentSpec {
            replicas: Some(count.into()),
            revision_history_limit: Some(1),
            selector: selects_app(app.clone()),
            template: template(site, workload, &app, labels),
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    });
}

/// Labels that no Service, budget or policy of the workload selects.
fn labels(site: Site<'_>, workload: &Workload, app: &str) -> Labels {
    let mut labels = common(site);
    for (key, value) in [
        (APP, app),
        ("app.kubernetes.io/component", "headroom"),
        ("app.kubernetes.io/name", &format!("{}-headroom", workload.name())),
    ] {
        labels.insert(key.to_owned(), value.to_owned());
    }
    labels
}

fn template(site: Site<'_>, workload: &Workload, app: &str, mut labels: Labels) -> PodTemplateSpec {
    if site.has_mesh() {
        // What the proxy would request is in what they request already.
        labels.insert("sidecar.istio.io/inject".to_owned(), "false".to_owned());
    }
    let placement = site.region.placement(workload.name().as_str());
    let image = catalog().image("pause").map_or("registry.k8s.io/pause:3.10", |image| image.reference.as_str());
    let container = Container {
        name: "headroom".to_owned(),
        image: Some(image.to_owned()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        resources: Some(resources(workload.pod_requests(site.topology.spec().mesh.as_ref()))),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), ..Capabilities::default() }),
            read_only_root_filesystem: Some(true),
            ..SecurityContext::default()
        }),
        ..Container::default()
    };
    let spec = PodSpec {
        service_account_name: Some(app.to_owned()),
        automount_service_account_token: Some(false),
        enable_service_links: Some(false),
        priority_class_name: Some(class(site)),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            run_as_user: Some(USER),
            run_as_group: Some(USER),
            seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), ..SeccompProfile::default() }),
            ..PodSecurityContext::default()
        }),
        affinity: pod::affinity(workload, &placement),
        node_selector: pod::node_selector(workload, &placement),
        tolerations: pod::tolerations(&placement),
        topology_spread_constraints: Some(pod::spread(site, workload, app)),
        // The room is needed now.
        termination_grace_period_seconds: Some(1),
        containers: vec![container],
        ..PodSpec::default()
    };
    PodTemplateSpec { metadata: Some(ObjectMeta { labels: Some(labels), ..ObjectMeta::default() }), spec: Some(spec) }
}

/// What the scheduler counts for a pod of the workload, asked for by one container.
fn resources(requests: PodRequests) -> ResourceRequirements {
    let memory = Quantity(match u32::try_from(requests.memory >> 20) {
        Ok(mebibytes) if requests.memory.is_multiple_of(1 << 20) => Bytes::mebibytes(mebibytes).to_string(),
        _ => format!("{}Ki", requests.memory.div_ceil(1024)),
    });
    let mut asked = BTreeMap::from([
        ("cpu".to_owned(), Quantity(format!("{}m", requests.cpu_millis))),
        ("memory".to_owned(), memory.clone()),
    ]);
    let mut limits = BTreeMap::from([("memory".to_owned(), memory)]);
    if requests.gpus > 0 {
        for list in [&mut asked, &mut limits] {
            list.insert("nvidia.com/gpu".to_owned(), Quantity(requests.gpus.to_string()));
        }
    }
    ResourceRequirements { requests: Some(asked), limits: Some(limits), ..ResourceRequirements::default() }
}

//! The pods of Cluster Autoscaler.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment};
use k8s_openapi::api::core::v1::{
    Affinity, Capabilities, Container, ContainerPort, EnvVar, HTTPGetAction, NodeAffinity, NodeSelectorRequirement,
    NodeSelectorTerm, PodSecurityContext, PodSpec, PodTemplateSpec, PreferredSchedulingTerm, Probe,
    ResourceRequirements, SeccompProfile, SecurityContext, TopologySpreadConstraint,
};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use waard_catalog::{Compatibility, Minor, catalog};
use waard_model::spec::WorkKind;
use waard_model::topology::reserved::WORKLOAD_TYPE;

use super::{NAME, PORT, early, flags, own_labels};
use crate::Site;
use crate::labels::selects_app;
use crate::workload::pod::{HOST, ZONE};

/// The port of `--address`. Source: Cluster Autoscaler FAQ.
const NUMBER: i32 = 8085;
/// Nobody, as its example has it.
const USER: i64 = 65_534;

/// The newest patch of the release line of the cluster's minor; of the nearest older one where the catalog knows none,
/// which the catalog then says of the topology.
fn image(site: Site<'_>) -> String {
    let minor = Minor::new(1, site.region.cluster().version().number());
    let component = catalog().component(NAME);
    let release = component.and_then(|component| match component.for_cluster(minor) {
        Compatibility::Supported(release) => Some(release),
        _ => component.releases.iter().rfind(|release| release.from <= minor).or(component.releases.first()),
    });
    release
        .and_then(|release| release.image.clone())
        .unwrap_or_else(|| format!("registry.k8s.io/autoscaling/cluster-autoscaler:v{minor}.0"))
}

pub(super) fn deployment(site: Site<'_>) -> Deployment {
    let spec = &site.region.cluster().settings().autoscaler;
    Deployment {
        metadata: early(site, true),
        spec: Some(DeploymentSpec {
            replicas: Some(spec.replicas.into()),
            revision_history_limit: Some(5),
            selector: selects_app(NAME.to_owned()),
            strategy: Some(DeploymentStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: Some(RollingUpdateDeployment {
                    max_surge: Some(IntOrString::Int(1)),
                    max_unavailable: Some(IntOrString::Int(0)),
                }),
            }),
            template: template(site),
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

fn template(site: Site<'_>) -> PodTemplateSpec {
    let spread = |key: &str| TopologySpreadConstraint {
        max_skew: 1,
        topology_key: key.to_owned(),
        when_unsatisfiable: "ScheduleAnyway".to_owned(),
        label_selector: Some(selects_app(NAME.to_owned())),
        match_label_keys: Some(vec!["pod-template-hash".to_owned()]),
        node_taints_policy: Some("Honor".to_owned()),
        ..TopologySpreadConstraint::default()
    };
    let spec = PodSpec {
        service_account_name: Some(NAME.to_owned()),
        // It talks to the Kubernetes API.
        automount_service_account_token: Some(true),
        enable_service_links: Some(false),
        priority_class_name: Some("system-cluster-critical".to_owned()),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            run_as_user: Some(USER),
            run_as_group: Some(USER),
            fs_group: Some(USER),
            seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), ..SeccompProfile::default() }),
            ..PodSecurityContext::default()
        }),
        affinity: affinity(site),
        topology_spread_constraints: Some(vec![spread(ZONE), spread(HOST)]),
        termination_grace_period_seconds: Some(30),
        containers: vec![container(site)],
        ..PodSpec::default()
    };
    PodTemplateSpec {
        metadata: Some(ObjectMeta { labels: Some(own_labels(site)), ..ObjectMeta::default() }),
        spec: Some(spec),
    }
}

/// Rather on nodes for the cluster itself than on others that take every pod; taints keep it off the rest.
fn affinity(site: Site<'_>) -> Option<Affinity> {
    let system = site.region.cluster().node_groups().values();
    let names: Vec<String> = system
        .filter(|group| group.work() == WorkKind::System && group.takes_everything())
        .map(|group| group.name().to_string())
        .collect();
    (!names.is_empty()).then(|| Affinity {
        node_affinity: Some(NodeAffinity {
            preferred_during_scheduling_ignored_during_execution: Some(vec![PreferredSchedulingTerm {
                weight: 100,
                preference: NodeSelectorTerm {
                    match_expressions: Some(vec![NodeSelectorRequirement {
                        key: WORKLOAD_TYPE.to_owned(),
                        operator: "In".to_owned(),
                        values: Some(names),
                    }]),
                    ..NodeSelectorTerm::default()
                },
            }]),
            ..NodeAffinity::default()
        }),
        ..Affinity::default()
    })
}

fn container(site: Site<'_>) -> Container {
    let spec = &site.region.cluster().settings().autoscaler;
    let memory = ("memory".to_owned(), Quantity(spec.memory.to_string()));
    let probe = |period: i32, failures: i32| Probe {
        http_get: Some(HTTPGetAction {
            path: Some("/health-check".to_owned()),
            port: IntOrString::String(PORT.to_owned()),
            ..HTTPGetAction::default()
        }),
        period_seconds: Some(period),
        timeout_seconds: Some(5),
        failure_threshold: Some(failures),
        ..Probe::default()
    };
    let variable =
        |name: &str, value: &str| EnvVar { name: name.to_owned(), value: Some(value.to_owned()), ..EnvVar::default() };
    Container {
        name: NAME.to_owned(),
        image: Some(image(site)),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        command: Some(vec!["./cluster-autoscaler".to_owned()]),
        args: Some(flags::flags(site)),
        env: Some(vec![
            // Said, so that it needn't ask the instance's metadata service, which pods don't reach.
            variable("AWS_REGION", site.region.name().as_str()),
            variable("AWS_STS_REGIONAL_ENDPOINTS", "regional"),
        ]),
        ports: Some(vec![ContainerPort {
            name: Some(PORT.to_owned()),
            container_port: NUMBER,
            protocol: Some("TCP".to_owned()),
            ..ContainerPort::default()
        }]),
        resources: Some(ResourceRequirements {
            requests: Some(BTreeMap::from([("cpu".to_owned(), Quantity(spec.cpu.to_string())), memory.clone()])),
            limits: Some(BTreeMap::from([memory])),
            ..ResourceRequirements::default()
        }),
        readiness_probe: Some(probe(10, 3)),
        liveness_probe: Some(probe(30, 3)),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), ..Capabilities::default() }),
            read_only_root_filesystem: Some(true),
            ..SecurityContext::default()
        }),
        ..Container::default()
    }
}

/// One leads and the others wait: a drain takes them one by one.
pub(super) fn budget(site: Site<'_>) -> Option<PodDisruptionBudget> {
    (site.region.cluster().settings().autoscaler.replicas > 1).then(|| PodDisruptionBudget {
        metadata: early(site, true),
        spec: Some(PodDisruptionBudgetSpec {
            selector: Some(selects_app(NAME.to_owned())),
            max_unavailable: Some(IntOrString::Int(1)),
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    })
}

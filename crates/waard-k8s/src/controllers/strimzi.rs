//! Strimzi's cluster operator: runs Kafka.

use k8s_openapi::api::core::v1::{EnvVar, PodSecurityContext, TopologySpreadConstraint};
use serde::Serialize;
use waard_catalog::Installed;

use super::values::{Enabled, ON, Resources, pod_security, replicas, spread};
use super::written;
use crate::Site;

const NAME: &str = "strimzi-cluster-operator";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    extra_envs: Vec<EnvVar>,
    generate_network_policy: bool,
    leader_election: Enable,
    pod_disruption_budget: Enabled,
    pod_security_context: PodSecurityContext,
    replicas: u32,
    resources: Resources,
    topology_spread_constraints: Vec<TopologySpreadConstraint>,
    watch_any_namespace: bool,
}

#[derive(Serialize)]
struct Enable {
    enable: bool,
}

pub(super) fn values(_: Site<'_>, installed: &Installed) -> String {
    let provider = EnvVar {
        name: "STRIMZI_POD_SECURITY_PROVIDER_CLASS".to_owned(),
        value: Some("restricted".to_owned()),
        ..EnvVar::default()
    };
    written(&Values {
        // Every pod that it makes passes the restricted level.
        extra_envs: vec![provider],
        // The platform's own policies say who reaches Kafka.
        generate_network_policy: false,
        leader_election: Enable { enable: true },
        pod_disruption_budget: ON,
        pod_security_context: pod_security(),
        replicas: replicas(installed, NAME),
        resources: Resources::of("strimzi", NAME, NAME),
        topology_spread_constraints: spread([("name", NAME)]),
        // With a list, the chart would put roles into namespaces that come only with the platform, after it.
        watch_any_namespace: true,
    })
}

//! metrics-server, where EKS doesn't bring it: autoscalers ask it for CPU and memory.

use k8s_openapi::api::core::v1::TopologySpreadConstraint;
use serde::Serialize;
use waard_catalog::Installed;

use super::values::{Budget, Image, ONE_STAYS, Resources, replicas, spread_release};
use super::written;
use crate::Site;

const NAME: &str = "metrics-server";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image>,
    pod_disruption_budget: Budget,
    replicas: u32,
    resources: Resources,
    topology_spread_constraints: Vec<TopologySpreadConstraint>,
}

pub(super) fn values(_: Site<'_>, installed: &Installed) -> String {
    written(&Values {
        image: Image::of(installed),
        pod_disruption_budget: ONE_STAYS,
        replicas: replicas(installed, NAME),
        resources: Resources::of(NAME, NAME, NAME),
        topology_spread_constraints: spread_release(NAME, NAME),
    })
}

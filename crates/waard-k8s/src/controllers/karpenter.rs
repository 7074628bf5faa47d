//! Karpenter: starts the instances that pending pods need.

use k8s_openapi::api::core::v1::{Affinity, EnvVar, PodAffinityTerm, PodAntiAffinity, TopologySpreadConstraint};
use serde::Serialize;
use waard_catalog::Installed;

use super::values::{Account, Resources, account, region, replicas, spread_release};
use super::written;
use crate::Site;

const NAME: &str = "karpenter";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    affinity: Affinity,
    controller: Controller,
    replicas: u32,
    service_account: Account,
    settings: Settings,
    topology_spread_constraints: Vec<TopologySpreadConstraint>,
}

#[derive(Serialize)]
struct Controller {
    env: Vec<EnvVar>,
    resources: Resources,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    cluster_name: String,
    interruption_queue: String,
}

pub(super) fn values(site: Site<'_>, installed: &Installed) -> String {
    let cluster = site.region.cluster();
    // The chart insists on a node for each: on the last node that there is, one alone would wait for the one that
    // it can't start.
    let nobody: Vec<PodAffinityTerm> = Vec::new();
    written(&Values {
        affinity: Affinity {
            pod_anti_affinity: Some(PodAntiAffinity {
                required_during_scheduling_ignored_during_execution: Some(nobody),
                ..PodAntiAffinity::default()
            }),
            ..Affinity::default()
        },
        controller: Controller {
            env: region(site.region.name().as_str()),
            resources: Resources::of(NAME, NAME, "controller"),
        },
        replicas: replicas(installed, NAME),
        service_account: account(NAME),
        settings: Settings {
            cluster_name: cluster.name().to_owned(),
            interruption_queue: cluster.interruption_queue(),
        },
        topology_spread_constraints: spread_release(NAME, NAME),
    })
}

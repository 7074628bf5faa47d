//! External Secrets Operator: makes Secrets of what AWS Secrets Manager holds.

use k8s_openapi::api::core::v1::TopologySpreadConstraint;
use serde::Serialize;
use waard_catalog::Installed;

use super::values::{Account, Budget, Image, ONE_STAYS, Resources, account, replicas, spread_release};
use super::written;
use crate::Site;

const NAME: &str = "external-secrets";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    cert_controller: CertController,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image>,
    leader_elect: bool,
    pod_disruption_budget: Budget,
    replica_count: u32,
    resources: Resources,
    service_account: Account,
    topology_spread_constraints: Vec<TopologySpreadConstraint>,
    webhook: Webhook,
}

#[derive(Serialize)]
struct CertController {
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image>,
    resources: Resources,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Webhook {
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image>,
    pod_disruption_budget: Budget,
    replica_count: u32,
    resources: Resources,
    topology_spread_constraints: Vec<TopologySpreadConstraint>,
}

pub(super) fn values(_: Site<'_>, installed: &Installed) -> String {
    let webhook = "external-secrets-webhook";
    written(&Values {
        cert_controller: CertController {
            image: Image::of(installed),
            resources: Resources::of(NAME, "external-secrets-cert-controller", "cert-controller"),
        },
        image: Image::of(installed),
        leader_elect: true,
        pod_disruption_budget: ONE_STAYS,
        replica_count: replicas(installed, NAME),
        resources: Resources::of(NAME, NAME, NAME),
        service_account: account(NAME),
        topology_spread_constraints: spread_release(NAME, NAME),
        webhook: Webhook {
            image: Image::of(installed),
            // While no webhook answers, no store and no secret can be changed.
            pod_disruption_budget: ONE_STAYS,
            replica_count: replicas(installed, webhook),
            resources: Resources::of(NAME, webhook, "webhook"),
            topology_spread_constraints: spread_release(webhook, NAME),
        },
    })
}

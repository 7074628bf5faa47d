//! ExternalDNS: the public name of each region's load balancer, which the CDN and DNS steering lead to.

use k8s_openapi::api::core::v1::EnvVar;
use serde::Serialize;
use waard_catalog::Installed;

use super::values::{Account, Image, Map, Named, Resources, account, region};
use super::written;
use crate::Site;

const NAME: &str = "external-dns";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    domain_filters: Vec<String>,
    env: Vec<EnvVar>,
    extra_args: Map,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image>,
    log_format: &'static str,
    policy: &'static str,
    provider: Named,
    registry: &'static str,
    resources: Resources,
    service_account: Account,
    sources: &'static [&'static str],
    txt_owner_id: String,
}

pub(super) fn values(site: Site<'_>, installed: &Installed) -> String {
    written(&Values {
        // Nothing but names below the environment's own domain.
        domain_filters: vec![site.environment.domain().to_string()],
        env: region(site.region.name().as_str()),
        extra_args: Map::from([("aws-zone-type", "public".to_owned())]),
        image: Image::of(installed),
        log_format: "json",
        // A record goes with its load balancer. Only records that this cluster made are its own: a TXT record beside
        // each says so.
        policy: "sync",
        registry: "txt",
        txt_owner_id: site.region.cluster().name().to_owned(),
        provider: Named { name: "aws" },
        resources: Resources::of(NAME, NAME, NAME),
        service_account: account(NAME),
        // Services: those of Kafka brokers that a standby reads from.
        sources: &["ingress", "service"],
    })
}

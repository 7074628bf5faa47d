//! AWS Load Balancer Controller: makes load balancers of Ingresses, and of Services of its own class.

use k8s_openapi::api::core::v1::{PodSecurityContext, SecurityContext, TopologySpreadConstraint};
use serde::Serialize;
use waard_catalog::Installed;
use waard_model::spec::Shield;

use super::values::{
    Account, Image, Map, ONE_MAY_GO, OneMayGo, Resources, account, container_security, pod_security, replicas,
    spread_release,
};
use super::written;
use crate::Site;

const NAME: &str = "aws-load-balancer-controller";

/// The group of the projected token in AWS's own image, as the chart has it.
const GROUP: i64 = 65_534;

#[expect(clippy::struct_excessive_bools, reason = "values are called what the chart calls them")]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    cluster_name: String,
    create_ingress_class_resource: bool,
    enable_service_mutator_webhook: bool,
    enable_shield: bool,
    enable_waf: bool,
    enable_wafv2: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image>,
    ingress_class_params: Create,
    pod_disruption_budget: OneMayGo,
    pod_security_context: PodSecurityContext,
    region: String,
    replica_count: u32,
    resources: Resources,
    security_context: SecurityContext,
    service_account: Account,
    topology_spread_constraints: Vec<TopologySpreadConstraint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vpc_id: Option<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    vpc_tags: Map,
}

#[derive(Serialize)]
struct Create {
    create: bool,
}

pub(super) fn values(site: Site<'_>, installed: &Installed) -> String {
    let cluster = site.region.cluster().name();
    // Pods don't reach the instance metadata that would tell it region and VPC.
    // A VPC that is made for the cluster has its name.
    let vpc_id = site.region.network().existing().map(|network| network.vpc.to_string());
    let vpc_tags = if vpc_id.is_some() { Map::new() } else { Map::from([("Name", cluster.to_owned())]) };
    let shield = site.topology.spec().edge.as_ref().is_some_and(|edge| edge.shield == Shield::Advanced);
    written(&Values {
        cluster_name: cluster.to_owned(),
        // The platform brings a class of its own, with its parameters.
        create_ingress_class_resource: false,
        ingress_class_params: Create { create: false },
        // It would stand in the way of every new Service while the controller is away.
        enable_service_mutator_webhook: false,
        enable_shield: shield,
        // WAF Classic is gone; the ACL of today's WAF is named by the class.
        enable_waf: false,
        enable_wafv2: true,
        image: Image::of(installed),
        pod_disruption_budget: ONE_MAY_GO,
        pod_security_context: PodSecurityContext { fs_group: Some(GROUP), ..pod_security() },
        region: site.region.name().to_string(),
        replica_count: replicas(installed, NAME),
        resources: Resources::of(NAME, NAME, NAME),
        security_context: container_security(),
        service_account: account(NAME),
        topology_spread_constraints: spread_release(NAME, NAME),
        vpc_id,
        vpc_tags,
    })
}

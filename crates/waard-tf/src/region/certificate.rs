//! The certificates of a region's load balancer, which its controller finds by the hosts of the Ingresses.
//! Source: aws-load-balancer-controller v3.5.0, `docs/guide/ingress/cert_discovery.md`.

use std::collections::BTreeSet;

use waard_model::name::HostName;

use super::Base;
use crate::certificate::{Covered, certificate, names};
use crate::resource::route53::ZoneData;
use crate::root::Root;
use crate::site::Site;

const HEAD: &str = "\
What the load balancer shows to the CDN: it must fit the host that is asked for. AWS renews it by itself, as long as the
records that prove whose the domain is are there. They are the same in each region and for the CDN: who destroys one
root applies another one again.";

pub(crate) fn certificate_of_region<'r>(root: &mut Root<'r>, site: Site<'_>, _base: &Base<'r>) {
    if !site.region.is_exposed() {
        return;
    }
    root.file("certificate", HEAD);
    let domain = site.environment.domain();
    let hosts: BTreeSet<&str> = site.region.exposed().map(|(_, route)| HostName::as_str(&route.host)).collect();
    let origin = site.environment.origin_host(site.region);
    let all: BTreeSet<&str> = hosts.into_iter().chain([origin.as_str()]).collect();
    let zone = root.data("main", ZoneData { private_zone: Some(false), ..ZoneData::new(domain.as_str()) }).zone_id();
    for (index, names) in names(&all, domain.as_str()).into_iter().enumerate() {
        let label = if index == 0 { "main".to_owned() } else { format!("main_{}", index + 1) };
        let covered = Covered { label, name: site.cluster().to_owned(), names, region: None };
        certificate(root, covered, &zone);
    }
}

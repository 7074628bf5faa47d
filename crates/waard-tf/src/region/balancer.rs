//! What the load balancer of a region has that its controller doesn't make: who may reach it, and the firewall in front
//! of it.

use std::collections::BTreeSet;

use waard_model::spec::EntryPath;
use waard_model::topology::reserved::{GATEWAY_PORT, GATEWAY_STATUS_PORT};

use super::Base;
use crate::firewall::{Place, acl, logging};
use crate::kind::SecurityGroupId;
use crate::resource::logs::LogGroup;
use crate::resource::vpc::{EgressRule, IngressRule, PrefixList, SecurityGroup};
use crate::root::{Handle, Root, named};
use crate::site::Site;

const GROUPS: &str = "\
Who reaches the load balancer: the CDN, and health checks of Route 53. Two groups, because a list of AWS counts as many
rules as it may have entries, 55 and 25, and a group has 60 unless AWS was asked for more.";

/// The CDN's servers that speak to origins.
/// Source: Amazon CloudFront Developer Guide, "Locations and IP address ranges of CloudFront edge servers".
const CDN: &str = "com.amazonaws.global.cloudfront.origin-facing";

pub(crate) fn balancer<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) {
    if !site.region.is_exposed() {
        return;
    }
    if site.topology.spec().edge.is_some() {
        groups(root, site, base);
        firewall(root, site, base);
    }
}

/// Sources: Amazon VPC User Guide, "AWS-managed prefix lists", weight, and "Amazon VPC quotas", security groups.
fn groups<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) {
    root.file("balancer", GROUPS);
    let cluster = site.region.cluster();
    let region = site.region.name();
    let cdn = root.data("cdn", PrefixList::new(CDN)).id();
    let checks =
        root.data("health_checks", PrefixList::new(format!("com.amazonaws.{region}.route53-healthchecks"))).id();
    let group = |root: &mut Root<'r>, label: &str, name: String, what: &str| {
        let group = SecurityGroup { tags: named(name.as_str()), ..SecurityGroup::new(name, what, &base.network.vpc) };
        root.resource(label, group)
    };
    let https = |list, group: &Handle<'r, SecurityGroup<'r>>, what: &str| IngressRule {
        prefix_list_id: Some(list),
        from_port: Some(443),
        to_port: Some(443),
        ..IngressRule::new(group.id(), what, "tcp")
    };
    root.why("The controller finds it by this name.");
    let balancer = group(root, "balancer", cluster.balancer_security_group(), "Load balancer: the CDN");
    root.resource("cdn", https(cdn.into(), &balancer, "HTTPS from the CDN"));
    root.why("And this one.");
    let health =
        group(root, "health_checks", cluster.balancer_health_group(), "Load balancer: health checks of Route 53");
    root.resource("health_checks", https(checks.into(), &health, "HTTPS from health checks of Route 53"));
    for port in target_ports(site) {
        root.resource(&format!("targets_{port}"), to_targets(site, &balancer, port));
    }
}

fn to_targets<'r>(site: Site<'_>, group: &Handle<'r, SecurityGroup<'r>>, port: u16) -> EgressRule<'r> {
    let group: crate::value::Ref<'r, SecurityGroupId> = group.id();
    EgressRule {
        cidr_ipv4: Some(site.region.network().cidr().to_string().into()),
        from_port: Some(port.into()),
        to_port: Some(port.into()),
        ..EgressRule::new(group, format!("Port {port} of pods"), "tcp")
    }
}

/// The ports that requests and the load balancer's own health checks go to.
fn target_ports(site: Site<'_>) -> BTreeSet<u16> {
    if site.topology.entry() == EntryPath::Mesh {
        return [GATEWAY_PORT, GATEWAY_STATUS_PORT].into();
    }
    let of_route = site.region.exposed().flat_map(|(workload, route)| {
        let ready = workload.probes().readiness.as_ref().map(|probe| &probe.port);
        std::iter::once(&route.port).chain(ready).filter_map(|port| workload.ports().get(port)).copied()
    });
    of_route.collect()
}

/// The controller puts it in front of the load balancer, by its name.
fn firewall<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) {
    let Some(edge) = &site.topology.spec().edge else { return };
    let cluster = site.region.cluster();
    root.file("firewall", "The firewall in front of the load balancer: what gets past the CDN's is stopped here.");
    let origin = site.environment.origin_host(site.region);
    let hosts = site.region.exposed().map(|(_, route)| route.host.as_str());
    let hosts: BTreeSet<&str> = hosts.chain([origin.as_str()]).collect();
    let acl = root.resource("balancer", acl(edge, &cluster.balancer_acl(), &Place::Balancer(hosts)));
    let days = i64::try_from(site.topology.spec().observability.log_retention.as_secs() / 86_400).unwrap_or(30);
    root.why("AWS WAF writes only to log groups whose name begins so.");
    let group = LogGroup {
        kms_key_id: Some((&base.keys.logs).into()),
        ..LogGroup::new(format!("aws-waf-logs-{}", cluster.balancer_acl()), days)
    };
    let group = root.resource("firewall", group);
    logging(root, "balancer", None, &acl.arn(), group.arn().text(), None);
}

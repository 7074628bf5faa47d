//! What stands in front of all regions: DNS, CDN, firewall, certificates of the CDN, budgets.

mod alerts;
mod budgets;
mod cache;
mod cdn;
mod hosts;
mod logs;
mod shield;
mod steering;

use waard_model::Topology;
use waard_model::artifact::Artifact;
use waard_model::path::ModelPath;
use waard_model::spec::EdgeSpec;
use waard_model::topology::Environment;
use waard_model::topology::roots::GLOBAL;

use crate::firewall::{Place, acl, logging};
use crate::resource::account::CallerIdentity;
use crate::resource::route53::ZoneData;
use crate::resource::wafv2::WebAcl;
use crate::root::Root;
use crate::site::{seat, settings};
use crate::value::Value;

/// Where CloudFront has its certificates and web ACLs, Route 53 its metrics, and AWS Budgets its topics.
/// Sources: Amazon CloudFront Developer Guide, "Requirements for using SSL/TLS certificates with CloudFront"; AWS WAF
/// Developer Guide, "Web ACLs", scope; Amazon Route 53 Developer Guide, "Monitoring health checks using CloudWatch".
const CENTRE: &str = "us-east-1";

/// One environment of a platform.
#[derive(Clone, Copy)]
struct Site<'t> {
    topology: &'t Topology,
    environment: &'t Environment,
}

impl Site<'_> {
    /// `<platform>-<environment>-<part>`.
    fn named(self, part: &str) -> String {
        format!("{}-{}-{part}", self.topology.platform(), self.environment.name())
    }

    /// The partition of AWS that the environment lies in.
    fn partition(self) -> &'static str {
        self.environment.regions().keys().next().map_or("aws", |region| region.partition())
    }
}

/// FNV-1a: short, and the same on every machine.
fn digest(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

pub(crate) fn artifacts(topology: &Topology, environment: &Environment) -> Vec<Artifact> {
    let Some(seat) = seat(environment).filter(|_| topology.roots(environment).iter().any(|root| root.name == GLOBAL))
    else {
        return Vec::new();
    };
    let site = Site { topology, environment };
    let settings = settings(topology, environment, seat, "global");
    let folder = ["terraform", environment.name().as_str(), "global"];
    Root::build(&folder, environment.path(), &settings, |root| {
        let budgets = budgets::of(site);
        let hosts = hosts::of(site);
        let edge = topology.spec().edge.as_ref().filter(|_| topology.has_front(environment));
        root.file("alerts", alerts::HEAD);
        let account = root.data("current", CallerIdentity::new()).account_id();
        let topic = alerts::topic(root, site, &account);
        budgets::budgets(root, site, budgets, &topic);
        if let Some(edge) = edge {
            root.from(ModelPath::of(["edge"]));
            in_front(root, site, edge, &hosts, &account, &topic);
        }
    })
}

fn in_front<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    edge: &EdgeSpec,
    hosts: &[hosts::Host<'_>],
    account: &crate::value::Ref<'r, crate::kind::AccountIdOf>,
    topic: &crate::value::Ref<'r, crate::kind::TopicArn>,
) {
    root.file("zone", "The public zone, which bootstrap has made.");
    let domain = site.environment.domain().as_str();
    let zone = root.data("main", ZoneData { private_zone: Some(false), ..ZoneData::new(domain) });
    let checks = steering::health_checks(root, site, edge, hosts, topic);
    steering::records(root, site, edge, hosts, &checks, &zone.zone_id());
    let logs = logs::bucket_of_logs(root, site, account);
    root.file("firewall", "The firewall in front of the CDN.");
    let name = site.named("edge");
    let acl = root.resource("edge", WebAcl { region: Some(CENTRE.into()), ..acl(edge, &name, &Place::Cdn) });
    let bucket: Value<'r, crate::kind::Text> = logs.arn.text();
    // Without the bucket's policy AWS WAF writes one itself, which ours would then take the place of.
    logging(root, "edge", Some(CENTRE), &acl.arn(), bucket, Some(logs.policy.clone()));
    let cache = cache::Cache::new(root, site, edge);
    for host in hosts {
        let made = cdn::distribution(root, site, edge, host, hosts, &cache, (&acl.arn(), &zone.zone_id()));
        logs::delivery(root, site, host, &made, &logs);
        shield::protection(root, edge, site, host, &made);
    }
    shield::zone(root, edge, site, &zone.arn());
}

//! Which region the CDN asks for a host: by the audience of each region or by the shortest way, and another one when a
//! region is lost. `docs/decisions/0011-how-requests-find-a-region.md` has the reasons.
//!
//! For each host there is one name that the CDN knows, `<host>.entry.<domain>`. It leads to `<region>.<that name>`, which
//! leads to the name of the region's load balancer, or, when its health check fails, to that of the region instead.

use std::collections::{BTreeMap, BTreeSet};

use waard_model::name::RegionName;
use waard_model::spec::{Audience, EdgeSpec, Steering};
use waard_model::topology::{Environment, Region};

use super::hosts::{Host, Served, largest};
use super::{CENTRE, Site};
use crate::kind::{HealthCheckId, Text, TopicArn, ZoneId};
use crate::resource::cloudwatch::Alarm;
use crate::resource::route53::{FailoverRouting, GeolocationRouting, HealthCheck, LatencyRouting, Record};
use crate::root::{Root, named};
use crate::value::{Map, Ref};

const CHECKS: &str = "\
Whether each region answers: what a user would notice, asked from outside, from all places that Route 53 asks from.";

const RECORDS: &str = "\
Which region the CDN asks. Route 53 sees the place of the CDN's server, not that of the user, who is near it.";

/// Countries of the Middle East, all of which Route 53 counts to Asia. A country goes before its continent.
/// Sources: Amazon Route 53 Developer Guide, "Geolocation routing"; ISO 3166-1.
const MIDDLE_EAST: [&str; 15] =
    ["AE", "BH", "IL", "IQ", "IR", "JO", "KW", "LB", "OM", "PS", "QA", "SA", "SY", "TR", "YE"];

pub(super) type Checks<'t, 'r> = BTreeMap<&'t RegionName, Ref<'r, HealthCheckId>>;

/// The name by which the CDN finds a host: under a name that no host stands under.
pub(super) fn entry(environment: &Environment, hosts: &[Host<'_>], host: &Host<'_>) -> String {
    let domain = environment.domain().as_str();
    let mut word = "entry".to_owned();
    let taken = |word: &str| {
        let under = format!("{word}.{domain}");
        hosts.iter().any(|host| {
            host.name.as_str().strip_suffix(&under).is_some_and(|head| head.is_empty() || head.ends_with('.'))
        })
    };
    while taken(&word) {
        word.push('s');
    }
    match host.name.as_str().strip_suffix(domain) {
        // With its dot.
        Some(prefix) => format!("{prefix}{word}.{domain}"),
        None => format!("{}.{word}.{domain}", host.name),
    }
}

/// A health check for each region that answers for a host, unless it is down on purpose: a pilot light has no pods, and
/// an environment with hours is off at night.
/// Source: Amazon Route 53 Developer Guide, "Values that you specify when you create or update health checks".
pub(super) fn health_checks<'t, 'r>(
    root: &mut Root<'r>,
    site: Site<'t>,
    edge: &EdgeSpec,
    hosts: &[Host<'t>],
    topic: &Ref<'r, TopicArn>,
) -> Checks<'t, 'r> {
    root.file("health_checks", CHECKS);
    let mut asked: BTreeSet<&RegionName> = BTreeSet::new();
    for served in hosts.iter().flat_map(|host| &host.served) {
        asked.insert(served.region.name());
        asked.extend(served.instead.map(Region::name));
    }
    let mut checks = Checks::new();
    if site.environment.hours().is_some() {
        return checks;
    }
    let settings = &edge.dns.health_check;
    for region in site.environment.regions().values() {
        let Some(health) = site.topology.health_route(region).filter(|_| asked.contains(region.name())) else {
            continue;
        };
        if region.is_dark() {
            continue;
        }
        root.from(region.path());
        let name = site.named(region.name().as_str());
        let check = HealthCheck {
            fqdn: Some(site.environment.origin_host(region).into()),
            port: Some(443),
            resource_path: Some(health.path.as_str().into()),
            request_interval: i64::try_from(settings.interval.as_secs()).ok(),
            failure_threshold: Some(settings.failures.into()),
            enable_sni: Some(true),
            tags: named(name.as_str()),
            ..HealthCheck::new("HTTPS")
        };
        let label = region.name().as_str();
        let check = root.resource(label, check).id();
        let of: Map<'r> = [("HealthCheckId", check.text())].into_iter().collect();
        let alarm = Alarm {
            region: Some(CENTRE.into()),
            alarm_description: Some(format!("{} doesn't answer requests from outside", region.name()).into()),
            namespace: Some("AWS/Route53".into()),
            metric_name: Some("HealthCheckStatus".into()),
            dimensions: Some(of),
            statistic: Some("Minimum".into()),
            period: Some(60),
            threshold: Some(1),
            treat_missing_data: Some("breaching".into()),
            alarm_actions: Some([topic].into()),
            ok_actions: Some([topic].into()),
            ..Alarm::new(format!("{name}-lost"), "LessThanThreshold", 1_i64)
        };
        root.resource(label, alarm);
        checks.insert(region.name(), check);
    }
    checks
}

/// The records of all hosts.
pub(super) fn records<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    edge: &EdgeSpec,
    hosts: &[Host<'_>],
    checks: &Checks<'_, 'r>,
    zone: &Ref<'r, ZoneId>,
) {
    root.file("steering", RECORDS);
    root.from(waard_model::path::ModelPath::of(["edge", "dns"]));
    for host in hosts {
        let names = Names { site, edge, zone, entry: entry(site.environment, hosts, host), label: host.label() };
        let targets: Vec<(&Served<'_>, String)> =
            host.served.iter().map(|served| (served, names.region(root, served, checks))).collect();
        match targets.as_slice() {
            [(_, target)] => drop(root.resource(host.label(), names.record(&names.entry, target))),
            _ => names.choose(root, host, &targets),
        }
    }
}

/// What the records of one host have in common.
struct Names<'n, 'r> {
    site: Site<'n>,
    edge: &'n EdgeSpec,
    zone: &'n Ref<'r, ZoneId>,
    entry: String,
    label: &'n str,
}

impl<'r> Names<'_, 'r> {
    fn record(&self, name: &str, target: &str) -> Record<'r> {
        Record {
            ttl: i64::try_from(self.edge.dns.ttl.as_secs()).ok(),
            records: Some([target].into()),
            ..Record::new(self.zone, name, "CNAME")
        }
    }

    /// The name of a region: that of its load balancer, or one that leads there as long as it answers.
    fn region(&self, root: &mut Root<'r>, served: &Served<'_>, checks: &Checks<'_, 'r>) -> String {
        let environment = self.site.environment;
        let own = environment.origin_host(served.region);
        let (Some(instead), Some(check)) = (served.instead, checks.get(served.region.name())) else {
            return own;
        };
        if !self.edge.dns.failover {
            return own;
        }
        let name = format!("{}.{}", served.region.name(), self.entry);
        let one = |target: &str, kind: &'static str, check| Record {
            set_identifier: Some(kind.to_lowercase().into()),
            health_check_id: check,
            failover_routing_policy: Some(FailoverRouting::new(kind)),
            ..self.record(&name, target)
        };
        let label = |kind| format!("{}_{}_{kind}", self.label, served.region.name());
        root.resource(&label("primary"), one(&own, "PRIMARY", Some(check.into())));
        // Without a health check: when both are lost, nothing is left to choose.
        root.resource(&label("secondary"), one(&environment.origin_host(instead), "SECONDARY", None));
        name
    }

    fn choose(&self, root: &mut Root<'r>, host: &Host<'_>, targets: &[(&Served<'_>, String)]) {
        let default = largest(&host.served).map(|served| served.region.name());
        for (served, target) in targets {
            let region = served.region.name();
            let named = |identifier: &str| Record {
                set_identifier: Some(format!("{region}-{identifier}").into()),
                ..self.record(&self.entry, target)
            };
            let label = |identifier: &str| format!("{}_{region}_{identifier}", self.label);
            if self.edge.dns.steering == Steering::Latency {
                let nearest = LatencyRouting::new(region.as_str());
                let record = Record { latency_routing_policy: Some(nearest), ..named("nearest") };
                root.resource(&label("nearest"), record);
                continue;
            }
            for place in places(served.audience) {
                let record = Record { geolocation_routing_policy: Some(place.routing()), ..named(&place.name()) };
                root.resource(&label(&place.name()), record);
            }
            if default == Some(region) {
                root.why("Everybody else: the region with the most traffic.");
                let everywhere = GeolocationRouting { country: Some("*".into()), ..GeolocationRouting::new() };
                let record = Record { geolocation_routing_policy: Some(everywhere), ..named("default") };
                root.resource(&label("default"), record);
            }
        }
    }
}

/// From where requests come.
enum Place {
    Continent(&'static str),
    Country(&'static str),
}

impl Place {
    /// What tells it from all others: SA is South America as a continent, and Saudi Arabia as a country.
    fn name(&self) -> String {
        match self {
            Self::Continent(code) => format!("continent-{code}"),
            Self::Country(code) => format!("country-{code}"),
        }
    }

    fn routing<'r>(&self) -> GeolocationRouting<'r> {
        let code = |code: &'static str| Some(crate::value::Value::<Text>::from(code));
        match self {
            Self::Continent(continent) => {
                GeolocationRouting { continent: code(continent), ..GeolocationRouting::new() }
            }
            Self::Country(country) => GeolocationRouting { country: code(country), ..GeolocationRouting::new() },
        }
    }
}

/// The continents of an audience, and the countries of the Middle East, unless the rest of Asia has the same region.
fn places(audience: &[Audience]) -> Vec<Place> {
    let asia = audience.contains(&Audience::Asia);
    let place = |audience: &Audience| match audience {
        Audience::Africa => vec![Place::Continent("AF")],
        Audience::Asia => vec![Place::Continent("AS")],
        Audience::Europe => vec![Place::Continent("EU")],
        Audience::NorthAmerica => vec![Place::Continent("NA")],
        Audience::Oceania => vec![Place::Continent("OC")],
        Audience::SouthAmerica => vec![Place::Continent("SA")],
        Audience::MiddleEast if asia => Vec::new(),
        Audience::MiddleEast => MIDDLE_EAST.map(Place::Country).into(),
    };
    audience.iter().flat_map(place).collect()
}

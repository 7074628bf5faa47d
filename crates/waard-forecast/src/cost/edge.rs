//! What stands in front of all regions: CDN, firewall, DNS, Shield.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use waard_model::path::ModelPath;
use waard_model::spec::{Audience, EdgeSpec, Shield, Steering};
use waard_model::topology::Duty;

use super::compute::share;
use super::meter::{Entry, Meter};
use super::network::requests;
use super::{Part, Range};
use crate::assumption::key;

pub(super) fn environment(meter: &mut Meter<'_>) {
    let (topology, environment) = (meter.topology, meter.environment);
    let Some(edge) = topology.spec().edge.as_ref().filter(|_| topology.has_front(environment)) else {
        return;
    };
    let path = ModelPath::of(["edge"]);
    meter.line(Part::Edge, &path.key("waf"), "firewall of the CDN", |entry| web_acl(entry, edge));
    if edge.shield == Shield::Advanced && topology.is_full_size(environment) {
        meter.line(Part::Edge, &path.key("shield"), "Shield Advanced", |entry| entry.price("shield", "advanced"));
    }
    meter.line(Part::Edge, &path.key("dns"), "public zone", |entry| entry.price("route53", "zone"));
    let checks = environment.regions().values().filter(|region| region.is_exposed() && !region.is_dark()).count();
    if environment.hours().is_none() {
        // A check over TLS is one feature that is paid, one every ten seconds another.
        let fast = edge.dns.health_check.interval.as_secs() <= 10;
        meter.line(Part::Edge, &path.key("dns").key("health_check"), "health checks", |entry| {
            let features = entry.price("route53", "health-check-feature") * Decimal::from(1 + u8::from(fast));
            (entry.price("route53", "health-check") + features) * Decimal::from(checks as u64)
        });
    }
    let Some(demand) = topology.spec().demand.as_ref().filter(|_| topology.is_full_size(environment)) else {
        return;
    };
    let peak = demand.peak_requests;
    meter.use_line(Part::Edge, &path.key("waf"), "requests at the firewall of the CDN", |entry| {
        requests(entry, peak, Decimal::ONE) * entry.price("waf", "requests") * Decimal::new(1, 6)
    });
    let steering = match edge.dns.steering {
        Steering::Audience => "queries-geo",
        Steering::Latency => "queries-latency",
    };
    // The CDN's servers ask, and keep an answer for as long as its record says: a query for each request is the most.
    meter.use_line(Part::Edge, &path.key("dns"), "queries", |entry| {
        let all = requests(entry, peak, Decimal::ONE) * Decimal::new(1, 6);
        Range::new(Decimal::ZERO, all.expected() / Decimal::ONE_HUNDRED, all.most()) * entry.price("route53", steering)
    });
    for (place, part) in places(meter) {
        meter.use_line(Part::Edge, &path, format!("CDN, {place}"), |entry| {
            let requests = requests(entry, peak, part);
            let gigabytes = requests * entry.gigabytes(key::REQUEST_RESPONSE_SIZE);
            let each = entry.price_in("cloudfront", "https-requests", place) * Decimal::new(1, 4);
            requests * each + gigabytes * entry.price_in("cloudfront", "internet", place)
        });
    }
}

/// A web ACL with its rules, before its requests: it costs the same everywhere.
pub(super) fn web_acl(entry: &Entry<'_>, edge: &EdgeSpec) -> Range {
    let rules = edge.waf.managed_rules.len() + usize::from(edge.waf.rate_limit.is_some());
    entry.price_in("waf", "web-acl", "global") + entry.price_in("waf", "rule", "global") * Decimal::from(rules as u64)
}

/// The share of requests by where users are, as the CDN prices it: the audience of each region, in equal parts.
fn places(meter: &Meter<'_>) -> BTreeMap<&'static str, Decimal> {
    let mut places: BTreeMap<&'static str, Decimal> = BTreeMap::new();
    for region in meter.environment.regions().values() {
        let Duty::Primary { audience, traffic, .. } = region.duty() else { continue };
        // Whom a region serves that names nobody isn't known: the dearest place is the safe guess.
        let whom: Vec<&'static str> =
            if audience.is_empty() { vec!["asia"] } else { audience.iter().copied().map(place).collect() };
        let part = share(*traffic) / Decimal::from(whom.len() as u64);
        for place in whom {
            *places.entry(place).or_default() += part;
        }
    }
    places
}

/// The name of an audience in the table of prices.
const fn place(audience: Audience) -> &'static str {
    match audience {
        Audience::NorthAmerica => "north-america",
        Audience::SouthAmerica => "south-america",
        Audience::Europe => "europe",
        Audience::Africa | Audience::MiddleEast => "middle-east-africa",
        Audience::Asia => "asia",
        Audience::Oceania => "oceania",
    }
}

//! Documented rules of Route 53, and who is led where.

use std::collections::{BTreeMap, BTreeSet};

use hcl::Body;
use waard_model::Topology;
use waard_model::spec::Steering;
use waard_model::topology::{Duty, Environment, Region};

use super::{Tree, blocks, get, list, number, only, text};

fn records(tree: &Tree) -> Vec<&Body> {
    tree.all("aws_route53_record").map(|(_, body)| body).collect()
}

/// Source: Amazon Route 53 API Reference, `ResourceRecordSet`.
pub(crate) fn steering(
    topology: &Topology,
    environment: &Environment,
    global: &Tree,
    hosts: &BTreeMap<String, Vec<&Region>>,
) {
    let edge = topology.spec().edge.as_ref().unwrap();
    let mut known = BTreeSet::new();
    let mut policies: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
    let routing = ["failover_routing_policy", "geolocation_routing_policy", "latency_routing_policy"];
    for body in records(global) {
        let (name, kind) = (text(body, "name"), text(body, "type"));
        assert!(name.len() <= 255);
        assert_ne!(get(body, "records").is_some(), !blocks(body, "alias").is_empty(), "either records or an alias");
        assert_eq!(get(body, "ttl").is_some(), get(body, "records").is_some());
        let used: Vec<&str> = routing.iter().copied().filter(|policy| !blocks(body, policy).is_empty()).collect();
        assert!(used.len() <= 1);
        assert_eq!(used.len(), usize::from(get(body, "set_identifier").is_some()));
        let identifier = get(body, "set_identifier").unwrap_or_default();
        assert!(identifier.len() <= 128);
        if !name.starts_with("one(") {
            assert!(known.insert((name.clone(), kind.clone(), identifier.clone())), "{name} {identifier} twice");
            assert!(kind != "CNAME" || name != environment.domain().as_str(), "a CNAME at the top of a zone");
            policies.entry((name, kind)).or_default().insert(used.first().copied().unwrap_or("simple"));
        }
    }
    for (name, policies) in policies {
        assert_eq!(policies.len(), 1, "{name:?} has several policies");
    }
    for (host, regions) in hosts {
        for kind in ["A", "AAAA"] {
            assert!(known.contains(&(host.clone(), kind.to_owned(), String::new())), "{host} has no {kind}");
        }
        let distribution =
            global.all("aws_cloudfront_distribution").find(|(_, body)| list(body, "aliases")[0] == *host);
        let entry = text(only(distribution.unwrap().1, "origin"), "domain_name");
        one_host(topology, environment, global, host, (&entry, regions));
    }
    for (_, body) in global.all("aws_route53_health_check") {
        assert_eq!(text(body, "type"), "HTTPS");
        assert_eq!(text(body, "enable_sni"), "true");
        assert!([10, 30].contains(&number(body, "request_interval")));
        assert!((1..=10).contains(&number(body, "failure_threshold")));
        assert!(text(body, "resource_path").starts_with('/') && text(body, "resource_path").len() <= 255);
        let region =
            environment.regions().values().find(|region| environment.origin_host(region) == text(body, "fqdn"));
        let health = topology.health_route(region.unwrap()).unwrap();
        assert_eq!(text(body, "resource_path"), health.path.to_string());
        assert_eq!(number(body, "request_interval"), i64::try_from(edge.dns.health_check.interval.as_secs()).unwrap());
    }
    for (_, body) in global.all("aws_cloudwatch_metric_alarm") {
        assert_eq!(text(body, "region"), "us-east-1", "metrics of Route 53 are there only");
    }
}

/// Where a name leads to in the end, of all that may be chosen on the way, each with the policy that chose it.
pub(crate) fn follow(tree: &Tree, name: &str) -> Vec<(Vec<String>, String)> {
    let own: Vec<&Body> =
        records(tree).into_iter().filter(|body| text(body, "type") == "CNAME" && text(body, "name") == name).collect();
    if own.is_empty() {
        return vec![(Vec::new(), name.to_owned())];
    }
    own.into_iter()
        .flat_map(|body| {
            let identifier = get(body, "set_identifier").unwrap_or_default();
            let further = follow(tree, &list(body, "records")[0]).into_iter();
            further.map(move |(way, end)| (std::iter::once(identifier.clone()).chain(way).collect(), end))
        })
        .collect()
}

fn one_host(
    topology: &Topology,
    environment: &Environment,
    global: &Tree,
    host: &str,
    (entry, regions): (&str, &[&Region]),
) {
    let edge = topology.spec().edge.as_ref().unwrap();
    let ends = follow(global, entry);
    let known: BTreeMap<String, &Region> =
        environment.regions().values().map(|region| (environment.origin_host(region), region)).collect();
    for (way, end) in &ends {
        assert!(known.contains_key(end), "{host}: {way:?} leads to {end}");
    }
    for region in regions {
        let own = environment.origin_host(region);
        assert!(
            ends.iter().any(|(way, end)| *end == own && way.last().is_none_or(|last| last != "secondary"))
                || unreached(edge.dns.steering, region, regions),
            "{host}: nobody is led to {own}"
        );
        // When the region is lost, its users go to the standby, and never to where their data may not be.
        let name = format!("{}.{entry}", region.name());
        let pair: Vec<&Body> = records(global).into_iter().filter(|body| text(body, "name") == name).collect();
        let answers = |other: &&Region| other.exposed().any(|(_, route)| route.host.as_str() == host);
        let standby = environment.standby_of(region.name()).filter(answers);
        let expected = edge.dns.failover && environment.hours().is_none();
        if standby.is_some() && expected {
            assert_eq!(pair.len(), 2, "{host}: {} has no failover", region.name());
        }
        for record in pair {
            assert!(expected);
            let kind = text(only(record, "failover_routing_policy"), "type");
            let target = list(record, "records")[0].clone();
            assert_eq!(get(record, "health_check_id").is_some(), kind == "PRIMARY");
            if kind == "PRIMARY" {
                assert_eq!(target, own);
            } else {
                let instead = known[&target];
                assert_ne!(target, own);
                assert!(standby.is_none_or(|standby| standby.name() == instead.name()));
                assert!(region.residency().is_none() || instead.residency() == region.residency());
            }
        }
    }
    let chosen: Vec<&Body> = records(global).into_iter().filter(|body| text(body, "name") == *entry).collect();
    if regions.len() > 1 && edge.dns.steering == Steering::Audience {
        let mut places = BTreeSet::new();
        for body in chosen {
            let place = only(body, "geolocation_routing_policy");
            assert_ne!(get(place, "continent").is_some(), get(place, "country").is_some());
            let place =
                get(place, "continent").map_or_else(|| text(place, "country"), |code| format!("continent {code}"));
            assert!(places.insert(place), "a place twice");
        }
        assert!(places.contains("*"), "{host} is nowhere for some");
    } else if regions.len() > 1 {
        let near: BTreeSet<String> =
            chosen.iter().map(|body| text(only(body, "latency_routing_policy"), "region")).collect();
        assert_eq!(near, regions.iter().map(|region| region.name().to_string()).collect());
    }
}

/// True if a region has no audience, and isn't the one with the most traffic.
fn unreached(steering: Steering, region: &Region, regions: &[&Region]) -> bool {
    let share = |region: &Region| match region.duty() {
        Duty::Primary { audience, traffic, .. } => (audience.is_empty(), *traffic),
        Duty::Standby { .. } => panic!("a standby"),
    };
    steering == Steering::Audience
        && regions.len() > 1
        && share(region).0
        && regions.iter().any(|other| share(other).1 >= share(region).1)
}

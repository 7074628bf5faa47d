//! What stands in front of regions: the documented rules of CloudFront, Route 53, ACM, WAF and Budgets, for the shipped
//! platforms and for random ones.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that stops at the first thing that is wrong"
)]

mod front;

use std::collections::{BTreeMap, BTreeSet};

use front::cdn::{certificates, distributions, logs, policies, shield};
use front::dns::{follow, steering};
use front::entrance::{firewall, of_region};
use front::{Tree, blocks, fixtures, get, list, root, text};
use hcl::Body;
use proptest::prelude::*;
use waard_model::Topology;
use waard_model::topology::{Environment, Region};

/// Hosts that a primary region answers for, each with those regions.
fn hosts(environment: &Environment) -> BTreeMap<String, Vec<&Region>> {
    let mut found: BTreeMap<String, Vec<&Region>> = BTreeMap::new();
    for region in environment.regions().values().filter(|region| !region.is_standby()) {
        let hosts: BTreeSet<String> = region.exposed().map(|(_, route)| route.host.to_string()).collect();
        for host in hosts {
            found.entry(host).or_default().push(region);
        }
    }
    found
}

fn judge(topology: &Topology) {
    let files = waard_tf::emit(topology);
    for environment in topology.environments().values() {
        let global = root(&files, environment, "global");
        budgets(topology, environment, &global);
        let hosts = hosts(environment);
        if topology.spec().edge.is_none() || hosts.is_empty() {
            for kind in ["aws_cloudfront_distribution", "aws_route53_record", "aws_wafv2_web_acl"] {
                assert_eq!(global.all(kind).count(), 0, "{kind} without an edge");
            }
        } else {
            distributions(topology, &global, &hosts);
            policies(&global);
            certificates(&global, &hosts.keys().map(String::as_str).collect(), Some("us-east-1"));
            steering(topology, environment, &global, &hosts);
            firewall(&global, "CLOUDFRONT");
            logs(&global);
            shield(topology, &global, hosts.len());
        }
        for region in environment.regions().values() {
            of_region(topology, environment, region, &root(&files, environment, region.name().as_str()));
        }
    }
}

fn budgets(topology: &Topology, environment: &Environment, global: &Tree) {
    let spec = topology.spec();
    let own = &spec.environments[environment.name()];
    let full = own.hours.is_none() && own.workloads.is_empty() && own.data.is_empty();
    let wanted = usize::from(spec.cost.budget.is_some())
        + usize::from(
            spec.targets.cost_per_user.is_some() && spec.demand.as_ref().is_some_and(|demand| demand.users > 0),
        );
    assert_eq!(global.all("aws_budgets_budget").count(), if full { wanted } else { 0 });
    for (_, body) in global.all("aws_budgets_budget") {
        let amount = text(body, "limit_amount");
        assert!(amount.parse::<f64>().unwrap() > 0.0 && !amount.contains('e'), "{amount}");
        assert!(text(body, "name").len() <= 100);
        // AWS gives them back as one: more than one block for a name would be a change in every plan.
        let filters = blocks(body, "cost_filter");
        assert!(filters.len() <= 1 && filters.iter().all(|filter| list(filter, "values").len() == 2));
        let alerts = blocks(body, "notification");
        assert!((1..=5).contains(&alerts.len()));
        for alert in alerts {
            assert!(["ACTUAL", "FORECASTED"].contains(&text(alert, "notification_type").as_str()));
            assert!(!list(alert, "subscriber_sns_topic_arns").is_empty());
            assert!(list(alert, "subscriber_email_addresses").len() <= 10);
        }
    }
    let topics: Vec<&Body> = global.all("aws_sns_topic").map(|(_, body)| body).collect();
    assert!(
        topics.iter().all(|topic| text(topic, "region") == "us-east-1" && get(topic, "kms_master_key_id").is_some())
    );
}

#[test]
fn the_shipped_platforms() {
    for topology in fixtures() {
        judge(&topology);
    }
}

/// What the shipped platform is led by, said once more by hand.
#[test]
fn waardhaven_is_steered_by_audience() {
    let topology = &fixtures()[0];
    let production = topology.environments().values().find(|one| one.name().as_str() == "production").unwrap();
    let global = root(&waard_tf::emit(topology), production, "global");
    let mut ways: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (way, end) in follow(&global, "api.entry.waardhaven.com") {
        ways.entry(way[0].clone()).or_default().push(end);
    }
    let to = |regions: [&str; 2]| regions.map(|region| format!("{region}.origin.waardhaven.com")).to_vec();
    assert_eq!(ways["us-east-1-continent-NA"], to(["us-east-1", "us-west-2"]));
    assert_eq!(ways["us-east-1-continent-SA"], to(["us-east-1", "us-west-2"]));
    assert_eq!(ways["us-east-1-default"], to(["us-east-1", "us-west-2"]));
    assert_eq!(ways["eu-west-1-continent-EU"], to(["eu-west-1", "eu-central-1"]));
    assert_eq!(ways["eu-west-1-continent-AF"], to(["eu-west-1", "eu-central-1"]));
    assert_eq!(ways["eu-west-1-country-SA"], to(["eu-west-1", "eu-central-1"]), "Saudi Arabia");
    assert_eq!(
        ways["ap-southeast-1-continent-AS"],
        to(["ap-southeast-1", "us-east-1"]),
        "no standby: the largest primary"
    );
    assert_eq!(ways["ap-southeast-1-continent-OC"], to(["ap-southeast-1", "us-east-1"]));
    assert_eq!(ways.len(), 3 + 2 + 15 + 2);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn random_platforms(topology in waard_model::strategy::topology()) {
        judge(&topology);
    }
}

//! Data that must stay somewhere is, with its copies, backups, keys, logs and states, nowhere else.
//!
//! Whatever names a region is looked at, wherever it stands: arguments `region`, replicas, destinations, zones, ARNs, names
//! of services and of parameters. What may lie elsewhere is listed with its reason.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test fails by panicking, in its helpers too"
)]

mod objects;

use std::collections::{BTreeMap, BTreeSet};

use objects::{Block, MINIMAL, Roots, WAARDHAVEN, cases, lies_in, random, text, topology};
use proptest::prelude::*;
use serde_json::Value;
use waard_model::Topology;
use waard_model::topology::Environment;

/// What may name a region outside, in the root of a region whose data must stay: types and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("aws_ssm_parameter", "ids and ARNs of what Terraform made, for the roots that come after; nothing of users"),
    ("aws_ecr_repository", "images, which are built from source and not from data of users"),
    ("aws_ecr_repository_policy", "as above"),
    ("aws_ecr_lifecycle_policy", "as above"),
    ("aws_ecr_replication_configuration", "as above"),
];

/// What the root `global` has in us-east-1, or in no region, because AWS has it nowhere else: types and why.
/// Sources: Amazon CloudFront Developer Guide, "Requirements for using SSL/TLS certificates with CloudFront" and "Configure
/// standard logging (v2)"; AWS WAF Developer Guide, "Resources that you can protect"; Amazon Route 53 Developer Guide,
/// "Monitoring health checks using CloudWatch"; AWS Budgets.
const GLOBAL: &[(&str, &str)] = &[
    ("aws_acm_certificate", "CloudFront takes certificates from us-east-1: public names only"),
    ("aws_acm_certificate_validation", "as above"),
    ("aws_wafv2_web_acl", "the firewall of CloudFront is managed from us-east-1; what it logs is in the bucket"),
    ("aws_wafv2_web_acl_logging_configuration", "says where logs go, and holds none"),
    ("aws_cloudwatch_log_delivery_source", "says whose logs are delivered, and holds none"),
    ("aws_cloudwatch_log_delivery_destination", "says where logs go, and holds none"),
    ("aws_cloudwatch_log_delivery", "says what is delivered, and holds none"),
    ("aws_cloudwatch_metric_alarm", "Route 53 has the metrics of health checks in us-east-1: up or down"),
    ("aws_kms_key", "encrypts the topic of alarms"),
    ("aws_kms_alias", "as above"),
    ("aws_sns_topic", "alarms of health checks and budgets: names of resources and amounts"),
    ("aws_sns_topic_policy", "as above"),
    ("aws_sns_topic_subscription", "as above: the owner's address"),
];

fn may_lie_elsewhere(block: &Block) -> bool {
    // What the topology itself lets a workload do is not waard's to judge.
    let told = block.of == "aws_iam_role_policy" && block.label.starts_with("workload_");
    block.kind == "resource" && (told || ELSEWHERE.iter().any(|(of, _)| *of == block.of))
}

/// Every region that a text names: `us-east-1`, and `us-east-1a` too.
fn regions_in(text: &str) -> Vec<String> {
    let sides = ["north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest"];
    let mut found = Vec::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
        let parts: Vec<&str> = word.split('-').collect();
        for three in parts.windows(3) {
            let digit = three[2].strip_suffix(|c: char| c.is_ascii_lowercase()).unwrap_or(three[2]);
            if three[0].len() == 2 && sides.contains(&three[1]) && digit.len() == 1 && digit.parse::<u8>().is_ok() {
                found.push(format!("{}-{}-{digit}", three[0], three[1]));
            }
        }
    }
    found
}

/// Every text in a body, keys too, with where it stands.
fn texts<'v>(path: &str, value: &'v Value, found: &mut Vec<(String, &'v str)>) {
    match value {
        Value::String(text) => found.push((path.to_owned(), text)),
        Value::Array(values) => values.iter().for_each(|value| texts(path, value, found)),
        Value::Object(fields) => {
            for (key, value) in fields {
                let here = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                found.push((path.to_owned(), key));
                texts(&here, value, found);
            }
        }
        _ => {}
    }
}

fn said(block: &Block) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    texts("", &block.body, &mut found);
    found
}

/// Where the state of a root is, and where its provider makes what says nothing else.
fn seats(blocks: &[Block]) -> [&str; 2] {
    let of = |kind: &str| &blocks.iter().find(|block| block.kind == kind).unwrap().body;
    [text(&of("terraform")["backend"][0]["region"]), text(&of("provider")["region"])]
}

fn faults(topology: &Topology, roots: &Roots) -> Vec<String> {
    let mut found = Vec::new();
    for environment in topology.environments().values() {
        let root = |name: &str| {
            roots
                .each()
                .find(|(of, root, _)| *of == environment.name().as_str() && *root == name)
                .map(|(.., root)| root)
        };
        let mut residencies = BTreeSet::new();
        for region in environment.regions().values() {
            let here = region.name().as_str();
            let Some(residency) = region.residency().map(|residency| residency.to_string()) else { continue };
            let mut say = |fault: String| found.push(format!("{}, {here} in {residency}: {fault}", environment.name()));
            stays(root(here).unwrap(), &residency, &mut say);
            states(root("bootstrap").unwrap(), here, &residency, &mut say);
            for (of, name, blocks) in roots.each().filter(|(of, ..)| *of == environment.name().as_str()) {
                if environment
                    .regions()
                    .values()
                    .any(|other| other.name().as_str() == name && !lies_in(name, &residency))
                {
                    followed(environment, blocks, here, &mut |fault: String| say(format!("{of}/{name}: {fault}")));
                }
            }
            // A standby of what may lie anywhere has copies of that.
            if !region.is_standby() {
                residencies.insert(residency);
            }
        }
        // With two of them, users of both are recorded by one CDN: it lies in one of the two.
        for name in ["bootstrap", "global"] {
            let inside = |region: &str| residencies.is_empty() || residencies.iter().any(|each| lies_in(region, each));
            // Where nothing is reached from outside, and nothing costs too much, nothing is global.
            let Some(blocks) = root(name) else { continue };
            let mut say = |fault: String| found.push(format!("{}/{name}: {fault}", environment.name()));
            seats(blocks).iter().filter(|seat| !inside(seat)).for_each(|seat| say(format!("lies in {seat}")));
            if name == "global" {
                for block in blocks.iter().filter(|block| block.kind == "resource") {
                    let at = block.body["region"].as_str().filter(|at| !inside(at));
                    if let Some(at) = at.filter(|_| !GLOBAL.iter().any(|(of, _)| *of == block.of)) {
                        say(format!("{}.{} lies in {at}", block.of, block.label));
                    }
                }
            }
        }
    }
    found
}

/// Nothing in the root of a region names a region outside.
fn stays(blocks: &[Block], residency: &str, say: &mut impl FnMut(String)) {
    for seat in seats(blocks).iter().filter(|seat| !lies_in(seat, residency)) {
        say(format!("lies in {seat}"));
    }
    for block in blocks.iter().filter(|block| !may_lie_elsewhere(block)) {
        for (path, text) in said(block) {
            for region in regions_in(text).iter().filter(|region| !lies_in(region, residency)) {
                say(format!("{} {}.{}: {path}: `{text}` is in {region}", block.kind, block.of, block.label));
            }
        }
    }
}

/// The bucket of the region's states lies inside, and so does what it refers to: keys, where logs and copies go.
fn states(blocks: &[Block], here: &str, residency: &str, say: &mut impl FnMut(String)) {
    let place = |block: &Block| block.body["region"].as_str().map(str::to_owned);
    let places: BTreeMap<String, String> =
        blocks.iter().filter_map(|block| Some((format!("{}.{}", block.of, block.label), place(block)?))).collect();
    let own: Vec<&Block> = blocks.iter().filter(|block| place(block).as_deref() == Some(here)).collect();
    if !own.iter().any(|block| block.of == "aws_s3_bucket") {
        say("has no bucket for its state".to_owned());
    }
    for block in own {
        for (path, text) in said(block) {
            for word in text.split(|c: char| !c.is_ascii_alphanumeric() && !"_.".contains(c)) {
                let address = word.split('.').take(2).collect::<Vec<_>>().join(".");
                if let Some(at) = places.get(&address).filter(|at| !lies_in(at, residency)) {
                    say(format!("bootstrap: {}.{}: {path}: {address} is in {at}", block.of, block.label));
                }
            }
        }
    }
}

/// The root of a region outside reads nothing of this region, and copies nothing from it.
fn followed(environment: &Environment, blocks: &[Block], here: &str, say: &mut impl FnMut(String)) {
    for block in blocks.iter().filter(|block| !may_lie_elsewhere(block)) {
        for (path, text) in said(block) {
            if regions_in(text).iter().any(|region| region == here) {
                say(format!("{} {}.{}: {path}: `{text}` of {}", block.kind, block.of, block.label, environment.name()));
            }
        }
    }
}

#[test]
fn shipped_topologies_keep_data_where_it_must_stay() {
    for text in [WAARDHAVEN, MINIMAL] {
        let topology = topology(text);
        let found = faults(&topology, &Roots::of(&topology));
        assert!(found.is_empty(), "{found:#?}");
    }
    assert!(topology(WAARDHAVEN).regions().any(|(_, region)| region.residency().is_some()));
}

/// A copy, a backup, a log or a state that goes elsewhere is found.
#[test]
fn what_leaves_is_found() {
    let topology = topology(WAARDHAVEN);
    let files = waard_tf::emit(&topology);
    let eu = "terraform/production/eu-central-1";
    let bootstrap = "terraform/production/bootstrap/states.tf";
    let global = "terraform/production/global";
    let cases = [
        // States.
        (
            format!("{eu}/terraform.tf"),
            "    region       = \"eu-central-1\"",
            "    region       = \"us-east-1\"",
            "lies in us-east-1",
        ),
        (
            format!("{global}/terraform.tf"),
            "    region       = \"eu-central-1\"",
            "    region       = \"us-east-1\"",
            "lies in us-east-1",
        ),
        (
            bootstrap.to_owned(),
            "aws_s3_bucket.eu_central_1.arn",
            "aws_s3_bucket.us_west_2.arn",
            "aws_s3_bucket.us_west_2 is in us-west-2",
        ),
        // Data.
        (format!("{eu}/network.tf"), "\"eu-central-1a\"", "\"us-east-1a\"", "is in us-east-1"),
        (format!("{eu}/link.tf"), "\"eu-west-1\"", "\"us-east-1\"", "is in us-east-1"),
        (
            format!("{eu}/backups.tf"),
            "resource \"aws_backup_vault\" \"main\" {",
            "resource \"aws_backup_vault\" \"main\" {\n  region = \"us-east-1\"",
            "is in us-east-1",
        ),
        (format!("{eu}/inputs.tf"), "/production/eu-west-1/", "/production/us-east-1/", "is in us-east-1"),
        (
            "terraform/production/us-west-2/inputs.tf".to_owned(),
            "/production/us-east-1/",
            "/production/eu-west-1/",
            "/eu-west-1/",
        ),
        (
            format!("{global}/logs.tf"),
            "resource \"aws_s3_bucket\" \"logs\" {",
            "resource \"aws_s3_bucket\" \"logs\" {\n  region = \"us-east-1\"",
            "aws_s3_bucket.logs lies in us-east-1",
        ),
    ];
    for (file, from, to, said) in cases {
        let broken: Vec<(&str, String)> = files
            .iter()
            .map(|artifact| {
                let (path, text) = (artifact.path().as_str(), artifact.text());
                assert!(path != file || text.contains(from), "{file} has no {from}:\n{text}");
                (path, if path == file { text.replacen(from, to, 1) } else { text.to_owned() })
            })
            .collect();
        let found = faults(&topology, &Roots::read(broken.iter().map(|(path, text)| (*path, text.as_str()))));
        assert!(found.iter().any(|fault| fault.contains(said)), "{file}: {to}: {found:#?}");
    }
}

#[test]
fn regions_are_seen_in_texts() {
    let found =
        regions_in("arn:aws:rds:us-east-1:${x}:db:shop com.amazonaws.eu-west-3.s3 shop-ap-southeast-2-logs eu-west-1a");
    assert_eq!(found, ["us-east-1", "eu-west-3", "ap-southeast-2", "eu-west-1"]);
    assert!(regions_in("north-1 is no region-one, nor is a-west-1").is_empty());
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn random_topologies_keep_data_where_it_must_stay(topology in random()) {
        let found = faults(&topology.0, &Roots::of(&topology.0));
        prop_assert!(found.is_empty(), "{found:#?}");
    }
}

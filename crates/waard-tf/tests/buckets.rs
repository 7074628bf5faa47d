//! Buckets: closed, encrypted, swept within S3's rules, copied where the topology says so and nowhere else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test fails by panicking, in its helpers too"
)]

mod objects;

use std::collections::BTreeSet;

use objects::{Block, MINIMAL, Roots, WAARDHAVEN, cases, lies_in, list, random, resource, resources, text, topology};
use proptest::prelude::*;
use serde_json::{Value, json};
use waard_model::Topology;
use waard_model::quantity::Duration;
use waard_model::spec::StandbyCopy;
use waard_model::topology::{Environment, Region, Store, StoreKind};

/// The order in which objects may move. Source: Amazon S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle".
const CLASSES: [&str; 5] = ["STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"];

fn all_is_well(topology: &Topology) {
    let roots = Roots::of(topology);
    for (environment, region) in topology.regions() {
        let blocks = roots.region(environment, region);
        for bucket in resources(blocks, "aws_s3_bucket") {
            closed(blocks, bucket);
            encrypted(blocks, bucket);
        }
        for lifecycle in resources(blocks, "aws_s3_bucket_lifecycle_configuration") {
            legal(&lifecycle.body);
        }
        for (store, _) in buckets(region) {
            as_said(topology, environment, region, blocks, store);
        }
        copies(topology, &roots, environment, region);
    }
    names(&roots);
}

fn buckets(region: &Region) -> impl Iterator<Item = (&Store, &waard_model::spec::BucketSpec)> {
    region.stores().values().filter_map(|store| match store.kind() {
        StoreKind::Bucket(spec) => Some((&**store, spec)),
        _ => None,
    })
}

/// Nobody but the account, over TLS only.
fn closed(blocks: &[Block], bucket: &Block) {
    let label = &bucket.label;
    let of = |kind: &str| resource(blocks, kind, label).unwrap_or_else(|| panic!("{kind} of {label}"));
    assert_eq!(of("aws_s3_bucket_ownership_controls")["rule"][0]["object_ownership"], "BucketOwnerEnforced");
    let block = of("aws_s3_bucket_public_access_block");
    for what in ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"] {
        assert_eq!(block[what], true, "{label}: {what}");
    }
    let statements = list(&of("aws_s3_bucket_policy")["policy"]["Statement"]);
    let arn = format!("aws_s3_bucket.{label}.arn");
    assert!(statements.iter().any(|statement| {
        statement["Effect"] == "Deny"
            && statement["Principal"] == "*"
            && statement["Action"] == "s3:*"
            && statement["Resource"] == json!([arn, format!("${{{arn}}}/*")])
            && statement["Condition"] == json!({ "Bool": { "aws:SecureTransport": "false" } })
    }));
    for allowed in statements.iter().filter(|statement| statement["Effect"] == "Allow") {
        assert!(allowed["Principal"]["Service"].is_string(), "{label}: {allowed}");
        assert_eq!(allowed["Action"], "s3:PutObject");
    }
    let logged = resource(blocks, "aws_s3_bucket_logging", label);
    match logged {
        Some(logging) => assert_eq!(logging["target_bucket"], "aws_s3_bucket.logs.bucket"),
        None => assert_eq!(label, "logs"),
    }
}

/// With the region's key; only the bucket of logs with S3's own, and nothing but logs goes there.
fn encrypted(blocks: &[Block], bucket: &Block) {
    let encryption = resource(blocks, "aws_s3_bucket_server_side_encryption_configuration", &bucket.label).unwrap();
    let rule = &encryption["rule"][0];
    let default = &rule["apply_server_side_encryption_by_default"][0];
    assert_eq!(rule["blocked_encryption_types"], json!(["SSE-C"]));
    if bucket.label == "logs" {
        assert_eq!(default, &json!({ "sse_algorithm": "AES256" }));
    } else {
        assert_eq!(
            default,
            &json!({ "sse_algorithm": "aws:kms", "kms_master_key_id": "aws_kms_key.data.arn" }),
            "{}",
            bucket.label
        );
        assert_eq!(rule["bucket_key_enabled"], true);
    }
}

/// What S3 accepts. Sources: Amazon S3 User Guide, "Lifecycle configuration elements" and "Transitioning objects using
/// Amazon S3 Lifecycle"; documentation of `aws_s3_bucket_lifecycle_configuration`.
fn legal(lifecycle: &Value) {
    assert!(list(&lifecycle["depends_on"])[0].as_str().unwrap().starts_with("aws_s3_bucket_versioning."));
    let rules = list(&lifecycle["rule"]);
    let ids: BTreeSet<&str> = rules.iter().map(|rule| text(&rule["id"])).collect();
    assert!(ids.len() == rules.len() && !rules.is_empty());
    let mut last = 0;
    for rule in &rules {
        assert_eq!(rule["status"], "Enabled");
        assert_eq!(rule["filter"], json!([{}]), "a rule for all objects has one empty filter");
        let moves = list(&rule["transition"]);
        let places: Vec<usize> = moves
            .iter()
            .map(|one| CLASSES.iter().position(|class| one["storage_class"] == *class).expect("a class"))
            .collect();
        assert!(places.is_sorted_by(|a, b| a < b), "{moves:?}");
        let days: Vec<i64> = moves.iter().map(|one| one["days"].as_i64().unwrap()).collect();
        for (index, day) in days.iter().enumerate() {
            let after_ia = index > 0 && places[index - 1] == 0;
            let soonest = match index {
                0 => 0,
                _ => days[index - 1] + if after_ia { 30 } else { 1 },
            };
            assert!(*day >= soonest, "{moves:?}");
            assert!(places[index] != 0 || *day >= 30, "{moves:?}");
            last = last.max(*day);
        }
        let expirations = list(&rule["expiration"]);
        assert!(expirations.len() <= 1);
        for expiration in expirations {
            let said = ["days", "expired_object_delete_marker"].iter().filter(|key| !expiration[**key].is_null());
            assert_eq!(said.count(), 1, "{expiration}");
        }
        for old in list(&rule["noncurrent_version_expiration"]) {
            assert!(old["noncurrent_days"].as_i64().unwrap() >= 1);
        }
    }
    for days in rules.iter().filter_map(|rule| rule["expiration"][0]["days"].as_i64()) {
        assert!(days > last, "deleted at {days}, moved at {last}");
    }
    assert!(rules.iter().any(|rule| rule["abort_incomplete_multipart_upload"][0]["days_after_initiation"] == 7));
}

/// The bucket of a store is there, as the topology has it.
fn as_said(topology: &Topology, environment: &Environment, region: &Region, blocks: &[Block], store: &Store) {
    let StoreKind::Bucket(spec) = store.kind() else { return };
    let name = environment.bucket_name(topology.platform(), region.name(), store.name());
    let bucket = resources(blocks, "aws_s3_bucket").find(|bucket| bucket.body["bucket"] == name.as_str()).expect(&name);
    assert_eq!(bucket.body["lifecycle"][0]["prevent_destroy"], true);
    let versioning = resource(blocks, "aws_s3_bucket_versioning", &bucket.label).unwrap();
    let status = if spec.versioned { "Enabled" } else { "Suspended" };
    assert_eq!(versioning["versioning_configuration"][0]["status"], status);
    let lifecycle = resource(blocks, "aws_s3_bucket_lifecycle_configuration", &bucket.label).unwrap();
    let rules = list(&lifecycle["rule"]);
    let moves: Vec<(u64, String)> = rules
        .iter()
        .flat_map(|rule| list(&rule["transition"]))
        .map(|one| (one["days"].as_u64().unwrap(), text(&one["storage_class"]).to_owned()))
        .collect();
    let wanted: Vec<(u64, String)> = spec
        .tiers
        .iter()
        .map(|tier| (tier.after.as_days().unwrap(), tier.class.to_string().to_uppercase().replace('-', "_")))
        .collect();
    assert_eq!(moves, wanted);
    let days = |key: &str, of: &str| rules.iter().find_map(|rule| rule[key][0][of].as_u64());
    assert_eq!(days("expiration", "days"), spec.expire_after.and_then(Duration::as_days));
    assert_eq!(days("noncurrent_version_expiration", "noncurrent_days"), spec.old_versions.as_days());
}

/// Each bucket that is to have a copy has one, in the standby region, and no other has.
fn copies(topology: &Topology, roots: &Roots, environment: &Environment, region: &Region) {
    let blocks = roots.region(environment, region);
    let protects = match region.duty() {
        waard_model::topology::Duty::Standby { protects, .. } => Some(protects),
        waard_model::topology::Duty::Primary { .. } => None,
    };
    let mut wanted: Vec<(String, String)> = Vec::new();
    if let Some(primary) = protects.map(|name| &environment.regions()[name]) {
        for (store, spec) in buckets(primary) {
            let name = |of: &Region| environment.bucket_name(topology.platform(), of.name(), store.name());
            if spec.standby == StandbyCopy::Replica {
                assert!(region.stores().contains_key(store.name()), "{}", store.name());
                wanted.push((name(primary), name(region)));
            }
        }
    }
    let mut there: Vec<(String, String)> = Vec::new();
    for replication in resources(blocks, "aws_s3_bucket_replication_configuration") {
        let (body, rules) = (&replication.body, list(&replication.body["rule"]));
        let primary = protects.expect("only a standby region copies");
        assert_eq!(body["region"], primary.as_str());
        assert_eq!(rules.len(), 1);
        let (rule, destination) = (rules[0], &rules[0]["destination"][0]);
        assert_eq!((&rule["status"], &rule["filter"]), (&json!("Enabled"), &json!([{}])));
        assert_eq!(rule["delete_marker_replication"][0]["status"], "Enabled");
        assert_eq!(rule["source_selection_criteria"][0]["sse_kms_encrypted_objects"][0]["status"], "Enabled");
        assert_eq!(destination["encryption_configuration"][0]["replica_kms_key_id"], "aws_kms_key.data.arn");
        assert_eq!(destination["metrics"][0]["status"], "Enabled");
        assert_eq!(destination["metrics"][0]["event_threshold"][0]["minutes"], 15);
        assert_eq!(destination["replication_time"][0]["status"], "Enabled");
        assert_eq!(destination["replication_time"][0]["time"][0]["minutes"], 15);
        let to = text(&destination["bucket"]).strip_prefix("aws_s3_bucket.").unwrap().strip_suffix(".arn").unwrap();
        let made = resource(blocks, "aws_s3_bucket", to).expect("the copy is made in this root");
        assert!(made["region"].is_null());
        let source = &environment.regions()[primary];
        let sources = roots.region(environment, source);
        let from = resources(sources, "aws_s3_bucket").find(|bucket| bucket.body["bucket"] == body["bucket"]).unwrap();
        for (root, label) in [(blocks, to), (sources, from.label.as_str())] {
            let versioning = resource(root, "aws_s3_bucket_versioning", label).unwrap();
            assert_eq!(versioning["versioning_configuration"][0]["status"], "Enabled");
        }
        there.push((text(&body["bucket"]).to_owned(), text(&made["bucket"]).to_owned()));
    }
    wanted.sort();
    there.sort();
    assert_eq!(there, wanted);
}

/// Names that S3 takes, each once in all of AWS. Source: Amazon S3 User Guide, "General purpose bucket naming rules".
fn names(roots: &Roots) {
    let mut seen = BTreeSet::new();
    for (_, _, bucket) in roots.all("aws_s3_bucket") {
        let name = text(&bucket.body["bucket"]);
        assert!((3..=63).contains(&name.len()), "{name}");
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{name}");
        assert!(seen.insert(name), "{name} twice");
    }
}

/// Data that must stay somewhere has no bucket, and no copy of one, elsewhere.
fn stays(topology: &Topology) {
    let roots = Roots::of(topology);
    for (environment, region) in topology.regions() {
        for (store, spec) in buckets(region) {
            let name = environment.bucket_name(topology.platform(), region.name(), store.name());
            let residencies = region.residency().into_iter().chain(spec.residency);
            for residency in residencies.map(|residency| residency.to_string()) {
                let found = roots.all("aws_s3_bucket").filter(|(.., bucket)| bucket.body["bucket"] == name.as_str());
                for (_, place, _) in found {
                    assert!(lies_in(place, &residency), "{name} is in {place}");
                }
                for (other, at) in topology.regions() {
                    let copied = resources(roots.region(other, at), "aws_s3_bucket_replication_configuration")
                        .any(|copy| copy.body["bucket"] == name.as_str());
                    assert!(!copied || lies_in(at.name().as_str(), &residency), "{name} is copied to {}", at.name());
                }
            }
        }
    }
}

#[test]
fn buckets_of_shipped_topologies() {
    for text in [WAARDHAVEN, MINIMAL] {
        all_is_well(&topology(text));
        stays(&topology(text));
    }
    let roots = Roots::of(&topology(WAARDHAVEN));
    // States have copies too, which bootstrap makes beside both buckets.
    let copied: Vec<&str> = roots
        .all("aws_s3_bucket_replication_configuration")
        .map(|(.., copy)| text(&copy.body["bucket"]))
        .filter(|bucket| !bucket.starts_with("aws_s3_bucket."))
        .collect();
    assert_eq!(copied, ["waardhaven-production-eu-west-1-data-lake", "waardhaven-production-us-east-1-data-lake"]);
}

/// The model refuses what would take data out of where it must stay.
#[test]
fn a_copy_elsewhere_is_refused() {
    let refused = |from: &str, to: &str| {
        assert!(WAARDHAVEN.contains(from));
        let text = WAARDHAVEN.replace(from, to);
        let problems = waard_model::source::read(text.as_bytes()).err().map(|problems| format!("{problems:?}"));
        assert!(problems.unwrap_or_default().contains("must stay in `eu`"), "{to}");
    };
    // The standby of us-east-1 and us-east-1 itself have the lake.
    refused("      standby: replica\n", "      standby: replica\n      residency: eu\n");
}

/// What a test can't see fail may be blind.
#[test]
fn an_illegal_lifecycle_is_found() {
    let good = json!({
        "depends_on": ["aws_s3_bucket_versioning.x"],
        "rule": [
            { "id": "a", "status": "Enabled", "filter": [{}], "transition": [
                { "days": 30, "storage_class": "STANDARD_IA" }, { "days": 60, "storage_class": "GLACIER" } ] },
            { "id": "b", "status": "Enabled", "filter": [{}], "expiration": [{ "days": 61 }],
              "abort_incomplete_multipart_upload": [{ "days_after_initiation": 7 }] },
        ],
    });
    legal(&good);
    for (pointer, value) in [
        ("/rule/0/transition/0/days", json!(29)),
        ("/rule/0/transition/1/days", json!(59)),
        ("/rule/0/transition/1/storage_class", json!("STANDARD_IA")),
        ("/rule/0/transition/0/storage_class", json!("DEEP_ARCHIVE")),
        ("/rule/1/expiration/0/days", json!(60)),
        ("/rule/1/filter", json!([])),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert!(std::panic::catch_unwind(|| legal(&bad)).is_err(), "{pointer}");
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn buckets_of_random_topologies(topology in random()) {
        all_is_well(&topology.0);
        stays(&topology.0);
    }
}

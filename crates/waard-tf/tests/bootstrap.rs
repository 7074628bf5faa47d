//! Where states are kept: every root's backend is made, in the right place, for the shipped platforms and random ones.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that stops at the first thing that is wrong"
)]

#[allow(dead_code, reason = "shared with other tests")]
mod front;

use std::collections::BTreeMap;

use front::{Tree, deep, fixtures, get, list, only, root, text};
use hcl::Body;
use proptest::prelude::*;
use waard_model::Topology;
use waard_model::topology::{Duty, Environment};

fn backend(tree: &Tree) -> Body {
    let terraform = tree.0.iter().find(|block| block.identifier() == "terraform").unwrap();
    only(terraform.body(), "backend").clone()
}

fn judge(topology: &Topology) {
    let files = waard_tf::emit(topology);
    for environment in topology.environments().values() {
        let bootstrap = root(&files, environment, "bootstrap");
        buckets(&files, environment, &bootstrap);
        copies(environment, &bootstrap);
        let named = |region| environment.mirrored(region).is_some();
        let reached = environment.regions().values().any(|region| region.is_exposed() || named(region));
        assert_eq!(bootstrap.all("aws_route53_zone").count(), usize::from(reached));
        for (_, zone) in bootstrap.all("aws_route53_zone") {
            assert_eq!(text(zone, "name"), environment.domain().as_str());
            assert_eq!(text(only(zone, "lifecycle"), "prevent_destroy"), "true");
        }
    }
}

/// Each backend names a bucket and a key that bootstrap makes, in the region that it says.
fn buckets(files: &[waard_model::artifact::Artifact], environment: &Environment, bootstrap: &Tree) {
    let made: BTreeMap<String, (&str, &Body)> =
        bootstrap.all("aws_s3_bucket").map(|(label, body)| (text(body, "bucket"), (label, body))).collect();
    let regions = environment.regions().keys().map(ToString::to_string);
    // What stands in front is a root only where there is something of it.
    let global = ["global".to_owned()].into_iter().filter(|name| !root(files, environment, name).0.is_empty());
    for name in regions.chain(["bootstrap".to_owned()]).chain(global) {
        let backend = backend(&root(files, environment, &name));
        let bucket = text(&backend, "bucket");
        assert!(bucket.len() <= 63, "{bucket} is too long");
        let (label, body) = made.get(&bucket).unwrap_or_else(|| panic!("{name}: nobody makes {bucket}"));
        assert_eq!(get(body, "region"), get(&backend, "region"));
        assert_eq!(text(only(body, "lifecycle"), "prevent_destroy"), "true");
        assert_eq!(text(&backend, "use_lockfile"), "true");
        assert_eq!(text(&backend, "encrypt"), "true");
        let of = |kind: &'static str| bootstrap.all(kind).find(|(other, _)| other == label).unwrap().1;
        assert_eq!(text(of("aws_kms_alias"), "name"), text(&backend, "kms_key_id"));
        assert_eq!(text(of("aws_s3_bucket_versioning"), "bucket"), format!("aws_s3_bucket.{label}.bucket"));
        assert_eq!(text(only(of("aws_s3_bucket_versioning"), "versioning_configuration"), "status"), "Enabled");
        let encryption = of("aws_s3_bucket_server_side_encryption_configuration");
        let encryption = deep(encryption, &["rule", "apply_server_side_encryption_by_default"]);
        assert_eq!(text(encryption, "sse_algorithm"), "aws:kms");
        assert_eq!(text(encryption, "kms_master_key_id"), format!("aws_kms_key.{label}.arn"));
        for kind in [
            "aws_kms_key",
            "aws_kms_alias",
            "aws_s3_bucket_versioning",
            "aws_s3_bucket_public_access_block",
            "aws_s3_bucket_policy",
            "aws_s3_bucket_lifecycle_configuration",
        ] {
            assert_eq!(get(of(kind), "region"), get(&backend, "region"), "{kind} of {bucket}");
        }
    }
    assert_eq!(made.len(), environment.regions().len());
}

/// A primary's states are copied to its standby, and nowhere else: both have the same residency.
fn copies(environment: &Environment, bootstrap: &Tree) {
    let copied: BTreeMap<String, String> = bootstrap
        .all("aws_s3_bucket_replication_configuration")
        .map(|(label, body)| {
            assert_eq!(text(body, "bucket"), format!("aws_s3_bucket.{label}.bucket"));
            assert_eq!(list(body, "depends_on").len(), 2);
            (label.replace('_', "-"), text(deep(body, &["rule", "destination"]), "bucket"))
        })
        .collect();
    let mut expected = BTreeMap::new();
    for standby in environment.regions().values() {
        if let Duty::Standby { protects, .. } = standby.duty() {
            let primary = &environment.regions()[protects];
            assert_eq!(primary.residency(), standby.residency());
            let label = standby.name().as_str().replace('-', "_");
            expected.insert(protects.to_string(), format!("aws_s3_bucket.{label}.arn"));
        }
    }
    assert_eq!(copied, expected);
    // Buckets have keys of their own, which are made of the one that S3 is allowed to use.
    for (name, allowed) in bootstrap.all("aws_iam_role_policy").map(|(label, body)| (label, text(body, "policy"))) {
        assert!(
            ["kms:Encrypt", "kms:GenerateDataKey"].iter().all(|action| allowed.contains(action)),
            "{name}: {allowed}"
        );
    }
    for (_, role) in bootstrap.all("aws_iam_role") {
        assert!(text(role, "name").len() <= 64);
    }
}

#[test]
fn the_shipped_platforms() {
    for topology in fixtures() {
        judge(&topology);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn random_platforms(topology in waard_model::strategy::topology()) {
        judge(&topology);
    }
}

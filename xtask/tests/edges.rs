//! Who may use whom: the table of ARCHITECTURE.md, held against `cargo metadata`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test of xtask reads and writes files, and fails by panicking, in its helpers too"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

/// Each crate of ours, and which others of ours it may use, for tests too.
const MAY_USE: [(&str, &[&str]); 8] = [
    ("waard-model", &[]),
    ("waard-catalog", &["waard-model"]),
    ("waard-k8s", &["waard-model", "waard-catalog"]),
    ("waard-tf", &["waard-model", "waard-catalog"]),
    // Never waard-k8s or waard-tf: it must judge artifacts that it did not make.
    ("waard-policy", &["waard-model", "waard-catalog"]),
    ("waard-forecast", &["waard-model", "waard-catalog"]),
    ("waard-aws", &["waard-model"]),
    (
        "xtask",
        &["waard-model", "waard-catalog", "waard-k8s", "waard-tf", "waard-policy", "waard-forecast", "waard-aws"],
    ),
];

/// What nothing but waard-aws may build, since only waard-aws talks to a network, and `cargo xtask gen` builds fast.
const NETWORK: [&str; 9] =
    ["aws-", "tokio", "hyper", "reqwest", "ureq", "rustls", "native-tls", "openssl", "async-std"];

fn metadata() -> Metadata {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).exec().unwrap()
}

#[test]
fn our_crates_use_each_other_only_as_the_table_says() {
    let metadata = metadata();
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    let ours: BTreeSet<&str> = metadata.workspace_packages().iter().map(|package| package.name.as_str()).collect();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let Some(may_use) = allowed.get(package.name.as_str()) else {
            wrong.push(format!("{} is not in the table: add it there and in ARCHITECTURE.md", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            // A crate's tests may switch on features of the crate itself.
            if ours.contains(name) && !may_use.contains(&name) && name != package.name.as_str() {
                wrong.push(format!("{} must not use {name} ({})", package.name, dependency.kind));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_waard_aws_builds_what_talks_to_a_network() {
    let metadata = metadata();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        if package.name.as_str() == "waard-aws" {
            continue;
        }
        for name in builds(&metadata, &package.id) {
            if NETWORK.iter().any(|forbidden| name.starts_with(forbidden)) {
                wrong.push(format!("{} builds {name}", package.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The names of everything that a package builds with default features, except for its tests, and except through waard-aws.
fn builds<'m>(metadata: &'m Metadata, package: &PackageId) -> BTreeSet<&'m str> {
    let resolve = metadata.resolve.as_ref().unwrap();
    let mut seen: BTreeSet<&PackageId> = BTreeSet::new();
    let mut open = vec![package.clone()];
    let mut names = BTreeSet::new();
    while let Some(id) = open.pop() {
        let Some(node) = resolve.nodes.iter().find(|node| node.id == id) else {
            continue;
        };
        if !seen.insert(&node.id) {
            continue;
        }
        let name = metadata[&node.id].name.as_str();
        if name == "waard-aws" {
            continue;
        }
        names.insert(name);
        for dependency in &node.deps {
            if dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development) {
                open.push(dependency.pkg.clone());
            }
        }
    }
    names
}

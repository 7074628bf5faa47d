//! Secrets that pods refer to: that they are there. What is in them is written by whoever issues it, and is in no state.
//!
//! Each region has its own, a standby region too: what a secret says is often where to connect to, which differs from region
//! to region, and a replica of the primary region's secret can't be changed. See `docs/decisions/0015-secrets-in-each-region.md`.
//! Credentials to copy Kafka clusters with aren't here: the cluster that is copied writes them.

use std::collections::{BTreeMap, BTreeSet};

use super::Base;
use crate::kind::AccountIdOf;
use crate::policy::{Statement, policy};
use crate::resource::secrets::Secret;
use crate::root::Root;
use crate::site::Site;
use crate::value::{Json, Ref};

/// The most characters of a description.
/// Source: AWS Secrets Manager API Reference, `CreateSecret`.
const LONGEST_DESCRIPTION: usize = 2048;

pub(crate) fn secrets<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) {
    let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, keys) in site.region.secrets().into_values().flatten() {
        wanted.entry(name).or_default().extend(keys);
    }
    if wanted.is_empty() {
        return;
    }
    root.file("secrets", "Secrets that pods refer to, without their values: a JSON object in each, with the properties that its description names.\nPods start once they are there: aws secretsmanager put-secret-value --secret-id NAME --secret-string file://…");
    for (secret, keys) in wanted {
        let name = site.environment.secret_name(site.topology.platform(), secret);
        let secret_of = Secret {
            description: Some(description(&keys).into()),
            kms_key_id: Some((&base.keys.data).into()),
            recovery_window_in_days: Some(30),
            policy: Some(inside_only(&base.account)),
            ..Secret::new(name)
        };
        root.resource(secret, secret_of);
    }
}

/// Which properties are expected.
fn description(keys: &BTreeSet<&str>) -> String {
    let all: Vec<&str> = keys.iter().copied().collect();
    let text = format!("A JSON object with: {}", all.join(", "));
    if text.chars().count() <= LONGEST_DESCRIPTION {
        text
    } else {
        format!("A JSON object with {} properties, which the manifests name", all.len())
    }
}

/// Nobody of another account, whatever else is allowed to them. Services of AWS act for the account itself.
fn inside_only<'r>(account: &Ref<'r, AccountIdOf>) -> Json<'r> {
    let outside = Statement::deny("DenyOutside", &["secretsmanager:*"])
        .anyone()
        .on("*")
        .when("StringNotEquals", "aws:PrincipalAccount", account.clone())
        .when("Bool", "aws:PrincipalIsAWSService", "false");
    policy([outside])
}

//! Passwords that nobody types and no file holds.
//!
//! The password is made by Secrets Manager while Terraform runs, written there, and read from there again by what it
//! protects: should Terraform be interrupted in between, both still have the same. All of it goes through ephemeral
//! resources and write-only arguments, which are neither in a plan nor in a state.
//! Source: hashicorp/terraform-provider-aws, guide "Using ephemeral resources and write-only arguments".

use super::Base;
use crate::kind::{SecretArn, Text};
use crate::resource::secrets::{RandomPassword, Secret, SecretReplica, SecretValue, SecretVersion};
use crate::root::Root;
use crate::site::Site;
use crate::value::{Ref, Value};

/// Long enough for anybody, and at most what RDS (128) and ElastiCache (128) take.
const LENGTH: i64 = 48;
/// What is written to have a new password: it stands here because Terraform can't see that a password differs.
pub(super) const VERSION: i64 = 1;

/// The name of the secret with the password of a store. With three parts after the platform, it is none that pods may read.
pub(super) fn secret_name(site: Site<'_>, store: &str) -> String {
    format!("{}/{}/{store}/password", site.topology.platform(), site.environment.name())
}

/// A new password of a store, kept in Secrets Manager, and a copy of it in each of the regions that may take over.
pub(super) fn password<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    base: &Base<'r>,
    store: &str,
    regions: &[&str],
) -> (Ref<'r, SecretArn>, Value<'r, Text>) {
    let replica: Vec<_> = regions.iter().map(|region| SecretReplica::new(*region)).collect();
    let secret = root.resource(
        store,
        Secret {
            description: Some(format!("The password of {store}").into()),
            kms_key_id: Some((&base.keys.data).into()),
            recovery_window_in_days: Some(30),
            replica: (!replica.is_empty()).then_some(replica),
            ..Secret::new(secret_name(site, store))
        },
    );
    root.why("Letters and digits only, so that it can stand in a URL. It is kept neither in a plan nor in the state.");
    let made = root.ephemeral(
        store,
        RandomPassword { password_length: Some(LENGTH), exclude_punctuation: Some(true), ..RandomPassword::new() },
    );
    let version = root.resource(
        store,
        SecretVersion {
            secret_string_wo: Some(made.random_password().into()),
            secret_string_wo_version: Some(VERSION),
            ..SecretVersion::new(secret.arn())
        },
    );
    let value = root.ephemeral(store, SecretValue::new(version.secret_id()));
    (secret.arn(), value.secret_string().into())
}

/// The password of a store of another region, as its copy in this one says it.
pub(super) fn copied<'r>(root: &mut Root<'r>, site: Site<'_>, store: &str) -> Value<'r, Text> {
    root.why("The copy in this region: it can be read when the other one is lost.");
    root.ephemeral(store, SecretValue::new(Value::known(secret_name(site, store)))).secret_string().into()
}

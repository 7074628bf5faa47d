//! Secrets of Secrets Manager: that they are there, and passwords that are made while Terraform runs and kept by it nowhere.

use crate::kind::{KeyArn, SecretArn, Text};
use crate::schema::{block, ephemeral, resource};
use crate::value::{Json, Map, Value};

resource! {
    /// A secret, without its value.
    pub struct Secret = "aws_secretsmanager_secret" {
        required name: Value<'r, Text>,
        /// At most 2048 characters.
        optional description: Value<'r, Text>,
        optional kms_key_id: Value<'r, KeyArn>,
        /// Days in which a deleted one can be had back: 7 to 30, or 0.
        optional recovery_window_in_days: i64,
        optional policy: Json<'r>,
        optional tags: Map<'r>,
        optional replica: Vec<SecretReplica<'r>>,
    }
    reads { arn: SecretArn }

    /// A value of a secret.
    pub struct SecretVersion = "aws_secretsmanager_secret_version" {
        required secret_id: Value<'r, SecretArn>,
        /// Never kept by Terraform.
        optional secret_string_wo: Value<'r, Text>,
        /// A new number writes the value anew.
        optional secret_string_wo_version: i64,
    }
    reads { secret_id: SecretArn }
}

block! {
    /// A copy of a secret in another region.
    pub struct SecretReplica {
        required region: Value<'r, Text>,
        optional kms_key_id: Value<'r, KeyArn>,
    }
}

ephemeral! {
    /// A new password each time.
    pub struct RandomPassword = "aws_secretsmanager_random_password" {
        optional password_length: i64,
        optional exclude_punctuation: bool,
    }
    reads { random_password: Text }

    /// The value of a secret.
    pub struct SecretValue = "aws_secretsmanager_secret_version" {
        required secret_id: Value<'r, SecretArn>,
    }
    reads { secret_string: Text }
}

//! Roles and what they may do.

use crate::kind::{PolicyArn, RoleArn, RoleName, Text};
use crate::schema::resource;
use crate::value::{Json, Map, Value};

resource! {
    /// A role.
    pub struct Role = "aws_iam_role" {
        required name: Value<'r, Text>,
        optional description: Value<'r, Text>,
        /// Who may take it on.
        required assume_role_policy: Json<'r>,
        optional tags: Map<'r>,
    }
    reads { arn: RoleArn, name: RoleName }

    /// A policy that belongs to one role.
    pub struct RolePolicy = "aws_iam_role_policy" {
        required name: Value<'r, Text>,
        required role: Value<'r, RoleName>,
        required policy: Json<'r>,
    }

    /// A policy of AWS' own that a role has.
    pub struct RolePolicyAttachment = "aws_iam_role_policy_attachment" {
        required role: Value<'r, RoleName>,
        required policy_arn: Value<'r, PolicyArn>,
    }
}

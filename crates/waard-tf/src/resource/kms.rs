//! Keys.

use crate::kind::{KeyArn, KeyId, Text};
use crate::schema::resource;
use crate::value::{Json, Map, Value};

resource! {
    /// A key that encrypts data keys.
    pub struct Key = "aws_kms_key" {
        optional region: Value<'r, Text>,
        optional description: Value<'r, Text>,
        optional enable_key_rotation: bool,
        /// Days: 7 to 30.
        optional deletion_window_in_days: i64,
        optional policy: Json<'r>,
        optional tags: Map<'r>,
    }
    reads { arn: KeyArn, key_id: KeyId }

    /// A name of a key.
    pub struct Alias = "aws_kms_alias" {
        optional region: Value<'r, Text>,
        required name: Value<'r, Text>,
        required target_key_id: Value<'r, KeyId>,
    }
}

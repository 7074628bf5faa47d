//! CloudWatch Logs.

use crate::kind::{KeyArn, LogGroupArn, LogGroupName, Text};
use crate::schema::resource;
use crate::value::{Map, Value};

resource! {
    /// A log group.
    pub struct LogGroup = "aws_cloudwatch_log_group" {
        optional region: Value<'r, Text>,
        required name: Value<'r, Text>,
        /// A number of days that CloudWatch Logs offers.
        required retention_in_days: i64,
        optional kms_key_id: Value<'r, KeyArn>,
        optional tags: Map<'r>,
    }
    reads { arn: LogGroupArn, name: LogGroupName }
}

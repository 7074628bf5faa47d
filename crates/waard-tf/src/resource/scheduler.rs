//! EventBridge Scheduler: what is done at which time.

use crate::kind::{KeyArn, QueueArn, RoleArn, ScheduleGroupName, Text};
use crate::schema::{block, resource};
use crate::value::{Json, Map, Value};

resource! {
    /// Schedules that belong together.
    pub struct ScheduleGroup = "aws_scheduler_schedule_group" {
        required name: Value<'r, Text>,
        optional tags: Map<'r>,
    }
    reads { name: ScheduleGroupName }

    /// When something is done.
    pub struct Schedule = "aws_scheduler_schedule" {
        required group_name: Value<'r, ScheduleGroupName>,
        required name: Value<'r, Text>,
        optional description: Value<'r, Text>,
        required schedule_expression: Value<'r, Text>,
        optional schedule_expression_timezone: Value<'r, Text>,
        optional kms_key_arn: Value<'r, KeyArn>,
        required flexible_time_window: FlexibleWindow<'r>,
        required target: Target<'r>,
    }
}

block! {
    /// Whether it may be done later.
    pub struct FlexibleWindow {
        /// `OFF` or `FLEXIBLE`.
        required mode: &'static str,
    }

    /// What is done, and as whom.
    pub struct Target {
        /// `arn:aws:scheduler:::aws-sdk:<service>:<action>` calls any API.
        required arn: Value<'r, Text>,
        required role_arn: Value<'r, RoleArn>,
        required input: Json<'r>,
        optional retry_policy: RetryPolicy<'r>,
        optional dead_letter_config: DeadLetter<'r>,
    }

    /// How long it is tried.
    pub struct RetryPolicy {
        /// 60 to 86,400.
        required maximum_event_age_in_seconds: i64,
        /// 0 to 185.
        required maximum_retry_attempts: i64,
    }

    /// Where calls go that didn't succeed.
    pub struct DeadLetter {
        required arn: Value<'r, QueueArn>,
    }
}
